"""A story that goes through all services: forms, and people who react to what is published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from contracts.applications import ApplicationCorrected, ApplicationWithdrawalRequested
from contracts.assignments import (
    AssignmentDecided,
    AssignmentProposed,
    AssignmentUndoRequested,
    OfficerRecused,
    PlacementDecided,
)
from contracts.clearances import MentorClearanceAnswered, MentorClearanceAsked
from contracts.contest import ContestDecided
from contracts.deputies import DeputyNamed
from contracts.erasures import ErasureRequested
from contracts.leads import LeadWishesGiven
from contracts.mentors import MentorRevised, MentorWithdrawn, RecusalDeclared
from contracts.message import EventData
from contracts.needs import NeedClosed, NeedRevised
from contracts.obstacles import ObstacleLifted, ObstacleOpened, ObstacleReported, ObstacleTaken, ObstacleUpdated
from contracts.offers import PairAccepted, PairAnswered, PairOffered
from contracts.pairs import MeetingReported, PairActivated, PairEndRequested, PairPauseRequested, PairReviewed
from contracts.rounds import RoundRequested
from contracts.support import ImpactReported, Indicator, IntroductionReported, SupportActionReported
from tests.forms import START, application, identifier, mentor, need, person

_ELIGIBLE = {
    "siret": "73282932000074",
    "legal_form": "association",
    "published_on": "2015-03-01",
    "operating_income_eur": 250_000,
    "income_year": 2023,
    "laureate": False,
    "laureate_year": None,
}
"""What the contest of 2025 asks of an organisation."""

_LACKING: dict[int, dict[str, Any]] = {
    1: {"line_manager_authorised": False, "line_manager": person("manager 1")},
    2: {"line_manager_authorised": False, "line_manager": person("manager 2"), "ethics_check_done": False},
}
"""What the forms of some mentors do not claim, so that others are asked."""

THEMES = ("youth-employment", "education", "health")


def first_forms(name: str, applications: int = 9) -> list[EventData]:
    """Needs, mentors and applications, one of which is asked back and one of which takes part in the contest."""
    forms: list[EventData] = [_need(name, theme, applications) for theme in THEMES]
    forms += [
        mentor(f"{name} {number}", skills=(theme,), capacity=min(applications, 20), **_LACKING.get(number, {}))
        for number, theme in enumerate(THEMES)
    ]
    forms += [_application(f"{name} {number}", THEMES[number % 3]) for number in range(applications)]
    forms.append(_application(f"{name} asked back", "health", consent=True, organisation_changes={"laureate": None}))
    forms.append(_contest_application(f"{name} contest"))
    return forms


def second_forms(name: str) -> list[EventData]:
    """What people say later: corrections, withdrawals, decisions of officers, of a jury, of who leaves."""
    # Somebody else leads it by now, which reaches its assignment, its pair and the mail about them.
    again = _application(f"{name} 0", THEMES[0], lead=person(f"successor {name}"))
    declared, enrolled = _need(name, "health"), mentor(f"{name} 1", skills=("education",), capacity=3)
    told_at = START + timedelta(hours=20)
    return [
        ApplicationCorrected(**_without(again, "corrected_at"), corrected_at=told_at),
        ApplicationWithdrawalRequested(application_id=identifier(f"application {name} 1"), requested_at=told_at),
        NeedRevised(**_without(declared, "declared_at"), revised_at=told_at),
        NeedClosed(need_id=identifier(f"need {name} education"), closed_at=told_at),
        MentorRevised(**_without(enrolled, "enrolled_at"), revised_at=told_at),
        RecusalDeclared(
            mentor_id=enrolled.mentor_id, application_id=identifier(f"application {name} 2"), declared_at=told_at
        ),
        MentorWithdrawn(mentor_id=identifier(f"mentor {name} 0"), withdrawn_at=told_at, reason="changes-post"),
        PlacementDecided(
            application_id=identifier(f"application {name} 3"),
            need_id=declared.need_id,
            decision="pin",
            decided_by=declared.owner.person_id,
            decided_at=told_at,
            reason="known-on-the-spot",
        ),
        OfficerRecused(
            application_id=identifier(f"application {name} 4"),
            person_id=declared.owner.person_id,
            declared_at=told_at,
        ),
        RoundRequested(
            round_id=identifier(f"round {name}"),
            track="contest",
            requested_by=identifier("programme head"),
            requested_at=told_at,
        ),
        ContestDecided(
            application_id=identifier(f"application {name} contest"),
            decision="laureate",
            decided_by=identifier("jury"),
            decided_at=told_at,
            publish_at=told_at + timedelta(days=1),
        ),
        DeputyNamed(owner_id=declared.owner.person_id, deputy=person(f"deputy {name}"), named_at=told_at),
        ErasureRequested(person_id=identifier(f"person {name} 5"), requested_at=told_at),
        ErasureRequested(person_id=identifier(f"person mentor {name} 2"), requested_at=told_at),
    ]


def reactions(data: EventData) -> Iterator[EventData]:
    """What somebody's form says because of something that was published."""
    match data:
        case AssignmentProposed():
            yield AssignmentDecided(
                assignment_id=data.assignment_id, decision="confirm", decided_by=data.owner_id, decided_at=START
            )
        case MentorClearanceAsked():
            yield MentorClearanceAnswered(
                clearance_id=data.clearance_id,
                mentor_id=data.mentor_id,
                answered_by=data.asked_of,
                answer="refuse" if data.asked_of == identifier("person manager 2") else "give",
                until=data.proposed_until,
                answered_at=START,
            )
        case PairOffered():
            yield PairAnswered(pair_id=data.pair_id, party="mentor", answer="accept", answered_at=START)
        case PairAccepted(party="mentor"):
            yield PairAnswered(pair_id=data.pair_id, party="lead", answer="accept", answered_at=START)
        case PairActivated():
            yield from _accompanied(data)
        case ObstacleOpened():
            yield _updated(data, "take")
        case ObstacleTaken():
            yield _updated(data, "lift")
        case ObstacleLifted() if data.application_id != identifier("application s 0"):
            yield AssignmentUndoRequested(
                assignment_id=data.assignment_id,
                requested_by=data.owner_id,
                requested_at=START,
                reason="wrong-file",
            )


