"""Who takes events of any type reads of each what its contract says, and refuses what is no event."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.any_event import decode_any
from contracts.catalogue import TOPICS
from contracts.codec import ContractViolation, Headers, decode, encode
from contracts.event import Event
from contracts.message import EventData
from tests.events import event_of, example

PUBLIC = [(topic, event) for topic in TOPICS if not topic.is_form for event in topic.events]
GOOD: Headers = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"019ab0f0-5c00-7d2e-8f11-3a5b7c9d0e1f"),
    ("ce_source", b"urn:engage:somebody"),
    ("ce_type", b"engage.weather.observed.v1"),
    ("ce_time", b"2026-01-01T00:00:00+00:00"),
    ("content-type", b"application/json"),
]
KEY = b"019ab0f0-5c00-7d2e-8f11-3a5b7c9d0e1f"


@pytest.mark.parametrize(("topic", "event"), PUBLIC, ids=lambda it: getattr(it, "name", getattr(it, "__name__", "")))
def test_it_reads_what_a_contract_reads(topic: object, event: type[EventData]) -> None:
    cause = event_of(example(event))
    record = encode(event_of(example(event), because_of=cause)._replace(sequence="lane:000000000000000a"))
    (known,) = [each for each, of in PUBLIC if of is event][:1]
    one, other = decode(known, *record), decode_any(*record)
    assert isinstance(one, Event)
    assert other.data.event_type == other.type == one.type
    assert other._replace(data=None) == one._replace(data=None)  # type: ignore[arg-type]
    assert event.model_validate(other.data.said) == one.data


def test_a_type_that_no_contract_has_and_headers_that_nobody_knows_are_taken() -> None:
    event = decode_any(KEY, b'{"sun": true}', [*GOOD, ("x-other", b"\xff"), ("ce_other", b"1")])
    assert (event.type, event.data.said) == ("engage.weather.observed.v1", {"sun": True})
    gone = decode_any(KEY, None, GOOD)
    assert (gone.data.said, gone.payload) == (None, None)


@pytest.mark.parametrize(
    ("key", "value", "headers", "words"),
    [
        (b"no id", b"{}", GOOD, "key must be an id"),
        (None, b"{}", GOOD, "key must be an id"),
        (KEY.upper(), b"{}", [header for header in GOOD if header[0] != "ce_type"], "ce_type is missing"),
        (KEY, b"[]", GOOD, "JSON object"),
        (KEY, b"{", GOOD, "must be JSON"),
        (KEY, b'{"a": NaN}', GOOD, "must be JSON"),
        (KEY, b'{"a": "\\u0000"}', GOOD, "U+0000"),
        (KEY, b"\xff", GOOD, "must be JSON"),
        (KEY, b"{}", [*GOOD[:3], ("ce_type", b"x" * 201), *GOOD[4:]], "at most 200"),
        (KEY, b"{}", [*GOOD[:4], ("ce_time", b"9999-01-01T00:00:00Z")], "ce_time"),
        (KEY, b"{}", [], "ce_type is missing"),
    ],
)
def test_what_is_no_event_is_named(key: bytes | None, value: bytes, headers: Headers, words: str) -> None:
    with pytest.raises(ContractViolation, match=words.replace("+", r"\+")):
        decode_any(key, value, headers)


@given(
    st.none() | st.binary(max_size=60),
    st.none() | st.binary(max_size=60),
    st.lists(st.tuples(st.sampled_from([name for name, _ in GOOD]) | st.text(max_size=9), st.none() | st.binary())),
)
def test_any_record_is_an_event_or_a_violation(key: bytes | None, value: bytes | None, headers: Headers) -> None:
    for told in (headers, [*GOOD, *headers]):
        try:
            decode_any(key, value, told)
        except ContractViolation:
            continue
