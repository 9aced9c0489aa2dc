"""Every time, day, number, list, text and mapping that a contract has is bounded, and no bound is beyond a reader."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from datetime import time as time_of_day
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.applications import ProposedTag
from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import ContractViolation, Record, decode, encode
from contracts.contest import ContestDecided
from contracts.dead_letters import DeadLetterRecorded, id_in, parts_of, said_of
from contracts.event import derived_id
from contracts.message import EventData
from contracts.moments import DerivedDay, DerivedMoment, Moment
from libraries.chassis.records.received import Received
from libraries.work_days.due_dates import Calendar, Span, after_work_days, due_at
from publication.rules import unbounded
from publication.schemas import Schema, schema_of
from publication.versions import versions
from services.intake.lexicon import LEXICON
from tests.events import START, event_of
from tests.events import example as example_of
from tests.ids import identifier

VERSIONS = versions()
FORMS = [version for version in VERSIONS if version.topic.is_form]
_FORMATS_OF_A_RANGE = {"date", "date-time"}


@pytest.mark.parametrize(
    "part",
    [
        {"type": "string"},
        {"type": "string", "format": "date"},
        {"type": "integer", "minimum": 0},
        {"type": "number", "minimum": 0, "maximum": 1e30},
        {"type": "array", "items": {"const": 1}},
        {"type": "array", "maxItems": 1, "items": {"type": "string"}},
        {"type": "object", "additionalProperties": {"const": 1}},
        {"anyOf": [{"type": "null"}, {"type": "string"}]},
        {"description": "anything"},
    ],
)
def test_what_has_no_bound_is_found(part: Schema) -> None:
    assert list(unbounded(part, "part"))


OFFSETS = st.integers(-14 * 3600, 14 * 3600).map(lambda seconds: timezone(timedelta(seconds=seconds)))
EDGES = [
    datetime.fromisoformat(text)
    for text in (
        "0001-01-01T00:00:00", "1999-12-31T23:59:59.999999", "2000-01-01T00:00:00", "2099-12-31T23:59:59.999999",
        "2100-01-01T00:00:00", "9999-12-31T23:59:59",
    )
]  # fmt: skip
NEAR_EDGES = st.tuples(st.sampled_from(EDGES[1:-1]), st.integers(-16 * 3600, 16 * 3600)).map(
    lambda it: it[0] + timedelta(seconds=it[1])
)
TIMES = st.builds(
    lambda time, zone: time.replace(tzinfo=zone), st.sampled_from(EDGES) | NEAR_EDGES | st.datetimes(), OFFSETS
)
MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
DERIVED: TypeAdapter[datetime] = TypeAdapter(DerivedMoment)
DERIVED_DAY: TypeAdapter[date] = TypeAdapter(DerivedDay)
PARIS = Calendar.of(time_zone="Europe/Paris", at=time_of_day(9), country="FR")


@given(TIMES)
@example(datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-12))))
@example(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))))
def test_a_time_is_taken_by_its_year_in_utc_and_read_again_by_whoever_gets_it(time: datetime) -> None:
    first, last = datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    if not first <= time <= last:
        with pytest.raises(ValidationError, match="between the years 2000 and 2099 in UTC"):
            MOMENT.validate_python(time)
        return
    taken = MOMENT.validate_python(time)
    assert (taken, taken.utcoffset()) == (time, timedelta(0))
    assert MOMENT.validate_json(MOMENT.dump_json(taken), strict=True) == taken
    # Whatever a service counts on from it stays within what an event may say.
    assert derived_id(identifier("cause"), taken, source="matching", ordinal=1).version == 8
    for after in (Span(days=1), Span(months=18), Span(years=10)):
        due = due_at(taken, after, calendar=PARIS)
        assert DERIVED.validate_json(DERIVED.dump_json(due), strict=True) == due
        assert DERIVED_DAY.validate_python(PARIS.day_of(due)) == PARIS.day_of(due)
    assert DERIVED.validate_python(after_work_days(taken, 60, calendar=PARIS)) > taken


def moment_and_day_paths(schema: Schema, part: Schema, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where a document of a schema holds a time or a day."""
    part = schema["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
    for choice in part.get("anyOf", ()):
        yield from moment_and_day_paths(schema, choice, path)
    if part.get("format") in _FORMATS_OF_A_RANGE:
        yield (*path, part["format"])
    if "items" in part:
        yield from moment_and_day_paths(schema, part["items"], (*path, 0))
    for name, field in part.get("properties", {}).items():
        yield from moment_and_day_paths(schema, field, (*path, name))


BEYOND = {
    "date-time": ("2099-12-31T23:59:59-12:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00",
                  "2000-01-01T00:00:00+00:01", "1999-12-31T23:59:59Z"),
    "date": ("0001-01-01", "1799-12-31", "2100-01-01", "9999-12-31"),
}  # fmt: skip


def test_each_form_refuses_times_and_days_beyond_the_years_and_says_which_field_is_wrong() -> None:
    tried = 0
    for version in FORMS:
        schema = schema_of(version, "reader")
        record = encode(event_of(example_of(version.model), at=START))
        whole = json.loads(record.value or b"")
        for *path, form in moment_and_day_paths(schema, schema):
            for text in BEYOND[form]:
                changed = json.loads(json.dumps(whole))
                place = changed
                for step in path[:-1]:
                    place = place[step]
                place[path[-1]] = text
                with pytest.raises(ContractViolation, match=re.escape(".".join(map(str, path)))) as caught:
                    decode(version.topic, record.key, json.dumps(changed).encode(), record.headers)
                assert caught.value.code == "contract"
                assert re.search("2000|1800|2099", str(caught.value)), "it says what would be right"
                tried += 1
    assert tried > 150


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [
        (ContestDecided, "publish_at", "9999-12-31T23:59:59-12:00"),
        (ContestDecided, "publish_at", "2099-12-31T23:59:59-12:00"),
    ],
)
def test_what_once_stopped_a_service_is_refused(model: type[EventData], field: str, value: str) -> None:
    version = next(it for it in VERSIONS if it.model is model)
    record = encode(event_of(example_of(model)))
    document = json.loads(record.value or b"") | {field: value}
    with pytest.raises(ContractViolation, match=f"^{field}: .*(2000|2099)"):
        decode(version.topic, record.key, json.dumps(document).encode(), record.headers)


