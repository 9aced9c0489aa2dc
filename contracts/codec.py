"""Events to Kafka records and back: CloudEvents 1.0, Kafka protocol binding, binary and structured mode."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter, ValidationError

from contracts import attributes
from contracts.attributes import (
    KNOWN,
    MOST_HEADER_BYTES,
    STRUCTURED,
    Headers,
    canonical_uuid,
    data_schema,
    encode_attributes,
)
from contracts.event import Event, Tombstone
from contracts.message import EventData
from contracts.moments import in_utc
from contracts.topic import Topic
from contracts.violation import ContractViolation, violation_of

__all__ = [
    "STRUCTURED",
    "ContractViolation",
    "Headers",
    "Record",
    "data_schema",
    "decode",
    "encode",
    "encode_attributes",
    "encode_data",
    "newest",
    "peek_type",
]

_STRUCTURED: Final = STRUCTURED.encode()
_MOST_KEY_BYTES: Final = 200


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
    )
    return Record(event.subject.encode(), encode_data(event.data), headers)


def encode_data(data: EventData) -> bytes:
    """The bare JSON of an event's data, in UTF-8."""
    return data.__pydantic_serializer__.to_json(data)


def peek_type(headers: Headers) -> bytes | None:
    """The `ce_type` of a record in binary mode, without reading anything else; None where that is not plain."""
    found = None
    for name, value in headers:
        if name == "ce_type":
            if found is not None:
                return None
            found = value
        elif name == "content-type" and value is not None and value.startswith(_STRUCTURED):
            return None
    return found


def decode(topic: Topic, key: bytes | None, value: bytes | None, headers: Headers) -> Event[EventData] | Tombstone:
    """The event (or, on a compacted topic, the tombstone) in a record of `topic`, in the newest version.

    Raises ContractViolation.
    """
    return _plain(topic, key, value, headers) or _any(topic, key, value, headers)


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
        identifier = canonical_uuid(read["ce_id"])
        source = read["ce_source"].decode()
        time = in_utc(datetime.fromisoformat(read["ce_time"].decode()))
        correlation, causation = read.get("ce_correlationid"), read.get("ce_causationid")
        trace, sequence = read.get("traceparent"), read.get("ce_sequence")
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
        return Event(
            identifier,
            source,
            subject,
            time,
            identifier if correlation is None else canonical_uuid(correlation),
            None if causation is None else canonical_uuid(causation),
            None if trace is None else attributes.trace_of(trace.decode()),
            data,
            value,
            None if sequence is None or topic.is_form else attributes.sequence_of(sequence.decode()),
        )
    except (KeyError, ValueError):
        return None


def _any(topic: Topic, key: bytes | None, value: bytes | None, headers: Headers) -> Event[EventData] | Tombstone:
    if key is not None and len(key) > _MOST_KEY_BYTES:
        raise _wrong_key(topic)
    read = attributes.read_headers(headers)
    if value is None:
        return _tombstone(topic, key, read)
    if read.get("content-type", "").startswith(STRUCTURED):
        if not topic.is_form:
            raise ContractViolation("structured-mode", f"{topic.name} takes CloudEvents in binary mode only")
        read, value = _open_envelope(value)
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
    )


def _tombstone(topic: Topic, key: bytes | None, read: dict[str, str]) -> Tombstone:
    if not topic.compacted:
        raise ContractViolation("tombstone", f"a tombstone has no place on {topic.name}: send an event")
    model = _model(topic, read)
    try:
        subject = str(canonical_uuid(key or b""))
    except ValueError:
        raise _wrong_key(topic) from None
    if key != subject.encode():
        raise _wrong_key(topic)
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
    )


def _wrong_key(topic: Topic, where: str = "") -> ContractViolation:
    return ContractViolation("key", f"the record's key must be the {topic.key} in lower case{where}")


def _model(topic: Topic, read: dict[str, str]) -> type[EventData]:
    if read.get("ce_specversion", "1.0") != "1.0":
        raise ContractViolation("header", "ce_specversion must be 1.0")
    model = topic.event_by_type.get(attributes.required(read, "ce_type").encode())
    if model is None:
        allowed = ", ".join(sorted(name.decode() for name in topic.event_by_type))
        raise ContractViolation("unknown-type", f"ce_type is none that {topic.name} carries; these are: {allowed}")
    return model


def _open_envelope(value: bytes) -> tuple[dict[str, str], bytes]:
    try:
        envelope = _ENVELOPE.validate_json(value)
    except ValidationError as error:
        raise violation_of(error) from None
    data = envelope.pop("data", None)
    if not isinstance(data, dict):
        raise ContractViolation("envelope", "data must be a JSON object")
    named = {"traceparent" if name == "traceparent" else f"ce_{name}": text for name, text in envelope.items()}
    told = [(name, text.encode()) for name, text in named.items() if isinstance(text, str) and name in KNOWN]
    return attributes.read_headers(told), json.dumps(data).encode()


_ENVELOPE: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
