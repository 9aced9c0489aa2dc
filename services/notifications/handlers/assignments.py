"""What happens between a project and a need, and what its lead and the officer who owns the need are told."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from contracts.assignments import (
    AssignmentAmended,
    AssignmentConfirmed,
    AssignmentDeclined,
    AssignmentProposed,
    AssignmentReleased,
    AssignmentState,
)
from contracts.event import Event
from contracts.support import ImpactRecorded
from libraries.chassis.handling import handles
from services.notifications import lookups
from services.notifications.people import FOUNDATION
from services.notifications.planned.about import PlannedAbout
from services.notifications.planned.planner import Matter
from services.notifications.planned.reacting import amend, react, settle_kinds
from services.notifications.store import Unit
from services.notifications.words import decline_reason

_SAID_BY_THE_APPLICATION: Final = frozenset({"withdrawn", "rejected"})
"""Why an assignment ends of which the mail about its application tells the lead."""


@handles(AssignmentProposed, needs=lookups.assignment)
def on_assignment_proposed(event: Event[AssignmentProposed], unit: Unit, about: PlannedAbout) -> None:
    """The officer who owns the need receives the proposal with the parts of its fit."""
    assignment = event.data
    parts = [
        {"points": part.points, "maximum": part.maximum, "fr": part.fr, "en": part.en} for part in assignment.parts
    ]
    react(event, unit, about, _matter(assignment, fit=assignment.fit, parts=parts))


@handles(AssignmentConfirmed, needs=lookups.confirmed)
def on_assignment_confirmed(
    event: Event[AssignmentConfirmed], unit: Unit, about: tuple[PlannedAbout, PlannedAbout]
) -> None:
    """The lead receives the good news, and check-ins are planned; an owner for whom another decided is told.

    So is the foundation, where it was told before that the City nominates the project.
    """
    about_assignment, about_application = about
    matter = _matter(event.data, decision="confirmed")
    react(event, unit, about_assignment, _but_who_decided(event.data, matter))
    react(event, unit, about_application, _as_nominated(matter))


@handles(AssignmentDeclined, needs=lookups.assignment)
def on_assignment_declined(event: Event[AssignmentDeclined], unit: Unit, about: PlannedAbout) -> None:
    """A proposal that has not left is dropped; the lead learns that the need is none for them, and why."""
    matter = _matter(event.data, reasons=decline_reason(event.data.reason), decision="declined")
    react(event, unit, about, _but_who_decided(event.data, matter))


@handles(AssignmentReleased, needs=lookups.assignment)
def on_assignment_released(event: Event[AssignmentReleased], unit: Unit, about: PlannedAbout) -> None:
    """What is still scheduled is cancelled; who decides learns that a proposal or a confirmed project is gone.

    The lead learns that a confirmation does not hold any more, unless their application's own mail says so.
    """
    matter = _matter(event.data, reason=event.data.reason)
    if event.data.reason in _SAID_BY_THE_APPLICATION:
        matter = matter._replace(people={role: who for role, who in matter.people.items() if role != "lead"})
    react(event, unit, about, matter)


@handles(AssignmentAmended, needs=lambda said: lookups.all_planned_about(said.assignment_id, said.lead_id, _told(said)))
def on_assignment_amended(event: Event[AssignmentAmended], unit: Unit, about: PlannedAbout) -> None:
    """What is planned reaches whoever leads the project and decides by now, under the names that hold by now."""
    # What the fit was is not said again of a proposal that was emptied.
    amend(event, unit, about, _matter(event.data), {"fit": None, "parts": []})


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
        {"lead": assignment.lead_id, "owner": _told(assignment)},
        {
            "organisation_name": assignment.organisation_name,
            "project_title": assignment.project_title,
            "need_title": assignment.need_title,
            **more,
        },
        assignment.lead_id,
        assignment.from_state,
        assignment.to_state,
    )


def _but_who_decided(assignment: AssignmentState, matter: Matter) -> Matter:
    """The matter where nobody is told what they have decided themselves."""
    people = {role: who for role, who in matter.people.items() if assignment.actor != f"officer:{who}"}
    return matter._replace(people=people)


def _as_nominated(matter: Matter) -> Matter:
    """The same as the foundation knows it: by the application that it was told of, which has versions of its own."""
    return matter._replace(id=matter.application_id, version=1, people={"foundation": FOUNDATION})


def _told(assignment: AssignmentState) -> UUID:
    """Who is told what an owner is: whoever decides in their place, where they abstain or are gone."""
    return assignment.decider_id or assignment.owner_id
