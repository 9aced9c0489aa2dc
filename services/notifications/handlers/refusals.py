"""Decisions of officers that changed nothing, and what who made them is told."""

from __future__ import annotations

from uuid import UUID

from contracts.assignments import AssignmentDecisionRefused, AssignmentUndoRefused, PlacementDecisionRefused
from contracts.event import Event
from libraries.chassis.handling import handles
from services.notifications import lookups
from services.notifications.lookups import AboutAndContacts, officer_of
from services.notifications.planned.planner import Matter
from services.notifications.planned.reacting import react
from services.notifications.store import Unit
from services.notifications.words import reasons_of


@handles(AssignmentDecisionRefused, needs=lambda said: lookups.refusal(said, said.assignment_id))
def on_assignment_decision_refused(
    event: Event[AssignmentDecisionRefused], unit: Unit, given: AboutAndContacts
) -> None:
    """Whoever decided learns that nothing has changed, and why."""
    said = event.data
    _tell(event, unit, given, said.assignment_id, said.application_id or said.assignment_id)


@handles(AssignmentUndoRefused, needs=lambda said: lookups.refusal(said, said.assignment_id))
def on_assignment_undo_refused(event: Event[AssignmentUndoRefused], unit: Unit, given: AboutAndContacts) -> None:
    """Whoever would take a confirmation back learns that nothing has changed, and why."""
    _tell(event, unit, given, event.data.assignment_id, event.data.application_id)


@handles(PlacementDecisionRefused, needs=lambda said: lookups.refusal(said, said.application_id))
def on_placement_decision_refused(event: Event[PlacementDecisionRefused], unit: Unit, given: AboutAndContacts) -> None:
    """Whoever decided learns that nothing has changed, and why."""
    _tell(event, unit, given, event.data.application_id, event.data.application_id)


def _tell(
    event: Event[AssignmentDecisionRefused] | Event[AssignmentUndoRefused] | Event[PlacementDecisionRefused],
    unit: Unit,
    given: AboutAndContacts,
    matter_id: UUID,
    application_id: UUID,
) -> None:
    about, contacts = given
    said, decided_by = event.data, officer_of(event.data.actor)
    # Only officers whom we know: anybody may send a form, and what is for nobody would wait for ever.
    if decided_by is None or not contacts.knows("owner", decided_by):
        return
    parameters = {
        "organisation_name": said.organisation_name,
        "project_title": said.project_title,
        "need_title": said.need_title,
        "reasons": reasons_of(said.reasons),
    }
    # Each refusal answers one decision: it is its own cause.
    matter = Matter(matter_id, application_id, 1, {"owner": decided_by}, parameters, cause=str(event.id))
    react(event, unit, about, matter)
