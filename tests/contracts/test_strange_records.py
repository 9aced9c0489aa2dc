"""Records as other systems' clients write them: each has the effect of ours, or says what to change."""

from __future__ import annotations

import base64
import json
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.applications import ApplicationSubmitted
from contracts.catalogue import EVENT_BY_TYPE, TOPIC_BY_NAME, TOPICS
from contracts.codec import ContractViolation, Headers, decode, encode, encode_attributes, told_of
from contracts.declared import DeclaredOrganisation
from contracts.event import Event, derived_id, identity_of, is_passed_on, known_as
from contracts.mentors import MentorEnrolled
from contracts.message import EventData
from contracts.sources import Source, Sources
from contracts.topic import Topic
from contracts.violation import MOST_PROBLEMS
from libraries.chassis.handling import Handlers, Handling
from libraries.chassis.lanes.dead_letters import told_as_dead
from libraries.chassis.lanes.processing import sort_out
from libraries.chassis.lanes.reading import read_once
from libraries.chassis.records.published import OutboxRow
from libraries.chassis.records.received import UNFORESEEN, Received
from libraries.chassis.service import Service
from libraries.chassis.store import NO_STORE
from tests.events import START, event_of, example

CONTACTS: Final = TOPIC_BY_NAME["contacts.v1"]
FORMS: Final = TOPIC_BY_NAME["forms.applications.v1"]
EVENT: Final = event_of(example(ApplicationSubmitted), at=START)
KEY, VALUE, HEADERS = encode(EVENT)
JSON: Final = VALUE or b""
HANDLERS: Final = Handlers([Handling(ApplicationSubmitted, lambda event, unit: None)])
SERVICE: Final = Service("intake", HANDLERS, lambda _: NO_STORE)

# Any text that CloudEvents allows: no control characters, and no halves of surrogate pairs.
identifiers = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=300)


def with_id(identifier: str | bytes) -> list[tuple[str, bytes]]:
    written = identifier.encode() if isinstance(identifier, str) else identifier
    return [*(header for header in HEADERS if header[0] != "ce_id"), ("ce_id", written)]


def read(headers: Headers, value: bytes | None = VALUE) -> Event[EventData]:
    event = decode(FORMS, KEY, value, headers)
    assert isinstance(event, Event)
    return event


def envelope(**changes: Any) -> dict[str, Any]:
    told = {name.removeprefix("ce_"): value.decode() for name, value in HEADERS if name.startswith("ce_")}
    return {**told, "datacontenttype": "application/json", "data": json.loads(JSON), **changes}


@given(identifiers)
def test_any_text_is_an_id_and_names_one_event_of_its_source(identifier: str) -> None:
    event = read(with_id(identifier))
    assert event == read(with_id(identifier))
    assert event.id == event.correlation_id
    assert is_passed_on(event.id)
    assert (event.id == identifier) or str(UUID(event.id)) == event.id
    # What it causes can be written and read, under ids of the same shape as ever.
    caused = event._replace(id="2", causation_id=event.id)
    assert read(encode(caused).headers).causation_id == event.id
    assert derived_id(event.identity, event.time, source="intake", ordinal=1).version == 8


@given(identifiers, identifiers)
def test_other_ids_and_other_sources_are_other_events(one: str, other: str) -> None:
    if one != other:
        assert read(with_id(one)).identity != read(with_id(other)).identity
    mine, theirs = ("urn:form:a", "urn:form:b")
    assert identity_of(mine, known_as(mine, one)) != identity_of(theirs, known_as(theirs, one))


def test_an_id_that_is_a_uuid_stays_what_it_is() -> None:
    assert read(HEADERS).identity == UUID(EVENT.id)
    capitals = read(with_id(EVENT.id.upper()))
    assert capitals.id == EVENT.id.upper()
    assert capitals.identity != UUID(EVENT.id), "CloudEvents compares ids as texts"


@pytest.mark.parametrize("identifier", ["jean.dupont@example.org", "Dossier n° 7", "x" * 201])
def test_what_may_not_be_passed_on_is_known_by_another_name(identifier: str) -> None:
    event = read(with_id(identifier))
    assert event.id == str(event.identity)
    assert identifier not in repr(event)