def test_what_the_lexicon_may_propose_fits_its_event() -> None:
    assert 2 * LEXICON.most <= 20
    for kind, codes in (("theme", LEXICON.themes), ("public", LEXICON.publics)):
        for code, groups in codes.items():
            rows = tuple(row for group in groups.values() for row in group)
            assert ProposedTag(kind=kind, code=code, because=rows).because == rows  # type: ignore[arg-type]


SIZES = st.sampled_from([0, 1, 3, 749, 750, 751, 3_000, 3_001, 525_000, 525_001, 2_000_000])
HEADERS = st.lists(
    st.tuples(st.text(st.characters(), max_size=210) | st.just("x" * 201), st.none() | SIZES.map(bytes)), max_size=70
)


@given(st.none() | SIZES.map(bytes), st.none() | SIZES.map(bytes), HEADERS, st.text(st.characters(), max_size=1_200))
@example(bytes(2_000_000), bytes(2_000_000), [("\x01" * 200, bytes(3_000))] * 70, "\0" * 1_200)
def test_a_dead_letter_fits_into_a_record_whatever_was_set_aside(
    key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes | None]], detail: str
) -> None:
    letter = DeadLetterRecorded(
        dead_letter_id=identifier("letter"),
        service="intake",
        topic="forms.applications.v1",
        partition=0,
        offset=2**53 - 1,
        reason="json",
        detail=said_of(detail),
        recorded_at=START,
        subject_id=id_in(key),
        parts=parts_of(key, value, headers),
    )
    assert size(encode(event_of(letter))) < 10_000
    told: dict[str, tuple[int, str]] = {part.part: (part.size, part.sha256) for part in letter.parts}
    for part, raw in (("key", key or b""), ("value", value or b"")):
        assert told[part] == (len(raw), hashlib.sha256(raw).hexdigest())


@pytest.mark.parametrize(
    ("key", "is_one"),
    [
        (b"5b0c3d0e-6a55-4c0b-9c39-0f8f2f6f3a71", True),
        (b"5B0C3D0E-6A55-4C0B-9C39-0F8F2F6F3A71", True),
        (b"5b0c3d0e6a554c0b9c390f8f2f6f3a71", False),
        (b"{5b0c3d0e-6a55-4c0b-9c39-f8f2f6f3a71}", False),
        (b"camille.exemple-12345678@example.org", False),
        (b"\xff" * 36, False),
        (b"", False),
        (None, False),
    ],
)
def test_of_a_key_only_an_id_is_told(key: bytes | None, is_one: bool) -> None:
    assert (id_in(key) is not None) is is_one


def size(record: Record) -> int:
    return len(record.key) + len(record.value or b"") + sum(len(name) + len(value) for name, value in record.headers)


@pytest.mark.parametrize("timestamp", [-(2**63), -1, 0, 1_736_499_600_000, 4_102_444_800_000, 2**63 - 1])
def test_a_record_of_any_timestamp_was_recorded_at_a_time_that_an_event_may_say(timestamp: int) -> None:
    topic = TOPIC_BY_NAME["forms.needs.v1"]
    received = Received(topic, 0, 0, timestamp, b"key", b"value", ())
    assert MOMENT.validate_python(received.recorded_at) == received.recorded_at
    assert received.dead_letter_id("matching").version == 8
