"""The attributes of an event in a record's headers: CloudEvents 1.0, read with bounds, and written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from contracts.event import known_as, plain_id
from contracts.headers import KNOWN, MOST_HEADER_BYTES, required
from contracts.moments import in_utc
from contracts.violation import ContractViolation

_RIGHT: Final = {
    "ce_source": "it is a URI of the sender",
    "ce_id": "it is any text that is this event's alone, the same when it is sent again",
    "ce_correlationid": "it is the ce_id of the event that began the story",
    "ce_causationid": "it is the ce_id of the event before",
}

SEQUENCE_PATTERN: Final = "^[!-~]+:[0-9a-f]{16}$"
MOST_SEQUENCE_CHARACTERS: Final = 200
_SEQUENCE: Final = re.compile(SEQUENCE_PATTERN)
# Neither an id of zeros nor the version ff is one.
_TRACEPARENT: Final = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
# CloudEvents allows no control character in an attribute, and no text of PostgreSQL can hold U+0000.
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Attributes(NamedTuple):
    """What the headers of an event say of it, beside its type; `hop` is the trace context of whoever published it."""

    id: str
    source: str
    time: datetime
    correlation_id: str
    causation_id: str | None
    traceparent: str | None
    sequence: str | None
    hop: str | None


def attributes_of(headers: dict[str, str], *, sequenced: bool) -> Attributes:
    """The attributes that `read_headers` found; raises ContractViolation.

    `sequenced` says whether the topic's writers number what they send: what a form says of that counts as nothing.
    """
    source = _text(headers, "ce_source")
    identifier = known_as(source, _text(headers, "ce_id"))
    correlation, causation = _optional(headers, "ce_correlationid"), _optional(headers, "ce_causationid")
    hop = trace_of(headers.get("traceparent"))
    return Attributes(
        identifier,
        source,
        _time(headers),
        identifier if correlation is None else known_as(source, correlation),
        None if causation is None else known_as(source, causation),
        trace_of(headers.get("ce_traceparent")) or hop,
        sequence_of(headers.get("ce_sequence")) if sequenced else None,
        hop,
    )


def quick_attributes(read: Mapping[str, bytes]) -> Attributes:
    """The attributes as our own services write them, at a third of the cost of the long way.

    Raises KeyError or ValueError wherever there is the least doubt: what is right then, or wrong, the long way says.
    """
    if read["ce_specversion"] != b"1.0" or not read.keys() <= KNOWN:
        raise ValueError("not as our services write it")
    identifier, source = plain_id(read["ce_id"]), read["ce_source"].decode()
    if not source.isprintable() or not 0 < len(source) <= MOST_HEADER_BYTES // 4:
        raise ValueError("not as our services write it")
    correlation, causation = read.get("ce_correlationid"), read.get("ce_causationid")
    sequence = read.get("ce_sequence")
    story, hop = (
        None if told is None else trace_of(told.decode())
        for told in (read.get("ce_traceparent"), read.get("traceparent"))
    )
    return Attributes(
        identifier,
        source,
        in_utc(datetime.fromisoformat(read["ce_time"].decode())),
        identifier if correlation is None else plain_id(correlation),
        None if causation is None else plain_id(causation),
        story or hop,
        None if sequence is None else sequence_of(sequence.decode()),
        hop,
    )


def trace_of(value: str | None) -> str | None:
    """A trace context as it was sent; None where it is broken, as W3C Trace Context asks: no reason to refuse."""
    return value if value is not None and _TRACEPARENT.fullmatch(value) else None


def sequence_of(value: str | None) -> str | None:
    """`<lane>:<16 hexadecimal digits in lower case>`, at most 200 characters; None for whatever is none."""
    if value is None or len(value) > MOST_SEQUENCE_CHARACTERS:
        return None
    return value if _SEQUENCE.fullmatch(value) else None


def encode_attributes(
    identifier: str,
    source: str,
    event_type: str,
    minor: int,
    time: datetime,
    correlation_id: str,
    causation_id: str | None,
    traceparent: str | None,
    sequence: str | None = None,
    hop: str | None = None,
) -> list[tuple[str, bytes]]:
    """The attributes of an event as Kafka headers, without those that say nothing.

    `traceparent` is the story's trace context, `hop` the publisher's own span in it: without one it is the story's.

    The key says what `ce_subject` would, and an event without `ce_correlationid` begins its story itself.
    """
    headers = [
        *_constant(source, event_type, minor),
        ("ce_id", identifier.encode()),
        *_of_cause(time, None if correlation_id == identifier else correlation_id, causation_id, traceparent),
    ]
    if (hop := hop or traceparent) is not None:
        headers.append(("traceparent", hop.encode()))
    if sequence is not None:
        headers.append(("ce_sequence", sequence.encode()))
    return headers


def data_schema(event_type: str, minor: int) -> str:
    """The URI that names the schema of a version, such as `urn:engage:application:submitted:v1.0`."""
    return f"urn:{event_type.replace('.', ':')}.{minor}"


@lru_cache(maxsize=4_096)  # a service has one source and some dozens of types; a form's source may be anything
def _constant(source: str, event_type: str, minor: int) -> tuple[tuple[str, bytes], ...]:
    return (
        ("ce_specversion", b"1.0"),
        ("ce_source", source.encode()),
        ("ce_type", event_type.encode()),
        ("ce_dataschema", data_schema(event_type, minor).encode()),
        ("content-type", b"application/json"),
    )


@lru_cache(maxsize=256)  # what one cause leads to is written together, so a few causes are enough
def _of_cause(
    time: datetime, correlation_id: str | None, causation_id: str | None, traceparent: str | None
) -> tuple[tuple[str, bytes], ...]:
    headers = [("ce_time", time.isoformat().encode())]
    if correlation_id is not None:
        headers.append(("ce_correlationid", correlation_id.encode()))
    if causation_id is not None:
        headers.append(("ce_causationid", causation_id.encode()))
    if traceparent is not None:
        headers.append(("ce_traceparent", traceparent.encode()))
    return tuple(headers)


def _text(headers: dict[str, str], name: str) -> str:
    text = required(headers, name)
    if _CONTROLS.search(text):
        raise _wrong(name, f"must hold no control character: {_RIGHT[name]}")
    return text


def _optional(headers: dict[str, str], name: str) -> str | None:
    return _text(headers, name) if name in headers else None


def _time(headers: dict[str, str]) -> datetime:
    text = required(headers, "ce_time")
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise _wrong("ce_time", "must be a time of RFC 3339") from None
    try:
        return in_utc(time)
    except ValueError as error:
        raise _wrong("ce_time", f"is out of bounds: {error}") from None


def _wrong(name: str, what: str) -> ContractViolation:
    return ContractViolation("header", f"{name} {what}", [(name, what)])
