"""What each event means for the mail: one function an event."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final
from uuid import UUID

from contracts.applications import (
    ApplicationAmended,
    ApplicationRegistered,
    ApplicationRejected,
    ApplicationState,
    ApplicationWithdrawn,
    CorrectionRequested,
)
from contracts.assignments import (
    AssignmentConfirmed,
    AssignmentDeclined,
    AssignmentProposed,
    AssignmentReleased,
    AssignmentState,
    OfficerRecused,
)
from contracts.contacts import ContactPublished
from contracts.contest import ContestDecisionPublished
from contracts.event import Event
from contracts.follow_ups import ContactErased
from contracts.impact import ImpactRecorded
from contracts.message import EventData, Reason
from contracts.obstacles import (
    ObstacleAbandoned,
    ObstacleEscalated,
    ObstacleLifted,
    ObstacleOpened,
    ObstacleState,
    ObstacleTaken,
)
from contracts.pairs import (
    MeetingHeld,
    NoMentorFound,
    PairActivated,
    PairDeclined,
    PairEnded,
    PairExpired,
    PairIdle,
    PairOffered,
    PairRenewed,
    PairReviewDue,
    PairState,
)
from libraries.chassis.handling import handles, handles_tombstones_of
from libraries.chassis.unit_of_work import UnitOfWork
from services.notifications.announcements import cancelled_event, planned_event
from services.notifications.follow_ups import FollowUp, settle
from services.notifications.kinds import KINDS, code_of
from services.notifications.planning import Matter, Occurrence, Planner
from services.notifications.store import NotificationStore
from services.notifications.words import criterion, decline_reason

Unit = UnitOfWork[NotificationStore]

_PLANNER: Final = Planner(KINDS)


@handles(ApplicationRegistered)
def on_application_registered(event: Event[ApplicationRegistered], unit: Unit) -> None:
    """The lead receives an acknowledgement."""
    _follow_up(event, unit, _application(event.data))


@handles(ApplicationAmended)
def on_application_amended(event: Event[ApplicationAmended], unit: Unit) -> None:
    """What was to be asked for is no longer missing; nobody is written to."""
    _follow_up(event, unit, _application(event.data))


@handles(ApplicationRejected)
def on_application_rejected(event: Event[ApplicationRejected], unit: Unit) -> None:
    """The lead receives the rejection with every reason."""
    _follow_up(event, unit, _application(event.data, reasons=_reasons(event.data.reasons)))


@handles(CorrectionRequested)
def on_correction_requested(event: Event[CorrectionRequested], unit: Unit) -> None:
    """The lead is asked for exactly what is missing; an earlier request that has not left is dropped."""
    _follow_up(event, unit, _application(event.data, reasons=_reasons(event.data.reasons)))


@handles(ApplicationWithdrawn)
def on_application_withdrawn(event: Event[ApplicationWithdrawn], unit: Unit) -> None:
    """What is still scheduled for the application is cancelled."""
    _follow_up(event, unit, _application(event.data))


@handles(AssignmentProposed)
def on_assignment_proposed(event: Event[AssignmentProposed], unit: Unit) -> None:
    """The officer who owns the need receives the proposal with the parts of its fit."""
    assignment = event.data
    parts = [
        {"points": part.points, "maximum": part.maximum, "fr": part.fr, "en": part.en} for part in assignment.parts
    ]
    _follow_up(event, unit, _assignment(assignment, fit=assignment.fit, parts=parts))


@handles(AssignmentConfirmed)
def on_assignment_confirmed(event: Event[AssignmentConfirmed], unit: Unit) -> None:
    """The lead receives the good news, and check-ins are planned."""
    _follow_up(event, unit, _assignment(event.data))


@handles(AssignmentDeclined)
def on_assignment_declined(event: Event[AssignmentDeclined], unit: Unit) -> None:
    """A proposal that has not left is dropped; the lead learns that the need is none for them, and why."""
    _follow_up(event, unit, _assignment(event.data, reasons=decline_reason(event.data.reason)))


@handles(ContestDecisionPublished)
def on_contest_decision_published(event: Event[ContestDecisionPublished], unit: Unit) -> None:
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
    _follow_up(
        event, unit, Matter(decided.application_id, decided.application_id, 1, {"lead": decided.lead_id}, parameters)
    )


@handles(AssignmentReleased)
def on_assignment_released(event: Event[AssignmentReleased], unit: Unit) -> None:
    """What is still scheduled for the assignment is cancelled; the officer learns that a confirmed project left."""
    matter = _assignment(event.data)
    _follow_up(event, unit, matter if event.data.from_state == "confirmed" else matter.without_people())


@handles(PairOffered)
def on_pair_offered(event: Event[PairOffered], unit: Unit) -> None:
    """The mentor receives the offer, and is told until when it is open; that none was found is no longer true."""
    _settle(event, unit, event.data.assignment_id, KINDS.settled_by[PairOffered])
    until = event.data.expires_at
    _follow_up(event, unit, _pair(event.data, expires_at=until.isoformat() if until else None))


@handles(NoMentorFound)
def on_no_mentor_found(event: Event[NoMentorFound], unit: Unit) -> None:
    """The officer who owns the need is told with the week's digest that nobody can accompany the project, and why."""
    lead = event.data
    matter = Matter(
        lead.assignment_id,
        lead.application_id,
        1,
        {"owner": lead.owner_id} if lead.owner_id else {},
        {
            "organisation_name": lead.organisation_name,
            "project_title": lead.project_title,
            "reasons": _reasons(lead.reasons),
        },
    )
    _follow_up(event, unit, matter)