@pytest.mark.parametrize(
    ("identifier", "says"),
    [
        (b"", "ce_id is missing"),
        (b"7\n8", "ce_id must hold no control character"),
        (b"x" * 2_001, "ce_id must have at most 2000 bytes"),
        (b"\xff", "ce_id must be UTF-8"),
    ],
)
def test_what_is_no_id_is_refused_with_what_would_be_right(identifier: bytes, says: str) -> None:
    with pytest.raises(ContractViolation, match=says) as caught:
        read(with_id(identifier))
    assert caught.value.code == "header"


@pytest.mark.parametrize("name", ["ce_correlationid", "ce_causationid", "ce_subject", "ce_dataschema", "traceparent"])
@pytest.mark.parametrize("nothing", [None, b""])
def test_a_header_without_a_value_says_nothing(name: str, nothing: bytes | None) -> None:
    headers = [*(header for header in HEADERS if header[0] != name), (name, nothing)]
    assert read(headers) == read([header for header in HEADERS if header[0] != name])


@pytest.mark.parametrize(
    "value",
    [
        b"\xef\xbb\xbf" + JSON,
        b"\0\0\0\0\x07" + JSON,
        b"\0" + b"\0" * 7 + b"\x07" + JSON,
        b"\0\0\0\0\x07\xef\xbb\xbf" + JSON,
    ],
    ids=["byte-order mark", "frame of four bytes", "frame of eight bytes", "both"],
)
def test_what_stands_before_the_json_is_passed_over(value: bytes) -> None:
    assert read(HEADERS, value) == read(HEADERS)


def test_a_frame_around_something_else_is_refused_with_what_to_change() -> None:
    with pytest.raises(ContractViolation, match="send the bare JSON in UTF-8") as caught:
        read(HEADERS, b"\0\0\0\0\x07\x02\x16Avro")
    assert caught.value.code == "registry-frame"


@pytest.mark.parametrize(
    "headers",
    [
        [("content-type", b"application/cloudevents+json")],
        [("content-type", b"Application/CloudEvents+JSON; charset=UTF-8")],
        [("content-type", b"application/json")],
        [("content-type", None)],
        [],
    ],
)
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"])
def test_structured_mode_is_read_whatever_its_client_calls_it(headers: Headers, before: bytes) -> None:
    event = read(headers, before + json.dumps(envelope()).encode())
    assert event._replace(payload=None) == EVENT


def test_structured_mode_may_hold_its_data_in_base64() -> None:
    held = envelope(data_base64=base64.b64encode(JSON).decode())
    del held["data"]
    assert read([], json.dumps(held).encode())._replace(payload=None) == EVENT
    held["data_base64"] = "é"
    with pytest.raises(ContractViolation, match="base64 of the event's JSON"):
        read([], json.dumps(held).encode())


@pytest.mark.parametrize(
    ("headers", "value", "code"),
    [
        ([("content-type", b"application/cloudevents-batch+json")], b"[]", "batched-mode"),
        ([("content-type", b"application/json")], json.dumps([envelope()]).encode(), "batched-mode"),
        ([("content-type", b"application/cloudevents+avro")], b"\x02", "structured-mode"),
        ([("content-type", b"application/json")], JSON, "header"),
        ([], json.dumps(envelope(id=7)).encode(), "envelope"),
        ([], json.dumps(envelope(data="{}")).encode(), "envelope"),
    ],
)
def test_a_mode_that_is_not_read_is_refused_with_what_to_change(headers: Headers, value: bytes, code: str) -> None:
    with pytest.raises(ContractViolation) as caught:
        read(headers, value)
    assert caught.value.code == code


_PARTS = st.none() | st.binary(max_size=60) | st.sampled_from([JSON, JSON[:-9], b"\0\0\0\0\1" + JSON, b"[" * 20_000])
_NAMES = st.sampled_from([name for name, _ in HEADERS] + ["ce_correlationid", "ce_causationid", "traceparent", "other"])
_SPOILT = st.lists(st.tuples(_NAMES, st.none() | st.binary(max_size=40) | identifiers.map(str.encode)), max_size=6)


