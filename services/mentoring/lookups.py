"""What mentoring's handlers need beyond what is in memory, and get: what is over, and what is asked for by its id."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from libraries.chassis.handling import Lookup, NotYet, Refused
from services.mentoring.programme import FIGURES, INTRODUCTION, LEAD, MEETING, OBSTACLE, PAIR, PERSON, PLAN
from services.mentoring.states.lead import Lead
from services.mentoring.states.mentor import Mentor
from services.mentoring.states.obstacle import Obstacle
from services.mentoring.states.pair import Pair
from services.mentoring.store import MentoringStore

_AMISS: Final = "{0}-of-another-assignment"


def mentor(mentor_id: UUID) -> Lookup[MentoringStore, Mentor]:
    """A mentor, who has to be known; all of them are in memory."""

    def get(store: MentoringStore) -> Mentor:
        known = store.state.roster.get(mentor_id)
        if known is None:
            raise NotYet("mentor", mentor_id)
        return known

    return Lookup((), get)


def erasure_of(person_id: UUID) -> Lookup[MentoringStore, datetime | None]:
    """When a person asked to be forgotten, if they did."""
    return Lookup(((PERSON, person_id),), lambda store: store.state.erasures.of(person_id))


def pair(pair_id: UUID) -> Lookup[MentoringStore, Pair]:
    """A pair, which has to be known."""

    def get(store: MentoringStore) -> Pair:
        known = store.state.pairs.get(pair_id)
        if known is None:
            raise NotYet("pair", pair_id)
        return known

    return Lookup(((PAIR, pair_id),), get)


def pair_with_meeting(pair_id: UUID, meeting_id: UUID) -> Lookup[MentoringStore, Pair]:
    """A pair, which has to be known, and whether this meeting was reported before."""
    return Lookup(((PAIR, pair_id), (MEETING, meeting_id)), pair(pair_id).get)


def lead(assignment_id: UUID) -> Lookup[MentoringStore, Lead]:
    """The lead of a confirmed assignment, which has to be known."""

    def get(store: MentoringStore) -> Lead:
        known = store.state.leads.get(assignment_id)
        if known is None:
            raise NotYet("confirmed assignment", assignment_id)
        return known

    return Lookup(((LEAD, assignment_id),), get)


def lead_with_plan(assignment_id: UUID) -> Lookup[MentoringStore, Lead]:
    """The lead of a confirmed assignment, which has to be known, and the actions of its support plan."""
    return Lookup(((LEAD, assignment_id), (PLAN, assignment_id)), lead(assignment_id).get)


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
    return Lookup(((LEAD, assignment_id), (FIGURES, assignment_id)), lead(assignment_id).get)


def lead_with_obstacle(assignment_id: UUID, obstacle_id: UUID) -> Lookup[MentoringStore, Lead]:
    """The lead of a confirmed assignment, which has to be known, its plan, and whether this obstacle is known."""
    named = ((LEAD, assignment_id), (PLAN, assignment_id), (OBSTACLE, obstacle_id))
    return Lookup(named, lead(assignment_id).get)


def lead_with_introduction(assignment_id: UUID, introduction_id: UUID) -> Lookup[MentoringStore, Lead]:
    """The lead of a confirmed assignment, which has to be known, its plan, and the introduction if it was reported.

    Refuses an introduction that belongs to another assignment.
    """

    def get(store: MentoringStore) -> Lead:
        known = store.state.introductions.get(introduction_id)
        # Before the lead is missed: what can never be right is refused, and does not wait for what would not help it.
        _must_belong("introduction", None if known is None else known.assignment_id, assignment_id)
        return lead(assignment_id).get(store)

    return Lookup(((LEAD, assignment_id), (PLAN, assignment_id), (INTRODUCTION, introduction_id)), get)


def obstacle(obstacle_id: UUID, *, of: UUID) -> Lookup[MentoringStore, Obstacle]:
    """An obstacle, which has to be known; refuses one that belongs to another assignment."""

    def get(store: MentoringStore) -> Obstacle:
        known = store.state.obstacles.get(obstacle_id)
        if known is None:
            raise NotYet("obstacle", obstacle_id)
        _must_belong("obstacle", known.assignment_id, of)
        return known

    return Lookup(((OBSTACLE, obstacle_id),), get)


def _must_belong(entity: str, to: UUID | None, assignment_id: UUID) -> None:
    if to not in (None, assignment_id):
        raise Refused(_AMISS.format(entity), f"{entity}_id and assignment_id do not belong together")