def _accompanied(pair: PairActivated) -> Iterator[EventData]:
    """A pair's life, told by its mentor."""
    by, today = f"mentor:{pair.mentor_id}", START.date()
    assignment: dict[str, Any] = {"assignment_id": pair.assignment_id, "reported_by": by, "reported_at": START}
    yield MeetingReported(
        pair_id=pair.pair_id,
        meeting_id=_of(pair, "meeting"),
        held_on=today,
        minutes=60,
        reported_by=by,
        reported_at=START,
    )
    yield PairPauseRequested(
        pair_id=pair.pair_id, until=date(2025, 4, 1), reason="absence", requested_by=by, requested_at=START
    )
    yield PairReviewed(pair_id=pair.pair_id, party="mentor", wish="go-on", reviewed_at=START)
    yield ObstacleReported(obstacle_id=_of(pair, "obstacle"), kind="premises", **assignment)
    yield IntroductionReported(
        introduction_id=_of(pair, "introduction"),
        partner_kind="incubator",
        partner_name="Incubateur fictif",
        made_on=today,
        **assignment,
    )
    yield SupportActionReported(action="deployment", update="start", **assignment)
    yield ImpactReported(year=0, indicators=(Indicator(code="jobs", value=3),), **assignment)
    yield LeadWishesGiven(
        assignment_id=pair.assignment_id, skills=("health",), given_by=f"lead:{pair.lead_id}", given_at=START
    )
    if pair.application_id.int % 2 == 0:
        yield PairEndRequested(pair_id=pair.pair_id, requested_by=by, requested_at=START, reason="no-time")


def _updated(obstacle: ObstacleOpened | ObstacleTaken, update: str) -> ObstacleUpdated:
    fields = {"assignment_id": obstacle.assignment_id, "obstacle_id": obstacle.obstacle_id, "update": update}
    return ObstacleUpdated.model_validate(fields | {"updated_by": f"officer:{obstacle.owner_id}", "updated_at": START})


def _need(name: str, theme: str, capacity: int = 5) -> Any:
    return need(theme, capacity=capacity).model_copy(update={"need_id": identifier(f"need {name} {theme}")})


def _application(name: str, theme: str, *, organisation_changes: Any = None, **changes: Any) -> Any:
    form = application(name, **changes)
    project = form.project.model_copy(update={"themes": (theme,)})
    organisation = form.organisation.model_copy(update=organisation_changes or {})
    return form.model_copy(update={"project": project, "organisation": organisation})


def _contest_application(name: str) -> Any:
    form = _application(name, "education", organisation_changes=_ELIGIBLE, track="contest")
    return form.model_copy(update={"project": form.project.model_copy(update={"spread_within_years": 2})})


def _of(pair: PairActivated, what: str) -> UUID:
    return identifier(f"{what} of {pair.pair_id}")


def _without(form: EventData, *fields: str) -> dict[str, Any]:
    return {name: getattr(form, name) for name in type(form).model_fields if name not in fields}
