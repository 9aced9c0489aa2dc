"""Events to Kafka records and back: CloudEvents 1.0, Kafka protocol binding, binary and structured mode."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from contracts import attributes
from contracts.attributes import data_schema, encode_attributes
from contracts.envelope import is_cloudevents, opened
from contracts.event import Event, Tombstone, canonical_uuid, encode_data, is_passed_on, known_as, plain_id
from contracts.headers import KNOWN, MOST_HEADER_BYTES, Headers, read_headers, readable, required
from contracts.message import EventData
from contracts.moments import in_utc
from contracts.topic import Topic
from contracts.violation import ContractViolation, violation_of

__all__ = [
    "MOST_KEY_BYTES",
    "ContractViolation",
    "Headers",
    "Record",
    "Told",
    "data_schema",
    "decode",
    "encode",
    "encode_attributes",
    "newest",
    "peek_type",
    "told_of",
]

MOST_KEY_BYTES: Final = 200
"""Of a record's key, which is an id: far fewer than an entry of an index can hold."""


class Record(NamedTuple):
    """What a Kafka client sends: key, value (None for a tombstone) and headers."""

    key: bytes
    value: bytes | None
    headers: list[tuple[str, bytes]]


def encode(event: Event[EventData]) -> Record:
    """An event in binary mode: attributes as `ce_*` headers, the value is the bare JSON data."""
    headers = encode_attributes(
        event.id,
        event.source,
        event.data.event_type,
        event.data.minor,
        event.time,
        event.correlation_id,
        event.causation_id,
        event.traceparent,
        event.sequence,
        event.hop,
    )
    return Record(event.subject.encode(), encode_data(event.data), headers)


def peek_type(headers: Headers) -> bytes | None:
    """The `ce_type` of a record in binary mode, without reading anything else; None where that is not plain."""
    found = None
    for name, value in headers:
        if name == "ce_type":
            if found is not None:
                return None
            found = value
        elif name == "content-type" and value is not None and is_cloudevents(value):
            return None
    return found


def decode(topic: Topic, key: bytes | None, value: bytes | None, headers: Headers) -> Event[EventData] | Tombstone:
    """The event (or, on a compacted topic, the tombstone) in a record of `topic`, in the newest version.

    Raises ContractViolation.
    """
    return _plain(topic, key, value, headers) or _any(topic, key, value, headers)


class Told(NamedTuple):
    """What a record that can't be taken says of its event: each only where it can be read and may be passed on."""

    id: str | None = None
    source: str | None = None
    type: str | None = None
    correlation_id: str | None = None


def told_of(topic: Topic, value: bytes | None, headers: Headers) -> Told:
    """What can be read of an event whose record need not be right; raises nothing."""
    read = readable(headers)
    if topic.is_form and value is not None:
        with suppress(ContractViolation):
            read = opened(read, value)[0]
    source = read.get("ce_source", "")
    identifier, correlation = (
        known_as(source, read[name]) if read.get(name) else None for name in ("ce_id", "ce_correlationid")
    )
    kind = read.get("ce_type", "")
    return Told(
        identifier,
        source if is_passed_on(source) else None,
        kind if kind.encode() in topic.event_by_type else None,
        correlation or identifier,
    )


def newest(data: EventData) -> EventData:
    """An event's data brought up, version by version, to the newest; raises what an upcaster raises."""
    while (newer := data.upcast()) is not data:
        data = newer
    return data


