"""What a round leaves open, and what of it the leads, the officers and the foundation are told."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from contracts.event import Event
from contracts.needs import NeedReviewDue
from contracts.rounds import ApplicationUnplaced, NeedUnmet, NominationProposed
from libraries.chassis.handling import handles
from services.notifications import lookups
from services.notifications.people import FOUNDATION
from services.notifications.planned.about import PlannedAbout
from services.notifications.planned.planner import Matter
from services.notifications.planned.reacting import react
from services.notifications.store import Unit
from services.notifications.words import reasons_of


@handles(ApplicationUnplaced, needs=lambda said: lookups.planned_about(said, said.application_id, said.lead_id))
def on_application_unplaced(event: Event[ApplicationUnplaced], unit: Unit, about: PlannedAbout) -> None:
    """The lead learns that no need holds their project, why, and what would change it: once for each cause."""
    said = event.data
    matter = Matter(
        said.application_id,
        said.application_id,
        1,
        {"lead": said.lead_id},
        {
            "organisation_name": said.organisation_name,
            "project_title": said.project_title,
            "reasons": reasons_of((said.cause,)),
            "remedies": reasons_of(said.remedies),
        },
        said.lead_id,
        cause=said.cause.code,
    )
    react(event, unit, about, matter)


@handles(NeedUnmet, needs=lambda said: lookups.planned_about(said, said.need_id, said.owner_id))
def on_need_unmet(event: Event[NeedUnmet], unit: Unit, about: PlannedAbout) -> None:
    """The officer who owns the need learns with the week's digest that nobody answers it, and why."""
    said = event.data
    parameters = {"need_title": said.need_title, "reasons": reasons_of((said.cause,))}
    react(event, unit, about, _of_need(said.need_id, said.owner_id, 1, parameters, cause=said.cause.code))


@handles(NeedReviewDue, needs=lambda said: lookups.planned_about(said, said.need_id, said.owner_id))
def on_need_review_due(event: Event[NeedReviewDue], unit: Unit, about: PlannedAbout) -> None:
    """The officer who owns the need is asked to review it: until then it takes no project."""
    said = event.data
    react(event, unit, about, _of_need(said.need_id, said.owner_id, said.version, {"need_title": said.need_title}))


@handles(
    NominationProposed,
    needs=lambda said: lookups.planned_about(said, said.application_id, said.lead_id, FOUNDATION),
)
def on_nomination_proposed(event: Event[NominationProposed], unit: Unit, about: PlannedAbout) -> None:
    """The foundation learns with the week's digest which needs of the City a project of the contest would answer."""
    said = event.data
    matter = Matter(
        said.application_id,
        said.application_id,
        1,
        {"foundation": FOUNDATION},
        {
            "organisation_name": said.organisation_name,
            "project_title": said.project_title,
            "needs": [{"title": need.need_title, "fit": need.fit} for need in said.needs],
        },
        said.lead_id,
    )
    react(event, unit, about, matter)


def _of_need(
    need_id: UUID, owner_id: UUID | None, version: int, parameters: Mapping[str, object], cause: str | None = None
) -> Matter:
    # It belongs to no application: it stands for itself.
    return Matter(need_id, need_id, version, {"owner": owner_id} if owner_id else {}, parameters, cause=cause)