@handles(PairDeclined)
def on_pair_declined(event: Event[PairDeclined], unit: Unit) -> None:
    """An offer that has not left is dropped."""
    _follow_up(event, unit, _pair(event.data))


@handles(PairExpired)
def on_pair_expired(event: Event[PairExpired], unit: Unit) -> None:
    """An offer that has not left is dropped."""
    _follow_up(event, unit, _pair(event.data))


@handles(PairActivated)
def on_pair_activated(event: Event[PairActivated], unit: Unit) -> None:
    """The lead and the mentor are introduced to each other, and find in their calendars by when to meet."""
    by = event.data.first_contact_by
    _follow_up(event, unit, _pair(event.data, first_contact_by=by.isoformat() if by else None))


@handles(PairEnded)
def on_pair_ended(event: Event[PairEnded], unit: Unit) -> None:
    """What is still scheduled for the pair is cancelled; those who had been introduced are told."""
    matter = _pair(event.data)
    _follow_up(event, unit, matter if event.data.from_state == "active" else matter.without_people())


@handles(PairReviewDue)
def on_pair_review_due(event: Event[PairReviewDue], unit: Unit) -> None:
    """Both are asked to look back, and whether they would go on."""
    pair = event.data
    _follow_up(event, unit, _pair(pair, ends_on=pair.ends_on.isoformat(), renewable=pair.renewable))


@handles(PairRenewed)
def on_pair_renewed(event: Event[PairRenewed], unit: Unit) -> None:
    """Both learn until when their pair goes on."""
    _follow_up(event, unit, _pair(event.data, ends_on=event.data.ends_on.isoformat()))


@handles(MeetingHeld)
def on_meeting_held(event: Event[MeetingHeld], unit: Unit) -> None:
    """A reminder to meet that has not left is dropped; after their first meeting both are asked how it suits them."""
    matter = _pair(event.data)
    _follow_up(event, unit, matter if event.data.number == 1 else matter.without_people())


@handles(PairIdle)
def on_pair_idle(event: Event[PairIdle], unit: Unit) -> None:
    """First both are reminded that they have not met; after that the officer who owns the need is told."""
    pair = event.data
    if pair.step == "nudge":
        _follow_up(event, unit, _pair(pair))
    else:
        matter = Matter(
            pair.pair_id, pair.application_id, pair.version, {"owner": pair.owner_id}, _pair(pair).parameters
        )
        _follow_up(event, unit, matter)


@handles(ObstacleOpened)
def on_obstacle_opened(event: Event[ObstacleOpened], unit: Unit) -> None:
    """The officer who owns the need is told what stands in the project's way, and until when."""
    _follow_up(event, unit, _obstacle(event.data, due_at=event.data.due_at.isoformat()))


@handles(ObstacleTaken)
def on_obstacle_taken(event: Event[ObstacleTaken], unit: Unit) -> None:
    """What was to be said of it before it was taken is no longer true."""
    _follow_up(event, unit, _obstacle(event.data))


@handles(ObstacleEscalated)
def on_obstacle_escalated(event: Event[ObstacleEscalated], unit: Unit) -> None:
    """The officer who owns the need is told that it is late, and when the next level will be."""
    until = event.data.due_at
    _follow_up(event, unit, _obstacle(event.data, due_at=until.isoformat() if until else None))


@handles(ObstacleLifted)
def on_obstacle_lifted(event: Event[ObstacleLifted], unit: Unit) -> None:
    """The lead receives the good news, and so does the officer."""
    _follow_up(event, unit, _obstacle(event.data))