def _plain(topic: Topic, key: bytes | None, value: bytes | None, headers: Headers) -> Event[EventData] | None:
    """The event in a record as our services and most forms write it, at half the cost of the long way.

    None wherever there is the least doubt: what is right then, or wrong, the long way says.
    """
    read: dict[str, Any] = dict(headers)
    if value is None or len(read) != len(headers) or not read.keys() <= KNOWN or None in read.values():
        return None
    try:
        # What is missing (KeyError) is for the long way, as is whatever these constructors and the model refuse
        # (ValueError, of which Pydantic's and Unicode's errors are kinds).
        if read["content-type"] != b"application/json" or read["ce_specversion"] != b"1.0":
            return None
        model = topic.event_by_type[read["ce_type"]]
        source = read["ce_source"].decode()
        identifier = plain_id(read["ce_id"])
        time = in_utc(datetime.fromisoformat(read["ce_time"].decode()))
        correlation, causation = read.get("ce_correlationid"), read.get("ce_causationid")
        trace, hop, sequence = read.get("ce_traceparent"), read.get("traceparent"), read.get("ce_sequence")
        schema = read.get("ce_dataschema", b"")
        # Nobody reads these two, so it is enough that they are as they should be; of source, four bytes a
        # character stay within the bound.
        if read.get("ce_subject", key) != key or not schema.isascii() or len(schema) > MOST_HEADER_BYTES:
            return None
        if not source.isprintable() or not 0 < len(source) <= MOST_HEADER_BYTES // 4:
            return None
        data: EventData = newest(model.__pydantic_validator__.validate_json(value, strict=True))
        subject = str(data.aggregate_id)
        if key != subject.encode():
            return None
        heard = None if hop is None else attributes.trace_of(hop.decode())
        return Event(
            identifier,
            source,
            subject,
            time,
            identifier if correlation is None else plain_id(correlation),
            None if causation is None else plain_id(causation),
            heard if trace is None else attributes.trace_of(trace.decode()) or heard,
            data,
            value,
            None if sequence is None or topic.is_form else attributes.sequence_of(sequence.decode()),
            heard,
        )
    except (KeyError, ValueError):
        return None


def _any(topic: Topic, key: bytes | None, value: bytes | None, headers: Headers) -> Event[EventData] | Tombstone:
    if key is not None and len(key) > MOST_KEY_BYTES:
        raise _wrong_key(topic)
    read = read_headers(headers)
    if value is None:
        return _tombstone(topic, key, read)
    if topic.is_form:
        read, value = opened(read, value)
    elif is_cloudevents(read.get("content-type", "").encode()):
        raise ContractViolation("structured-mode", f"{topic.name} takes CloudEvents in binary mode only")
    model = _model(topic, read)
    try:
        # Strictly, as the published schemas have it: "yes" is no consent, and "5" no number.
        data: EventData = newest(model.__pydantic_validator__.validate_json(value, strict=True))
    except ValidationError as error:
        raise violation_of(error) from None
    subject = str(data.aggregate_id)
    if key != subject.encode():
        # One spelling only: the order of a key's events must not depend on how somebody writes its id.
        raise _wrong_key(topic, f", as in `{data.key_field}`")
    told = attributes.attributes_of(read, sequenced=not topic.is_form)
    return Event(
        told.id,
        told.source,
        subject,
        told.time,
        told.correlation_id,
        told.causation_id,
        told.traceparent,
        data,
        value,
        told.sequence,
        told.hop,
    )


def _tombstone(topic: Topic, key: bytes | None, read: dict[str, str]) -> Tombstone:
    if not topic.compacted:
        raise ContractViolation("tombstone", f"a tombstone has no place on {topic.name}: send an event")
    model = _model(topic, read)
    try:
        subject = str(canonical_uuid((key or b"").decode()))
    except ValueError:  # of which a UnicodeDecodeError is one
        raise _wrong_key(topic) from None
    told = attributes.attributes_of(read, sequenced=not topic.is_form)
    return Tombstone(
        told.id,
        told.source,
        subject,
        told.time,
        told.correlation_id,
        told.causation_id,
        told.traceparent,
        # What is gone is gone in every version.
        model if model in topic.events else topic.events[0],
        told.sequence,
        told.hop,
    )


def _wrong_key(topic: Topic, where: str = "") -> ContractViolation:
    right = f"must be the {topic.key} in lower case{where}"
    return ContractViolation("key", f"the record's key {right}", [("key", right)])


def _model(topic: Topic, read: dict[str, str]) -> type[EventData]:
    if read.get("ce_specversion", "1.0") != "1.0":
        raise ContractViolation("header", "ce_specversion must be 1.0", [("ce_specversion", "must be 1.0")])
    model = topic.event_by_type.get(required(read, "ce_type").encode())
    if model is None:
        allowed = ", ".join(sorted(name.decode() for name in topic.event_by_type))
        right = f"is none that {topic.name} carries; these are: {allowed}"
        raise ContractViolation("unknown-type", f"ce_type {right}", [("ce_type", right)])
    return model
