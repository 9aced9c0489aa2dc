"""What happens to an application, and what its lead is told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts.applications import (
    ApplicationAmended,
    ApplicationRegistered,
    ApplicationRejected,
    ApplicationState,
    ApplicationWithdrawn,
    CorrectionRequested,
)
from contracts.contest import ContestDecisionPublished
from contracts.event import Event
from contracts.unpublished import ApplicationDescribed
from libraries.chassis.handling import handles, handles_tombstones_of
from services.notifications import lookups
from services.notifications.descriptions import Description, Descriptions
from services.notifications.kinds import KINDS
from services.notifications.people import FOUNDATION
from services.notifications.planned.about import PlannedAbout
from services.notifications.planned.planner import Matter
from services.notifications.planned.reacting import amend, react
from services.notifications.roles import Role
from services.notifications.store import Unit
from services.notifications.words import criterion, reasons_of


@handles(ApplicationRegistered, needs=lookups.application)
def on_application_registered(event: Event[ApplicationRegistered], unit: Unit, about: PlannedAbout) -> None:
    """The lead receives an acknowledgement, unless that is what they were told last."""
    _react(event, unit, about, _matter(event.data, remarks=reasons_of(event.data.remarks)))


@handles(ApplicationAmended, needs=lookups.application)
def on_application_amended(event: Event[ApplicationAmended], unit: Unit, about: PlannedAbout) -> None:
    """What is planned reaches whoever leads it by now; nobody is written to but who was told something else last."""
    _react(event, unit, about, _matter(event.data, remarks=reasons_of(event.data.remarks)))


@handles(ApplicationRejected, needs=lookups.application)
def on_application_rejected(event: Event[ApplicationRejected], unit: Unit, about: PlannedAbout) -> None:
    """The lead receives the rejection with every reason, and what could be mended."""
    why = {"reasons": reasons_of(event.data.reasons), "asked": reasons_of(event.data.asked)}
    _react(event, unit, about, _matter(event.data, **why))


@handles(CorrectionRequested, needs=lookups.application)
def on_correction_requested(event: Event[CorrectionRequested], unit: Unit, about: PlannedAbout) -> None:
    """The lead is asked for exactly what is missing; an earlier request that has not left is dropped."""
    _react(event, unit, about, _matter(event.data, reasons=reasons_of(event.data.reasons)))


@handles(ApplicationWithdrawn, needs=lookups.application)
def on_application_withdrawn(event: Event[ApplicationWithdrawn], unit: Unit, about: PlannedAbout) -> None:
    """What is still scheduled for the application is cancelled; the lead is told that it is withdrawn."""
    _react(event, unit, about, _matter(event.data))


@handles(
    ContestDecisionPublished,
    needs=lambda said: lookups.planned_about(said, said.application_id, said.lead_id, FOUNDATION),
)
def on_contest_decision_published(event: Event[ContestDecisionPublished], unit: Unit, about: PlannedAbout) -> None:
    """The embargo is over: the lead learns what the jury decided, criterion by criterion."""
    decided = event.data
    scores = [
        {**criterion(score.criterion), "points": score.points, "maximum": score.maximum} for score in decided.scores
    ]
    parameters = {
        "organisation_name": decided.organisation_name,
        "project_title": decided.project_title,
        "decision": decided.decision,
        "scores": scores,
    }
    # The jury decides once: there is no version of the application that this belongs to.
    people: dict[Role, UUID] = {"lead": decided.lead_id, "foundation": FOUNDATION}
    matter = Matter(decided.application_id, decided.application_id, 1, people, parameters, decided.lead_id)
    react(event, unit, about, matter)


@handles(ApplicationDescribed, needs=lambda said: lookups.description(said.lead_id))
def on_application_described(event: Event[ApplicationDescribed], unit: Unit, descriptions: Descriptions) -> None:
    """Who has to act on the application reads what its lead does not want published, unless they are forgotten."""
    said = event.data
    if not unit.store.forgotten.covers(said.lead_id, unit.now):
        words = {
            "organisation_name": said.organisation_name,
            "project_title": said.project_title,
            "summary": said.summary,
        }
        descriptions.keep(said.application_id, Description((said.lead_id,), words, unit.now))


@handles_tombstones_of(ApplicationDescribed)
def on_texts_retracted(application_id: UUID, unit: Unit) -> None:
    """Nobody has to act on an application any more, or anybody may read what its form said: it is kept for a while."""
    unit.store.descriptions.end(application_id, unit.now + KINDS.words)


def _react(event: Event[Any], unit: Unit, about: PlannedAbout, matter: Matter) -> None:
    """Does what the event calls for; in a later version the application may have another lead, or another name."""
    react(event, unit, about, matter)
    # Afterwards: what the event has just settled is nobody's any more.
    if matter.version > 1:
        amend(event, unit, about, matter)


def _matter(application: ApplicationState, **more: object) -> Matter:
    return Matter(
        application.application_id,
        application.application_id,
        application.version,
        {"lead": application.lead_id, "foundation": FOUNDATION},
        {
            "organisation_name": application.organisation.name,
            "project_title": application.project_title,
            "track": application.track,
            "state": application.to_state,
            **more,
        },
        application.lead_id,
        application.from_state,
        application.to_state,
    )
