"""What mentoring's handlers need beyond what is in memory, and get: what is over, and what is asked for by its id."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from contracts.mentors import MentorForm
from libraries.chassis.handling import Lookup, Refused, must_be_known
from services.mentoring.memory.entities import FIGURES, INTRODUCTION, LEAD, MEETING, OBSTACLE, PAIR, PERSON, PLAN
from services.mentoring.states.lead import Lead
from services.mentoring.states.mentor import Mentor
from services.mentoring.states.obstacle import Obstacle
from services.mentoring.states.pair import Pair
from services.mentoring.store import MentoringStore

Entity = TypeVar("Entity")

_AMISS: Final = "{0}-of-another-{1}"


def mentor(mentor_id: UUID) -> Lookup[MentoringStore, Mentor]:
    """A mentor, who has to be known; all of them are in memory."""
    return must_be_known("mentor", mentor_id, lambda store: store.state.roster.get(mentor_id))


def erasure_of(person_id: UUID) -> Lookup[MentoringStore, datetime | None]:
    """When a person asked to be forgotten, if they did."""
    return Lookup(((PERSON, person_id),), lambda store: store.state.erasures.of(person_id))


def erasures_in(form: MentorForm) -> Lookup[MentoringStore, datetime | None]:
    """When the person of a form asked to be forgotten, if they did; known then of their line manager too."""
    looked_up, manager = erasure_of(form.person.person_id), form.line_manager
    return looked_up if manager is None else looked_up._replace(named=(*looked_up.named, (PERSON, manager.person_id)))


def pair(pair_id: UUID, *also: tuple[str, UUID]) -> Lookup[MentoringStore, Pair]:
    """A pair, which has to be known, and what else is named."""
    return must_be_known("pair", pair_id, lambda store: store.state.pairs.get(pair_id), (PAIR, pair_id), *also)


def pair_with_meeting(pair_id: UUID, meeting_id: UUID) -> Lookup[MentoringStore, Pair]:
    """A pair, which has to be known, and whether this meeting was reported before; refuses one of another pair."""

    def belongs(store: MentoringStore) -> None:
        known = store.state.meetings.get(meeting_id)
        _must_belong("meeting", None if known is None else known.pair_id, pair_id, whole="pair")

    return _once(belongs, pair(pair_id, (MEETING, meeting_id)))


def lead(assignment_id: UUID, *also: tuple[str, UUID]) -> Lookup[MentoringStore, Lead]:
    """The lead of a confirmed assignment, which has to be known, and what else is named."""
    return must_be_known(
        "confirmed assignment",
        assignment_id,
        lambda store: store.state.leads.get(assignment_id),
        (LEAD, assignment_id),
        *also,
    )


def lead_with_plan(assignment_id: UUID) -> Lookup[MentoringStore, Lead]:
    """The lead of a confirmed assignment, which has to be known, and the actions of its support plan."""
    return lead(assignment_id, (PLAN, assignment_id))


def lead_if_known(assignment_id: UUID) -> Lookup[MentoringStore, Lead | None]:
    """The lead of an assignment, where it was confirmed before, and the actions of its support plan."""
    named = ((LEAD, assignment_id), (PLAN, assignment_id))
    return Lookup(named, lambda store: store.state.leads.get(assignment_id))


def lead_in_memory(assignment_id: UUID) -> Lookup[MentoringStore, Lead | None]:
    """The lead of an assignment that is not over, and the actions of its plan: one that is has nothing left to end."""
    # Held or not: to fetch one that is over would take a statement, to find that there is nothing to do.
    return Lookup(((PLAN, assignment_id),), lambda store: store.state.leads.held(assignment_id))


def lead_with_figures(assignment_id: UUID) -> Lookup[MentoringStore, Lead]:
    """The lead of a confirmed assignment, which has to be known, and the figures of its years."""
    return lead(assignment_id, (FIGURES, assignment_id))


def lead_with_obstacle(assignment_id: UUID, obstacle_id: UUID) -> Lookup[MentoringStore, Lead]:
    """The lead of a confirmed assignment, which has to be known, its plan, and whether this obstacle is known.

    Refuses an obstacle of another assignment.
    """

    def belongs(store: MentoringStore) -> None:
        known = store.state.obstacles.get(obstacle_id)
        _must_belong("obstacle", None if known is None else known.assignment_id, assignment_id)

    return _once(belongs, lead(assignment_id, (PLAN, assignment_id), (OBSTACLE, obstacle_id)))


def lead_with_introduction(assignment_id: UUID, introduction_id: UUID) -> Lookup[MentoringStore, Lead]:
    """The lead of a confirmed assignment, which has to be known, its plan, and the introduction if it was reported.

    Refuses an introduction that belongs to another assignment.
    """

    def belongs(store: MentoringStore) -> None:
        known = store.state.introductions.get(introduction_id)
        _must_belong("introduction", None if known is None else known.assignment_id, assignment_id)

    return _once(belongs, lead(assignment_id, (PLAN, assignment_id), (INTRODUCTION, introduction_id)))


def obstacle(obstacle_id: UUID, *, of: UUID) -> Lookup[MentoringStore, Obstacle]:
    """An obstacle, which has to be known; refuses one that belongs to another assignment."""

    def find(store: MentoringStore) -> Obstacle | None:
        known = store.state.obstacles.get(obstacle_id)
        _must_belong("obstacle", None if known is None else known.assignment_id, of)
        return known

    return must_be_known("obstacle", obstacle_id, find, (OBSTACLE, obstacle_id))


def _once(
    belongs: Callable[[MentoringStore], None], looked_up: Lookup[MentoringStore, Entity]
) -> Lookup[MentoringStore, Entity]:
    """What is looked up, once nothing else that is named belongs elsewhere."""

    def get(store: MentoringStore) -> Entity:
        # Before the entity is missed: what can never be right is refused, and does not wait for what would not help it.
        belongs(store)
        return looked_up.get(store)

    return looked_up._replace(get=get)


def _must_belong(entity: str, to: UUID | None, whole_id: UUID, *, whole: str = "assignment") -> None:
    # An id that was given to another of its kind: to take it for a repetition would lose what is said without a word.
    if to not in (None, whole_id):
        raise Refused(_AMISS.format(entity, whole), f"{entity}_id and {whole}_id do not belong together")
