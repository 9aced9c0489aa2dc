"""What one service accepts, every other can read: any form leads to events that are read on the other side."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.catalogue import EVENT_BY_TYPE, PROGRAMME, TOPIC_BY_NAME
from contracts.codec import decode, encode, encode_attributes, newest
from contracts.erasures import ErasureRequested, PersonForgotten
from contracts.event import Event, Tombstone
from contracts.message import EventData
from contracts.moments import in_utc
from contracts.obstacles import ObstacleReported
from libraries.chassis.handling import NotYet, Refused
from libraries.chassis.records.published import OutboxRow
from libraries.chassis.unit_of_work import UnitOfWork
from publication.schemas import Schema, schema_of
from publication.versions import Version, versions
from services.intake.app import SERVICE as INTAKE
from services.intake.store import IntakeStore
from tests.contracts.documents import documents
from tests.events import START, event_of
from tests.fakes import EmptyConnection
from tests.forms import application
from tests.ids import identifier
from tests.unit.matching import events as matching
from tests.unit.mentoring import examples as mentoring
from tests.unit.mentoring.desk import Desk as MentoringDesk

VERSIONS = versions()
QUICK = settings(
    max_examples=10,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
TIMES = documents(Schema(type="string", format="date-time", formatMinimum="2000-01-01T00:00:00Z",
                         formatMaximum="2099-12-31T23:59:59.999999Z"))  # fmt: skip


def schemas(version: Version) -> tuple[Schema, Schema]:
    """What may be sent of a version: by its forms or its services."""
    sides: tuple[Any, Any] = ("reader", "writer")
    return tuple(schema_of(version, side) for side in sides)  # type: ignore[return-value]


def form(model: type[EventData], document: dict[str, Any], **fixed: Any) -> EventData:
    """A form's data with some fields fixed, where the contract accepts it."""
    text = json.dumps({**document, **fixed}, default=str)
    try:
        return model.model_validate_json(text, strict=True)
    except ValidationError:
        # What no schema can say: that points are at most their maximum.
        assume(False)
        raise


def read(rows: list[OutboxRow], service: str) -> list[Event[EventData]]:
    """What the others read of what a service has published; fails where they can't."""
    found = []
    for row in rows:
        minor = EVENT_BY_TYPE[row.type].minor
        headers = encode_attributes(
            str(row.id), f"urn:engage:{service}", row.type, minor, row.time, row.correlation_id, row.causation_id, None
        )
        event = decode(TOPIC_BY_NAME[row.topic], row.key.encode(), row.payload, headers)
        assert (event.id, event.time, event.subject) == (str(row.id), row.time, row.key)
        if isinstance(event, Tombstone):
            continue
        # Read whole, too: what is written again is what was read.
        assert decode(TOPIC_BY_NAME[row.topic], *encode(event)) == event
        found.append(event)
    return found


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_whatever_a_contract_accepts_is_read_as_it_was_written(version: Version) -> None:
    sent, written = schemas(version)

    @QUICK
    @given(documents(sent if version.topic.is_form else written), TIMES)
    def holds(document: dict[str, Any], at: str) -> None:
        data = form(version.model, document)
        event = event_of(data)._replace(time=in_utc(datetime.fromisoformat(at)))
        record = encode(event)
        assert decode(version.topic, *record) == event._replace(data=newest(data), payload=record.value)
        value = json.dumps(document, ensure_ascii=False).encode()
        assert decode(version.topic, record.key, value, record.headers) == event._replace(
            data=newest(data), payload=value
        )

    holds()


async def intake_takes(*forms: Event[EventData]) -> list[Event[EventData]]:
    """What intake makes of forms, as the others read it."""
    store = IntakeStore(EmptyConnection())  # type: ignore[arg-type]
    await store.load(forms, INTAKE.handlers.named(forms))
    unit = UnitOfWork("intake", store)
    for event in forms:
        unit.because_of(event)
        try:
            INTAKE.handlers[type(event.data)](event, unit)
        except (NotYet, Refused):
            continue
    return read(unit.published, "intake")


BY_NAME = {version.model.__name__: version for version in VERSIONS}


