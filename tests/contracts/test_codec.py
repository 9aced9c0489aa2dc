"""Events to records and back, and what is said of records that are none."""

from __future__ import annotations

import json
import os

import pytest
from aiokafka.partitioner import murmur2
from hypothesis import given
from hypothesis import strategies as st

from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import STRUCTURED, ContractViolation, Record, decode, encode, peek_type
from contracts.contacts import ContactPublished
from contracts.event import Event, Tombstone, derived_id
from contracts.partitions import partition_of
from tests.forms import START, application, form_event, identifier

FORMS = TOPIC_BY_NAME["forms.applications.v1"]
CONTACTS = TOPIC_BY_NAME["contacts.v1"]
EVENT = form_event(application("une"), at=START)
RECORD = encode(EVENT)


def without(name: str) -> list[tuple[str, bytes]]:
    return [header for header in RECORD.headers if header[0] != name]


def test_binary_mode_there_and_back() -> None:
    assert decode(FORMS, *RECORD) == EVENT._replace(payload=RECORD.value)
    headers = dict(RECORD.headers)
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_type"] == b"engage.application.submitted.v1"
    assert headers["ce_subject"] == RECORD.key
    assert peek_type(RECORD.headers) == "engage.application.submitted.v1"


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
        (Record(RECORD.key, RECORD.value, [*without("ce_id"), ("ce_id", b"7")]), "header", "must be a UUID"),
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
