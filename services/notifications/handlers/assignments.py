"""What happens between a project and a need, and what its lead and the officer who owns the need are told."""

from __future__ import annotations

from contracts.assignments import (
    AssignmentConfirmed,
    AssignmentDeclined,
    AssignmentProposed,
    AssignmentReleased,
    AssignmentState,
)
from contracts.event import Event
from contracts.impact import ImpactRecorded
from libraries.chassis.handling import handles
from services.notifications import lookups
from services.notifications.planned.planner import Matter
from services.notifications.planned.plans import PlannedAbout
from services.notifications.planned.reacting import react, settle_kinds
from services.notifications.store import Unit
from services.notifications.words import decline_reason


@handles(AssignmentProposed, needs=lookups.assignment)
def on_assignment_proposed(event: Event[AssignmentProposed], unit: Unit, about: PlannedAbout) -> None:
    """The officer who owns the need receives the proposal with the parts of its fit."""
    assignment = event.data
    parts = [
        {"points": part.points, "maximum": part.maximum, "fr": part.fr, "en": part.en} for part in assignment.parts
    ]
    react(event, unit, about, _matter(assignment, fit=assignment.fit, parts=parts))


@handles(AssignmentConfirmed, needs=lookups.assignment)
def on_assignment_confirmed(event: Event[AssignmentConfirmed], unit: Unit, about: PlannedAbout) -> None:
    """The lead receives the good news, and check-ins are planned."""
    react(event, unit, about, _matter(event.data))


@handles(AssignmentDeclined, needs=lookups.assignment)
def on_assignment_declined(event: Event[AssignmentDeclined], unit: Unit, about: PlannedAbout) -> None:
    """A proposal that has not left is dropped; the lead learns that the need is none for them, and why."""
    react(event, unit, about, _matter(event.data, reasons=decline_reason(event.data.reason)))


@handles(AssignmentReleased, needs=lookups.assignment)
def on_assignment_released(event: Event[AssignmentReleased], unit: Unit, about: PlannedAbout) -> None:
    """What is still scheduled for the assignment is cancelled; the officer learns that a confirmed project left."""
    matter = _matter(event.data)
    react(event, unit, about, matter if event.data.from_state == "confirmed" else matter.without_people())


@handles(ImpactRecorded, needs=lambda said: lookups.planned_about(said, said.assignment_id))
def on_impact_recorded(event: Event[ImpactRecorded], unit: Unit, about: PlannedAbout) -> None:
    """The figures of a year are no longer asked for."""
    impact = event.data
    asked = f"impact-year-{impact.year}" if impact.year else "impact-baseline"
    settle_kinds(event, unit, about, {asked})


def _matter(assignment: AssignmentState, **more: object) -> Matter:
    return Matter(
        assignment.assignment_id,
        assignment.application_id,
        assignment.version,
        {"lead": assignment.lead_id, "owner": assignment.owner_id},
        {
            "organisation_name": assignment.organisation_name,
            "project_title": assignment.project_title,
            "need_title": assignment.need_title,
            **more,
        },
        assignment.lead_id,
    )