def any_of(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Any document that a form may send of an event, by its class's name."""
    return documents(schemas(BY_NAME[name])[0])


def eligible(document: dict[str, Any]) -> dict[str, Any]:
    """The same application, such that it meets every rule: what it says freely is as it was."""
    right = json.loads(application("right").model_dump_json())
    organisation = {**right["organisation"], "name": "Une association"}
    facts = {name: right[name] for name in ("track", "submitted_at", "consent", "project", "lead")}
    # Whether its texts may be published hinders nothing, as long as it says so.
    facts["texts_public"] = bool(document.get("texts_public"))
    return {**document, **facts, "organisation": organisation, "members": []}


def confirmations(request: EventData) -> list[EventData]:
    """That all services but intake have forgotten whoever asks for it."""
    assert isinstance(request, ErasureRequested)
    others = [service for service in PROGRAMME if service != "intake"]
    return [
        PersonForgotten(person_id=request.person_id, service=service, removed=(), requested_at=request.requested_at)
        for service in others
    ]


@QUICK
@given(any_of("ApplicationSubmitted"), any_of("ApplicationCorrected"), any_of("ErasureRequested"), TIMES, st.booleans())
async def test_whatever_intake_takes_its_peers_can_read(
    first: dict[str, Any], second: dict[str, Any], erased: dict[str, Any], at: str, right: bool
) -> None:
    if right:
        first, second = eligible(first), eligible(second)
    else:  # what is drawn freely meets every rule now and then, but for this
        first, second = {**first, "consent": False}, {**second, "consent": False}
    key = first["application_id"]
    # What is said before it can have been is asked back: nothing is before its form was filled in.
    time = max(in_utc(datetime.fromisoformat(at)), START) if right else in_utc(datetime.fromisoformat(at))
    correction = event_of(form(BY_NAME["ApplicationCorrected"].model, second, application_id=key), at=time)
    request = form(BY_NAME["ErasureRequested"].model, erased, person_id=first["lead"]["person_id"])
    told = await intake_takes(
        event_of(form(BY_NAME["ApplicationSubmitted"].model, first), at=time),
        correction._replace(source="urn:form:stranger"),
        correction,
        event_of(request, at=time),
        correction,
        *(event_of(confirmed, at=time) for confirmed in confirmations(request)),
    )
    types = {event.type for event in told}
    assert types >= {"engage.application.form-refused.v1", "engage.person.forgotten.v1", "engage.person.erased.v1"}
    assert any(event.subject == key for event in told)
    assert right == any(event.type == "engage.application.registered.v1" for event in told)


KNOWN_TO_MATCHING = {
    "need_id": matching.need_id("besoin"),
    "application_id": matching.application_id("projet"),
    "person_id": identifier("owner besoin"),
    "owner_id": identifier("owner besoin"),
    "decided_by": matching.OFFICER,
}
# What a need must say for the project to meet it, and a report for its kind to be known.
MEETING = {"themes": ["youth-employment"], "territories": ["marseille"], "publics": []}
USUAL = {"kind": "premises", "action": "networking"}


def fixed(model: type[EventData], *known: dict[str, Any]) -> dict[str, Any]:
    """Of what is known, what a form has a field for."""
    return {name: value for facts in known for name, value in facts.items() if name in model.model_fields}


@pytest.mark.parametrize(
    "name",
    ["NeedDeclared", "NeedRevised", "NeedClosed", "AssignmentDecided", "PlacementDecided", "OfficerRecused",
     "RoundRequested", "ContestDecided", "DeputyNamed", "ErasureRequested"],
)  # fmt: skip
def test_whatever_matching_takes_its_peers_can_read(name: str) -> None:
    model = BY_NAME[name].model

    @QUICK
    @given(any_of(name), TIMES, st.sampled_from(["implantation", "contest"]), st.booleans())
    def holds(document: dict[str, Any], at: str, track: str, meets: bool) -> None:
        track = "implantation" if name == "AssignmentDecided" else track
        pool = matching.PoolInMemory()
        rows = pool.on(matching.declared("besoin"))
        rows += pool.on(matching.registered("projet", track=track))
        known = KNOWN_TO_MATCHING
        if name == "AssignmentDecided":
            known = {**known, "assignment_id": pool.assignment_of("projet")}
        data = form(model, document, **fixed(model, known, MEETING if meets else {}))
        time = in_utc(datetime.fromisoformat(at))
        # A decision of the contest that may be known at once is published at once.
        rows += pool.on(data, at=max(time, getattr(data, "publish_at", time)))
        assert len(read(rows, "matching")) >= 2

    holds()


@pytest.mark.parametrize(
    "name",
    ["MentorEnrolled", "MentorRevised", "MentorWithdrawn", "RecusalDeclared", "LeadWishesGiven", "PairAnswered",
     "PairEndRequested", "MeetingReported", "PairPauseRequested", "PairReviewed", "ObstacleReported",
     "ObstacleUpdated", "SupportActionReported", "IntroductionReported", "ImpactReported"],
)  # fmt: skip
def test_whatever_mentoring_takes_its_peers_can_read(name: str) -> None:
    model = BY_NAME[name].model

    @QUICK
    @given(any_of(name), documents(schemas(BY_NAME["AssignmentConfirmed"])[1]), TIMES, st.booleans())
    def holds(document: dict[str, Any], confirmed: dict[str, Any], at: str, usual: bool) -> None:
        desk = MentoringDesk()
        desk.now = in_utc(datetime.fromisoformat(at))
        lead = form(BY_NAME["AssignmentConfirmed"].model, confirmed)
        rows = desk.take_rows(mentoring.enrolled(1).model_copy(update={"enrolled_at": desk.now}), lead)
        (pair_id,) = (UUID(row.key) for row in rows if row.type == "engage.pair.offered.v1")
        if name != "PairAnswered":
            for party in ("lead", "mentor"):
                rows += desk.take_rows(mentoring.answered(pair_id, party, "accept"))
        known: dict[str, Any] = {
            "mentor_id": mentoring.mentor_id(1), "assignment_id": lead.aggregate_id, "pair_id": pair_id
        }  # fmt: skip
        if name == "ObstacleUpdated":
            known["obstacle_id"] = identifier("obstacle")
            rows += desk.take_rows(mentoring_obstacle(lead.aggregate_id))
        rows += desk.take_rows(form(model, document, **fixed(model, known, USUAL if usual else {})))
        types = {event.type for event in read(rows, "mentoring")}
        assert types >= {"engage.support.plan-opened.v1", "engage.pair.offered.v1"}

    holds()


def mentoring_obstacle(assignment_id: UUID) -> EventData:
    return ObstacleReported(
        assignment_id=assignment_id,
        obstacle_id=identifier("obstacle"),
        kind="premises",
        reported_by="lead:l",
        reported_at=mentoring.NOW,
    )