@handles(ObstacleAbandoned)
def on_obstacle_abandoned(event: Event[ObstacleAbandoned], unit: Unit) -> None:
    """What is still to be said of it is dropped."""
    _follow_up(event, unit, _obstacle(event.data))


@handles(OfficerRecused)
def on_officer_recused(event: Event[OfficerRecused], unit: Unit) -> None:
    """Nothing about a file is sent to who abstains from it; what is planned is dropped when it falls due."""
    unit.store.keep_recusal(event.data.person_id, event.data.application_id)


@handles(ContactPublished)
def on_contact_published(event: Event[ContactPublished], unit: Unit) -> None:
    """The person is reached as they said last."""
    unit.store.keep_contact(event.data)


@handles_tombstones_of(ContactPublished)
def on_contact_erased(person_id: UUID, unit: Unit) -> None:
    """The person's name and address are forgotten, with all that was written to them; nothing more is ever sent."""
    unit.store.erase_contact(person_id)
    unit.publish(ContactErased(person_id=person_id, occurred_at=unit.now))


@handles(ImpactRecorded)
def on_impact_recorded(event: Event[ImpactRecorded], unit: Unit) -> None:
    """The figures of a year are no longer asked for."""
    impact = event.data
    asked = f"impact-year-{impact.year}" if impact.year else "impact-baseline"
    _settle(event, unit, impact.assignment_id, {asked})


def _settle(event: Event[Any], unit: Unit, matter_id: UUID, kinds: Collection[str], before: int | None = None) -> None:
    """Ends what is open of these kinds about a matter, as far as an earlier version of it than `before` planned it.

    It is said at once, wherever it was planned: how a follow-up ends is the only event under its key, so there is no
    order to keep. Only what is being sent this minute is left to its sender, who alone knows whether it left.
    """
    happened: type[EventData] = type(event.data)
    store, reason = unit.store, code_of(happened)
    for follow_up in store.open_of(matter_id):
        if follow_up.key.kind in kinds and (before is None or follow_up.matter_version < before):
            ended = settle(follow_up, reason)
            store.settle(ended)
            _say(unit, ended, reason)
    for series in store.series_of(matter_id):
        if (gone := series.coming(kinds)) and (before is None or series.matter_version < before):
            store.move_on(series, series.without(gone))
            for occasion in gone:
                _say(unit, settle(series.follow_up(occasion), reason), reason)


def _say(unit: Unit, ended: FollowUp, reason: str) -> None:
    if ended.state == "cancelled":
        unit.publish_plain(cancelled_event(ended, reason=reason, at=unit.now))


def _follow_up(event: Event[Any], unit: Unit, matter: Matter) -> None:
    """Cancels what the event settles, then plans what it calls for: both as `kinds.json` says."""
    happened: type[EventData] = type(event.data)
    if settled := KINDS.settled_by[happened]:
        # An event that comes again must not settle what it planned itself, or what came after it.
        _settle(event, unit, matter.id, settled, before=matter.version)
    cause = unit.cause
    because = Occurrence(happened, cause.time, cause.correlation_id)
    if planned := [new for new in _PLANNER.plan(matter, because) if unit.store.plan(new)]:
        unit.publish_plain(planned_event(matter.id, matter.application_id, planned, at=cause.time))


def _application(application: ApplicationState, **more: object) -> Matter:
    return Matter(
        application.application_id,
        application.application_id,
        application.version,
        {"lead": application.lead_id},
        {
            "organisation_name": application.organisation.name,
            "project_title": application.project_title,
            "track": application.track,
            **more,
        },
    )


def _assignment(assignment: AssignmentState, **more: object) -> Matter:
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
    )


def _pair(pair: PairState, **more: object) -> Matter:
    return Matter(
        pair.pair_id,
        pair.application_id,
        pair.version,
        {"lead": pair.lead_id, "mentor": pair.mentor_person_id},
        {"organisation_name": pair.organisation_name, "project_title": pair.project_title, **more},
    )


def _obstacle(obstacle: ObstacleState, **more: object) -> Matter:
    return Matter(
        obstacle.obstacle_id,
        obstacle.application_id,
        obstacle.version,
        {"lead": obstacle.lead_id, "owner": obstacle.owner_id},
        {
            "organisation_name": obstacle.organisation_name,
            "project_title": obstacle.project_title,
            "kind": obstacle.kind,
            "service": obstacle.service,
            **more,
        },
    )


def _reasons(reasons: Iterable[Reason]) -> list[dict[str, str | None]]:
    return [{"field": reason.field, "fr": reason.fr, "en": reason.en} for reason in reasons]