@given(
    key=st.none() | st.just(KEY) | st.binary(max_size=40),
    value=_PARTS | st.builds(lambda **it: json.dumps(envelope(**it)).encode(), id=identifiers, time=identifiers),
    spoilt=_SPOILT,
    with_ours=st.booleans(),
    topic=st.sampled_from([topic for topic in TOPICS if topic.is_form]),
)
def test_any_record_has_an_effect_or_is_told_of(
    key: bytes | None, value: bytes | None, spoilt: list[tuple[str, bytes | None]], with_ours: bool, topic: Any
) -> None:
    headers = [*(HEADERS if with_ours else ()), *spoilt]
    received = Received(topic, 0, 7, 1_736_499_600_000, key, value, headers)
    read_once(received, SERVICE, START)
    sort_out([received])
    if received.outcome != "dead":
        return
    told = told_of(topic, value, headers)
    letter, refusal = told_as_dead(received, SERVICE)
    assert (letter.topic, refusal.topic) == ("intake.dead-letters.v1", "refusals.v1")
    assert letter.correlation_id == refusal.correlation_id == (told.correlation_id or letter.key)
    assert letter.causation_id == (told.id or letter.key)
    for row in (letter, refusal):
        told_by = str(row.id), "urn:engage:intake", row.type, EVENT_BY_TYPE[row.type].minor, row.time
        written = encode_attributes(*told_by, row.correlation_id, row.causation_id, row.traceparent)
        assert isinstance(decode(TOPIC_BY_NAME[row.topic], row.key.encode(), row.payload, written), Event)


def dead(reason: str, headers: Headers, service: Service = SERVICE, topic: Topic = FORMS) -> list[OutboxRow]:
    received = Received(topic, 1, 7, 1_736_499_600_000, KEY, VALUE, headers)
    received.end("dead", reason, "why")
    return told_as_dead(received, service)


def test_a_form_hears_of_what_it_can_mend_and_operators_of_all() -> None:
    told = [(row.topic, row.correlation_id, row.causation_id) for row in dead("id-used-again", with_id("7"))]
    assert told == [("intake.dead-letters.v1", "7", "7"), ("refusals.v1", "7", "7")]
    for reason in UNFORESEEN:
        assert [row.topic for row in dead(reason, with_id("7"))] == ["intake.dead-letters.v1"]
    assert [row.topic for row in dead("header", HEADERS, topic=CONTACTS)] == ["intake.dead-letters.v1"]


def test_what_may_be_personal_of_a_header_is_not_told() -> None:
    listed = Source(name="urn:form:known", events=(EVENT.type,), user="known")
    strict = Service("intake", HANDLERS, lambda _: NO_STORE, sources=Sources([listed]))
    for source, told in (
        ("urn:form:known", "urn:form:known"),
        ("urn:form:camille-martin", None),
        ("a@b.example", None),
    ):
        headers = [*(header for header in HEADERS if header[0] != "ce_source"), ("ce_source", source.encode())]
        for row in dead("source", headers, strict):
            assert json.loads(row.payload or b"")["ce_source"] == told
    headers = [*(header for header in HEADERS if header[0] != "ce_type"), ("ce_type", b"camille.martin")]
    assert all(json.loads(row.payload or b"")["ce_type"] is None for row in dead("unknown-type", headers))
    assert all(b"camille" not in (row.payload or b"") for row in dead("header", with_id("camille@b.example")))


@pytest.mark.parametrize(
    "wrong",
    [
        {"members": [dict.fromkeys(DeclaredOrganisation.model_fields, ())] * 1_000},
        {"project": {name: [()] * 1_000 for name in ("themes", "publics", "territories")}},
    ],
    ids=["members", "labels"],
)
def test_what_is_said_of_a_record_is_bounded_however_much_of_it_is_wrong(wrong: dict[str, Any]) -> None:
    value = json.dumps({**json.loads(JSON), **wrong}).encode()
    with pytest.raises(ContractViolation) as refused:
        decode(FORMS, KEY, value, HEADERS)
    assert refused.value.code == "contract"
    assert 0 < len(refused.value.problems) <= MOST_PROBLEMS
    assert len(str(refused.value)) < 10_000


def test_how_much_more_is_wrong_is_told() -> None:
    reports = TOPIC_BY_NAME["forms.mentors.v1"]
    event = event_of(example(MentorEnrolled), at=START)
    key, value, headers = encode(event)
    ids = [f"{number}" for number in range(70)]
    with pytest.raises(ContractViolation, match=r"; and 20 more$") as refused:
        decode(reports, key, json.dumps({**json.loads(value or b""), "handled_applications": ids}).encode(), headers)
    assert len(refused.value.problems) == MOST_PROBLEMS
