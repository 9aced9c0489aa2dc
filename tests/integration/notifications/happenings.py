"""Events as the other services publish them, about one application, its assignment and its pair."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid5

from contracts.applications import (
    ApplicationAmended,
    ApplicationRegistered,
    ApplicationRejected,
    ApplicationState,
    ApplicationWithdrawn,
    CorrectionRequested,
    Organisation,
    Project,
)
from contracts.assignments import (
    AssignmentAmended,
    AssignmentConfirmed,
    AssignmentDeclined,
    AssignmentProposed,
    AssignmentReleased,
    AssignmentState,
    OfficerRecused,
)
from contracts.clearances import (
    ETHICS_OFFICER,
    ClearanceKind,
    ClearanceState,
    MentorClearanceAsked,
    MentorClearanceDropped,
    MentorClearanceGiven,
    MentorClearanceRefused,
)
from contracts.contacts import ContactPublished, ContactRole, contact_id_of
from contracts.contest import ContestDecisionPublished
from contracts.erasures import ErasureRequested
from contracts.event import Event, derived_id
from contracts.fits import FitPart
from contracts.message import EventData, Reason
from contracts.obstacles import (
    ObstacleAbandoned,
    ObstacleAmended,
    ObstacleEscalated,
    ObstacleLifted,
    ObstacleOpened,
    ObstacleState,
    ObstacleTaken,
)
from contracts.offers import NoMentorFound, PairAccepted, PairAnswerRefused, PairDeclined, PairExpired, PairOffered
from contracts.pairs import (
    MeetingHeld,
    PairActivated,
    PairAmended,
    PairEnded,
    PairIdle,
    PairRenewed,
    PairReviewDue,
    PairState,
)
from contracts.rounds import ApplicationUnplaced, NominationProposed
from contracts.support import ImpactRecorded

START = datetime(2025, 3, 3, 9, tzinfo=UTC)
MISSING = Reason(code="siren-missing", field="organisation.siren", fr="Le SIREN manque.", en="The SIREN is missing.")
_ordinals = itertools.count(1)


def named(name: str) -> UUID:
    return uuid5(UUID(int=1), name)


OWNER = f"officer:{named('owner')}"


def event(data: EventData, *, at: datetime = START, name: str | None = None) -> Event[Any]:
    """An event with these data; the same `name` gives the same event."""
    cause = named(name) if name else UUID(int=next(_ordinals))
    identifier = derived_id(cause, at, source="test", ordinal=1)
    return Event(str(identifier), "urn:engage:test", str(data.aggregate_id), at, str(cause), None, None, data)


def _state(version: int) -> dict[str, Any]:
    return {"from": None, "to": "some", "actor": "engine:test@1", "occurred_at": START, "version": version}


def _to(version: int, more: dict[str, Any]) -> dict[str, Any]:
    """What every change of state says, as far as a test does not say it otherwise."""
    said = _state(version)
    return {**said, **{name: more.pop(name) for name in ("from", "to", "actor", "reason") if name in more}}


def _application(kind: type[ApplicationState], name: str, version: int, **more: Any) -> Event[Any]:
    data = kind(
        **_to(version, more),
        application_id=named(f"application {name}"),
        track="implantation",
        edition="contest-2025",
        lead_id=more.pop("lead_id", None) or named(f"lead {name}"),
        organisation=Organisation(name=f"Association {name}", identified_by="siren"),
        project_title=f"Projet {name}",
        rules_version="1",
        **more,
    )
    return event(data, name=f"{kind.__name__} {name} {version}")


def registered(name: str, version: int = 1) -> Event[Any]:
    project = Project(title=f"Projet {name}", summary="", themes=(), publics=(), territories=())
    return _application(ApplicationRegistered, name, version, project=project)


def amended(name: str, version: int, **more: Any) -> Event[Any]:
    project = Project(title=f"Projet {name}", summary="", themes=(), publics=(), territories=())
    return _application(ApplicationAmended, name, version, project=project, **more)


def rejected(name: str, version: int = 1) -> Event[Any]:
    return _application(ApplicationRejected, name, version, reasons=(MISSING,), to="rejected")


def correction_requested(name: str, version: int = 1) -> Event[Any]:
    return _application(CorrectionRequested, name, version, reasons=(MISSING,))


def withdrawn(name: str, version: int = 2) -> Event[Any]:
    return _application(ApplicationWithdrawn, name, version, to="withdrawn")


def _assignment(kind: type[AssignmentState], name: str, version: int, **more: Any) -> Event[Any]:
    data = kind(
        **_to(version, more),
        assignment_id=named(f"assignment {name}"),
        application_id=named(f"application {name}"),
        need_id=named("need"),
        lead_id=more.pop("lead_id", None) or named(f"lead {name}"),
        owner_id=more.pop("owner_id", None) or named("owner"),
        directorate="direction-solidarites",
        organisation_name=f"Association {name}",
        project_title=more.pop("project_title", f"Projet {name}"),
        need_title="Besoin",
        themes=(),
        territories=(),
        **more,
    )
    return event(data, name=f"{kind.__name__} {name} {version}")


def proposed(name: str, version: int = 1) -> Event[Any]:
    part = FitPart(name="theme", points=300, maximum=400, fr="thème", en="theme")
    return _assignment(AssignmentProposed, name, version, fit=300, parts=(part,), rules_version="1")


def confirmed(name: str, version: int = 2) -> Event[Any]:
    return _assignment(AssignmentConfirmed, name, version, actor=OWNER)


def declined(name: str, reason: str, version: int = 2) -> Event[Any]:
    return _assignment(AssignmentDeclined, name, version, reason=reason, actor=OWNER)


def assignment_amended(name: str, version: int, **more: Any) -> Event[Any]:
    return _assignment(AssignmentAmended, name, version, **more)


def contest_decided(name: str, decision: str) -> Event[Any]:
    data = {
        "application_id": named(f"application {name}"),
        "lead_id": named(f"lead {name}"),
        "organisation_name": f"Association {name}",
        "project_title": f"Projet {name}",
        "decision": decision,
        "scores": (
            {"criterion": "social-impact", "points": 0, "maximum": 20},
            {"criterion": "local-roots", "points": None, "maximum": 10},
        ),
        "actor": "jury:7",
        "reason": None,
        "occurred_at": START,
    }
    return event(ContestDecisionPublished.model_validate(data), name=f"contest {name}")


def released(name: str, version: int = 3, *, before: str = "proposed", **more: Any) -> Event[Any]:
    return _assignment(AssignmentReleased, name, version, **{"from": before, **more})


def unplaced(name: str) -> Event[Any]:
    data = ApplicationUnplaced(
        application_id=named(f"application {name}"),
        round_id=named("round"),
        lead_id=named(f"lead {name}"),
        organisation_name=f"Association {name}",
        project_title=f"Projet {name}",
        cause=MISSING,
        remedies=(),
        actor="engine:test@1",
        occurred_at=START,
        rules_version="1",
    )
    return event(data, name=f"unplaced {name}")


def nominated(name: str) -> Event[Any]:
    data = NominationProposed(
        application_id=named(f"application {name}"),
        round_id=named("round"),
        lead_id=named(f"lead {name}"),
        organisation_name=f"Association {name}",
        project_title=f"Projet {name}",
        held_need_id=None,
        needs=(),
        actor="engine:test@1",
        occurred_at=START,
        rules_version="1",
    )
    return event(data, name=f"nominated {name}")


def recused(who: str, name: str) -> Event[Any]:
    data = OfficerRecused(person_id=named(who), application_id=named(f"application {name}"), declared_at=START)
    return event(data)


def no_mentor_found(name: str) -> Event[Any]:
    data = NoMentorFound(
        assignment_id=named(f"assignment {name}"),
        application_id=named(f"application {name}"),
        lead_id=named(f"lead {name}"),
        owner_id=named("owner"),
        organisation_name=f"Association {name}",
        project_title=f"Projet {name}",
        occurred_at=START,
        reasons=(MISSING,),
    )
    return event(data, name=f"no mentor {name}")


def _pair(kind: type[PairState], name: str, version: int, **more: Any) -> Event[Any]:
    data = kind(
        **_to(version, more),
        pair_id=named(f"pair {name}"),
        assignment_id=named(f"assignment {name}"),
        application_id=named(f"application {name}"),
        lead_id=more.pop("lead_id", None) or named(f"lead {name}"),
        mentor_id=named(f"mentor {name}"),
        mentor_person_id=named(f"person of mentor {name}"),
        organisation_name=f"Association {name}",
        project_title=f"Projet {name}",
        **more,
    )
    return event(data, name=f"{kind.__name__} {name} {version}")


def offered(name: str, **more: Any) -> Event[Any]:
    return _pair(PairOffered, name, 1, fit=500, rules_version="1", to="offered", **more)


def activated(name: str, **more: Any) -> Event[Any]:
    return _pair(PairActivated, name, 4, **more)


def ended(name: str, before: str | None = None, version: int = 5) -> Event[Any]:
    return _pair(PairEnded, name, version, **({"from": before} if before else {}))


def pair_amended(name: str, version: int, **more: Any) -> Event[Any]:
    return _pair(PairAmended, name, version, **{"owner_id": named("owner"), **more})


def offer_declined(name: str, version: int) -> Event[Any]:
    return _pair(PairDeclined, name, version, party="mentor", **{"from": "offered"})


def offer_expired(name: str, version: int) -> Event[Any]:
    return _pair(PairExpired, name, version, awaited=("mentor",), **{"from": "accepted-by-lead"})


def review_due(name: str, version: int) -> Event[Any]:
    return _pair(PairReviewDue, name, version, ends_on=START.date(), renewable=True)


def renewed(name: str, version: int) -> Event[Any]:
    return _pair(PairRenewed, name, version, ends_on=START.date())


def impact_recorded(name: str, year: int) -> Event[Any]:
    data = ImpactRecorded(
        **_state(1),
        assignment_id=named(f"assignment {name}"),
        application_id=named(f"application {name}"),
        lead_id=named(f"lead {name}"),
        owner_id=named("owner"),
        organisation_name=f"Association {name}",
        project_title=f"Projet {name}",
        year=year,
        figures=(),
    )
    return event(data, name=f"impact {name} {year}")


def idle(name: str, step: str, version: int) -> Event[Any]:
    return _pair(PairIdle, name, version, step=step, last_contact_on=START.date(), owner_id=named("owner"))


def meeting_held(name: str, version: int, *, number: int = 1) -> Event[Any]:
    meeting = {
        "meeting_id": named(f"meeting {name} {number}"),
        "number": number,
        "held_on": START.date(),
        "minutes": 60,
    }
    return _pair(MeetingHeld, name, version, **meeting, obstacle_id=None, next_step=None)


def _obstacle(kind: type[ObstacleState], name: str, version: int, **more: Any) -> Event[Any]:
    data = kind(
        **_to(version, more),
        assignment_id=named(f"assignment {name}"),
        obstacle_id=named(f"obstacle {name}"),
        application_id=named(f"application {name}"),
        lead_id=more.pop("lead_id", None) or named(f"lead {name}"),
        owner_id=more.pop("owner_id", None) or named("owner"),
        kind="premises",
        service=more.pop("service", "patrimoine"),
        organisation_name=f"Association {name}",
        project_title=f"Projet {name}",
        **more,
    )
    return event(data, name=f"{kind.__name__} {name} {version}")


def obstacle_opened(name: str, **more: Any) -> Event[Any]:
    return _obstacle(ObstacleOpened, name, 1, due_at=START + timedelta(days=30), **more)


def obstacle_escalated(name: str, version: int, level: str = "service", **more: Any) -> Event[Any]:
    return _obstacle(ObstacleEscalated, name, version, level=level, due_at=START + timedelta(days=40), **more)


def obstacle_taken(name: str, version: int, **more: Any) -> Event[Any]:
    return _obstacle(ObstacleTaken, name, version, due_at=START + timedelta(days=60), **more)


def obstacle_lifted(name: str, version: int) -> Event[Any]:
    return _obstacle(ObstacleLifted, name, version)


def obstacle_amended(name: str, version: int, **more: Any) -> Event[Any]:
    return _obstacle(ObstacleAmended, name, version, **{"due_at": None, **more})


def obstacle_abandoned(name: str, version: int) -> Event[Any]:
    return _obstacle(ObstacleAbandoned, name, version)


def contact(
    who: str,
    *,
    email: str | None = None,
    language: str = "fr",
    hours: float = 0,
    name: str | None = None,
    role: ContactRole | None = None,
    work: dict[str, Any] | None = None,
) -> Event[Any]:
    """How to reach a person in the role that they are called by, as given so many hours after the start."""
    return event(
        ContactPublished.model_validate(
            {
                "contact_id": contact_of(who, role),
                "person_id": named(who),
                "role": role or role_of(who),
                "name": name or who.title(),
                "email": email or f"{who.replace(' ', '-')}@asso.example",
                "language": language,
                "work": work,
            }
        ),
        at=START + timedelta(hours=hours),
    )


def role_of(who: str) -> ContactRole:
    if who.startswith("owner"):
        return "owner"
    if who.startswith("manager"):
        return "line-manager"
    return "mentor" if "mentor" in who else "lead"


def contact_of(who: str, role: ContactRole | None = None) -> UUID:
    return contact_id_of(role or role_of(who), named(who))


def erasure_requested(who: str, *, hours: float = 1) -> Event[Any]:
    at = START + timedelta(hours=hours)
    return event(ErasureRequested(person_id=named(who), requested_at=at), at=at)


def accepted(name: str, party: Literal["mentor", "lead"], version: int = 2) -> Event[Any]:
    return _pair(PairAccepted, name, version, party=party)


def answer_refused(name: str, answered_at: datetime) -> Event[Any]:
    return event(PairAnswerRefused(pair_id=named(f"pair {name}"), occurred_at=answered_at, reasons=(MISSING,)))


def clearance_asked(name: str, kind: ClearanceKind = "line-manager", *, held_until: date | None = None) -> Event[Any]:
    """What is asked of a mentor's line manager, or of the ethics officer, about a mentor."""
    proposed = START.date() + timedelta(days=365) if kind == "line-manager" else None
    return _clearance(MentorClearanceAsked, name, kind, "asked", 1, held_until=held_until, proposed_until=proposed)


def clearance_given(name: str, kind: ClearanceKind = "line-manager") -> Event[Any]:
    return _clearance(MentorClearanceGiven, name, kind, "given", 2, until=None)


def clearance_refused(name: str, kind: ClearanceKind = "line-manager") -> Event[Any]:
    return _clearance(MentorClearanceRefused, name, kind, "refused", 2)


def clearance_dropped(name: str, kind: ClearanceKind = "line-manager") -> Event[Any]:
    return _clearance(MentorClearanceDropped, name, kind, "dropped", 2)


def _clearance(
    kind: type[ClearanceState], name: str, what: ClearanceKind, to: str, version: int, **more: Any
) -> Event[Any]:
    return event(
        kind.model_validate(
            {
                "from": None if version == 1 else "asked",
                "to": to,
                "actor": "engine:pairing@1",
                "occurred_at": START,
                "version": version,
                "clearance_id": named(f"clearance {name} {what}"),
                "mentor_id": named(f"mentor {name}"),
                "mentor_person_id": named(f"person of mentor {name}"),
                "clearance": what,
                "asked_of": named(f"manager {name}") if what == "line-manager" else ETHICS_OFFICER,
                **more,
            }
        )
    )
