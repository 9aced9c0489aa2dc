"""What mentors lack, who is asked for it, and what became of that."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from contracts.clearances import (
    ClearanceState,
    MentorClearanceAnswerRefused,
    MentorClearanceAsked,
    MentorClearanceDropped,
    MentorClearanceGiven,
    MentorClearanceRefused,
)
from contracts.event import Event
from libraries.chassis.handling import handles
from services.notifications import lookups
from services.notifications.planned.about import PlannedAbout
from services.notifications.planned.planner import Matter
from services.notifications.planned.reacting import react
from services.notifications.roles import Role
from services.notifications.store import Unit


@handles(MentorClearanceAsked, needs=lookups.clearance)
def on_mentor_clearance_asked(event: Event[MentorClearanceAsked], unit: Unit, about: PlannedAbout) -> None:
    """The line manager, or the ethics officer, is asked by a link, and told whom it is about."""
    said = event.data
    unit.store.clearances.keep(said, "asked", unit.now, proposed_until=said.proposed_until)
    asked: Role = "line-manager" if said.clearance == "line-manager" else "ethics-officer"
    held_until = said.held_until.isoformat() if said.held_until else None
    people: Mapping[Role, UUID] = {asked: said.asked_of, "mentor": said.mentor_person_id}
    react(event, unit, about, _matter(said, people, held_until=held_until))


@handles(MentorClearanceGiven, needs=lookups.clearance)
def on_mentor_clearance_given(event: Event[MentorClearanceGiven], unit: Unit, about: PlannedAbout) -> None:
    """Nobody is asked any more."""
    unit.store.clearances.keep(event.data, "given", unit.now)
    react(event, unit, about, _matter(event.data))


@handles(MentorClearanceRefused, needs=lookups.clearance)
def on_mentor_clearance_refused(event: Event[MentorClearanceRefused], unit: Unit, about: PlannedAbout) -> None:
    """Nobody is asked any more, and the mentor learns that they can't begin a pair."""
    said = event.data
    unit.store.clearances.keep(said, "refused", unit.now)
    react(event, unit, about, _matter(said, {"mentor": said.mentor_person_id}, clearance=said.clearance))


@handles(MentorClearanceDropped, needs=lookups.clearance)
def on_mentor_clearance_dropped(event: Event[MentorClearanceDropped], unit: Unit, about: PlannedAbout) -> None:
    """Nobody is asked any more."""
    unit.store.clearances.keep(event.data, "dropped", unit.now)
    react(event, unit, about, _matter(event.data))


@handles(MentorClearanceAnswerRefused)
def on_mentor_clearance_answer_refused(event: Event[MentorClearanceAnswerRefused], unit: Unit) -> None:
    """Whoever gave the answer by their link is told so there."""
    unit.store.clearances.refuse(event.data.clearance_id, event.data.occurred_at)


def _matter(said: ClearanceState, people: Mapping[Role, UUID] | None = None, **parameters: object) -> Matter:
    # It belongs to no application: it stands for itself.
    return Matter(said.clearance_id, said.clearance_id, said.version, people or {}, parameters)
