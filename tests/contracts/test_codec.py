"""Events to records and back, and what is said of records that are none."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from aiokafka.partitioner import murmur2
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.applications import ApplicationSubmitted
from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import ContractViolation, Headers, Record, decode, encode, peek_type
from contracts.contacts import ContactPublished
from contracts.envelope import STRUCTURED
from contracts.event import Event, Tombstone, derived_id
from contracts.headers import KNOWN
from contracts.partitions import partition_of
from contracts.topic import Topic
from publication.golden import record_of
from publication.registry import PUBLISHED
from tests.drawing import drawn
from tests.events import START, event_of, example
from tests.ids import identifier

pytestmark = pytest.mark.drawn

FORMS = TOPIC_BY_NAME["forms.applications.v1"]
CONTACTS = TOPIC_BY_NAME["contacts.v1"]
EVENT = event_of(example(ApplicationSubmitted), at=START)
RECORD = encode(EVENT)
CONTACT_EVENT = event_of(example(ContactPublished), at=START)
CONTACT = encode(CONTACT_EVENT)


def without(name: str) -> list[tuple[str, bytes]]:
    return [header for header in RECORD.headers if header[0] != name]


def test_binary_mode_there_and_back() -> None:
    assert decode(FORMS, *RECORD) == EVENT._replace(payload=RECORD.value)
    headers = dict(RECORD.headers)
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_type"] == b"engage.application.submitted.v1"
    assert peek_type(RECORD.headers) == b"engage.application.submitted.v1"


def test_structured_mode_is_accepted_from_forms_only() -> None:
    envelope = {
        "specversion": "1.0",
        "id": str(EVENT.id),
        "source": EVENT.source,
        "type": EVENT.type,
        "time": EVENT.time.isoformat(),
        "data": json.loads(RECORD.value or b""),
    }
    value, headers = json.dumps(envelope).encode(), [("content-type", f"{STRUCTURED}; charset=UTF-8".encode())]
    received = decode(FORMS, RECORD.key, value, headers)
    assert isinstance(received, Event)
    assert received._replace(payload=None) == EVENT
    with pytest.raises(ContractViolation, match="binary mode only") as caught:
        decode(CONTACTS, RECORD.key, value, headers)
    assert caught.value.code == "structured-mode"


@pytest.mark.parametrize(
    ("record", "code", "says"),
    [
        (Record(RECORD.key, b"{", RECORD.headers), "json", "not JSON"),
        (Record(RECORD.key, b"\xff\xfe{}", RECORD.headers), "json", "not JSON"),
        (Record(RECORD.key, b"{}", RECORD.headers), "contract", "application_id: Field required"),
        (Record(RECORD.key, None, RECORD.headers), "tombstone", "send an event"),
        (Record(b"other", RECORD.value, RECORD.headers), "key", "must be the application id in lower case"),
        (Record(RECORD.key, RECORD.value, without("ce_id")), "header", "ce_id is missing"),
        (Record(RECORD.key, RECORD.value, without("ce_time")), "header", "ce_time is missing"),
        (
            Record(RECORD.key, RECORD.value, [*without("ce_id"), ("ce_id", b"7\n")]),
            "header",
            "ce_id must hold no control",
        ),
        (Record(RECORD.key, RECORD.value, [*without("ce_id"), ("ce_id", b"\xff")]), "header", "must be UTF-8"),
        (
            Record(RECORD.key, RECORD.value, [*without("ce_time"), ("ce_time", b"2025-01-10T09:00:00")]),
            "header",
            "offset from UTC",
        ),
        (
            Record(RECORD.key, RECORD.value, [*without("ce_time"), ("ce_time", b"0001-01-01T00:00:00+14:00")]),
            "header",
            "between the years 2000 and 2099",
        ),
        (Record((RECORD.key or b"").upper(), RECORD.value, RECORD.headers), "key", "in lower case"),
        (
            Record(RECORD.key, RECORD.value, [*without("ce_type"), ("ce_type", b"engage.no.such.v1")]),
            "unknown-type",
            "engage.application.corrected.v1",
        ),
        (
            Record(RECORD.key, RECORD.value, [*without("ce_specversion"), ("ce_specversion", b"0.3")]),
            "header",
            "must be 1.0",
        ),
    ],
)
def test_a_bad_record_is_named_with_what_would_be_right(record: Record, code: str, says: str) -> None:
    with pytest.raises(ContractViolation, match=says) as caught:
        decode(FORMS, *record)
    assert caught.value.code == code


def test_a_broken_trace_context_is_no_reason_to_refuse() -> None:
    event = decode(FORMS, RECORD.key, RECORD.value, [*RECORD.headers, ("traceparent", b"nonsense")])
    assert event.traceparent is None


def test_a_tombstone_is_read_from_a_compacted_topic() -> None:
    person = identifier("person une")
    headers = [*without("ce_type"), ("ce_type", b"engage.contact.published.v1")]
    tombstone = decode(CONTACTS, str(person).encode(), None, headers)
    assert isinstance(tombstone, Tombstone)
    assert tombstone.retracted is ContactPublished
    assert tombstone.subject == str(person)


@given(st.binary(max_size=2_000), st.lists(st.tuples(st.text(max_size=20), st.none() | st.binary(max_size=50))))
def test_whatever_is_sent_is_an_event_or_a_violation(value: bytes, headers: list[tuple[str, bytes | None]]) -> None:
    with pytest.raises(ContractViolation):
        decode(FORMS, b"key", value, [*RECORD.headers[1:], *headers])


def test_partitions_are_those_of_the_java_client() -> None:
    for length in range(200):
        key = os.urandom(length)
        assert partition_of(key, 7) == (murmur2(key) & 0x7FFFFFFF) % 7


def test_derived_ids_are_the_same_at_every_replay_and_ordered_in_time() -> None:
    cause = identifier("cause")
    first = derived_id(cause, START, source="intake", ordinal=1)
    assert first == derived_id(cause, START, source="intake", ordinal=1)
    assert first.version == 8
    assert first.variant == "specified in RFC 4122"
    assert first.int >> 80 == int(START.timestamp() * 1000)
    others = {
        derived_id(cause, START, source="intake", ordinal=2),
        derived_id(cause, START, source="matching", ordinal=1),
        derived_id(identifier("another"), START, source="intake", ordinal=1),
    }
    assert len(others | {first}) == 4


def test_an_event_keeps_its_type() -> None:
    assert isinstance(EVENT, Event)
    assert EVENT.type == "engage.application.submitted.v1"


def test_what_the_key_and_the_id_say_already_is_left_out_of_the_headers_and_read_where_others_write_it() -> None:
    assert {"ce_subject", "ce_correlationid"}.isdisjoint(dict(RECORD.headers))
    said = [("ce_subject", RECORD.key), ("ce_correlationid", EVENT.id.encode())]
    assert decode(FORMS, RECORD.key, RECORD.value, [*RECORD.headers, *said]) == decode(FORMS, *RECORD)
    caused = EVENT._replace(correlation_id=str(identifier("story")), causation_id="cause-7")
    assert decode(FORMS, *encode(caused)) == caused._replace(payload=RECORD.value)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (b"applications.v1/3:00000000012d0001", "applications.v1/3:00000000012d0001"),
        (b"x" * 183 + b":" + b"0" * 16, "x" * 183 + ":" + "0" * 16),
        (b"x" * 184 + b":" + b"0" * 16, None),
        (b"applications.v1/3:00000000012D0001", None),
        (b"applications.v1/3:12d0001", None),
        (b"a lane:00000000012d0001", None),
        (b"\xff:00000000012d0001", None),
        (b":" + b"0" * 16, None),
        (b"x" * 3_000, None),
        (b"", None),
    ],
)
def test_a_sequence_is_read_from_services_and_what_is_none_is_ignored(sent: bytes, read: str | None) -> None:
    assert decode(CONTACTS, CONTACT.key, CONTACT.value, [*CONTACT.headers, ("ce_sequence", sent)]).sequence == read
    gone = decode(CONTACTS, CONTACT.key, None, [*CONTACT.headers, ("ce_sequence", sent)])
    assert (type(gone), gone.sequence) == (Tombstone, read)
    assert decode(FORMS, RECORD.key, RECORD.value, [*RECORD.headers, ("ce_sequence", sent)]).sequence is None


def test_a_sequence_is_written() -> None:
    numbered = CONTACT_EVENT._replace(sequence="forms.applications.v1/3:00000000012d0001")
    assert decode(CONTACTS, *encode(numbered)).sequence == numbered.sequence


@pytest.mark.parametrize(
    ("key", "headers", "says"),
    [
        (b"k" * 201, RECORD.headers, "key must be the application id"),
        (RECORD.key, [*without("ce_source"), ("ce_source", b"x" * 2_001)], "ce_source must have at most 2000 bytes"),
        (RECORD.key, [*RECORD.headers, ("ce_jean-dupont", b"x" * 2_001)], "each ce_ header must have at most"),
        (RECORD.key, [*RECORD.headers, *[("x", b"")] * 60], "at most 64 headers"),
        (RECORD.key, [*without("ce_source"), ("ce_source", b"urn:\0")], "no control character"),
        (RECORD.key, [*without("ce_time"), ("ce_time", b"2099-12-31T23:59:59-12:00")], "2000 and 2099 in UTC"),
        (RECORD.key, [*without("ce_time"), ("ce_time", b"2000-01-01T00:00:00+00:01")], "2000 and 2099 in UTC"),
        (RECORD.key, [*without("ce_time"), ("ce_time", b"9999-12-31T23:59:59-14:00")], "2000 and 2099 in UTC"),
    ],
)
def test_headers_are_bounded_times_after_they_were_brought_to_utc(
    key: bytes, headers: list[tuple[str, bytes]], says: str
) -> None:
    with pytest.raises(ContractViolation, match=says) as caught:
        decode(FORMS, key, RECORD.value, headers)
    assert "dupont" not in str(caught.value)


def test_times_at_the_bounds_are_taken_in_any_offset() -> None:
    for text in (b"2099-12-31T23:59:59.999999Z", b"2100-01-01T13:59:59+14:00", b"1999-12-31T10:00:00-14:00"):
        event = decode(FORMS, RECORD.key, RECORD.value, [*without("ce_time"), ("ce_time", text)])
        assert 2000 <= event.time.year <= 2099
        assert event.time.utcoffset() == timedelta(0)
        assert derived_id(event.identity, event.time, source="intake", ordinal=0).version == 8


ODD_VALUES = (
    None, b"", b"\xff", b"x", b"\0", b"x" * 2_001, "é".encode() * 1_000, RECORD.key.upper(), RECORD.key, b"1.0",
    b"application/json; charset=utf-8", b"application/json", STRUCTURED.encode(), b"2099-12-31T23:59:59-12:00",
    b"2100-01-01T13:00:00+14:00", b"2025-01-10", b"20250110T090000Z", b"0x000000-0000-0000-0000-000000000000",
    b"{5a0f6f3e-2b61-4c55-9d6c-0d2a4f9f9b10}", b"5A0F6F3E-2B61-4C55-9D6C-0D2A4F9F9B10", b"a:0000000000000000",
    b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)  # fmt: skip
NAMES = (*sorted(KNOWN), "ce_other", "other")
GOLDEN = [
    (TOPIC_BY_NAME[example["topic"]], record_of(example))
    for path in sorted((PUBLISHED / "golden").glob("*.json"))
    for example in json.loads(path.read_text(encoding="utf-8"))
]


@settings(max_examples=drawn(1_000))
@given(
    st.sampled_from(GOLDEN),
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(ODD_VALUES)), max_size=2),
    st.sampled_from([None, *NAMES]),
    st.sampled_from(["as it is", "none", "cut", "not UTF-8"]),
    st.booleans(),
    st.sampled_from([lambda key: key, bytes.upper, lambda key: None, lambda key: key * 6]),
    st.permutations(range(16)),
)
def test_a_header_that_nobody_knows_changes_nothing_of_how_a_record_is_read(
    published: tuple[Topic, Record],
    more: list[tuple[str, bytes | None]],
    dropped: str | None,
    value: str,
    instead: bool,
    spelt: Callable[[bytes], bytes | None],
    order: list[int],
) -> None:
    """So what is read by the fast way, in its plain shape, is what the long way reads."""
    topic, record = published
    names = {name for name, _ in more} if instead else set()
    headers = [it for it in record.headers if it[0] != dropped and it[0] not in names] + more
    headers = [headers[place] for place in order if place < len(headers)]
    whole = record.value or b""
    body = {"as it is": whole, "none": None, "cut": whole[:-1], "not UTF-8": whole.replace(b'"', b'"\xff', 1)}[value]
    assert outcome(topic, spelt(record.key), body, headers) == outcome(
        topic, spelt(record.key), body, [*headers, ("unknown", b"\xff")]
    )


def test_every_golden_record_is_read_alike_either_way() -> None:
    for topic, record in GOLDEN:
        assert isinstance(decode(topic, *record), Event)
        assert outcome(topic, *record) == outcome(topic, record.key, record.value, [*record.headers, ("unknown", b"")])


def outcome(topic: Topic, key: bytes | None, value: bytes | None, headers: Headers) -> object:
    """What comes of reading a record: the event, or the code and the text of what is wrong."""
    try:
        read = decode(topic, key, value, headers)
    except ContractViolation as violation:
        return violation.code, str(violation)
    return type(read), read
