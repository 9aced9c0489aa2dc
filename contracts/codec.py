"""Events to Kafka records and back: CloudEvents 1.0, Kafka protocol binding, binary and structured mode."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from contracts.catalogue import Topic
from contracts.event import Event, Tombstone
from contracts.message import EventData

Headers = Sequence[tuple[str, bytes | None]]
STRUCTURED = "application/cloudevents+json"
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_SPECVERSION = ("ce_specversion", b"1.0")
_CONTENT_TYPE = ("content-type", b"application/json")


class ContractViolation(ValueError):
    """A record that the contract does not allow; says which field, what is wrong and what would be right.

    `code` is one of the dead letters' reasons. The text never quotes the record's content.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


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
        event.subject,
        event.time,
        event.correlation_id,
        event.causation_id,
        event.traceparent,
    )
    return Record(event.subject.encode(), encode_data(event.data), headers)


def encode_data(data: EventData) -> bytes:
    """The bare JSON of an event's data, in UTF-8."""
    return data.__pydantic_serializer__.to_json(data)


def encode_attributes(
    identifier: UUID,
    source: str,
    event_type: str,
    minor: int,
    subject: str,
    time: datetime,
    correlation_id: UUID,
    causation_id: UUID | None,
    traceparent: str | None,
) -> list[tuple[str, bytes]]:
    """The CloudEvents attributes of an event as Kafka headers."""
    headers = [
        _SPECVERSION,
        ("ce_id", str(identifier).encode()),
        ("ce_source", source.encode()),
        ("ce_subject", subject.encode()),
        ("ce_time", time.isoformat().encode()),
        ("ce_correlationid", str(correlation_id).encode()),
        *_type_headers(event_type, minor),
    ]
    if causation_id is not None:
        headers.append(("ce_causationid", str(causation_id).encode()))
    if traceparent is not None:
        headers.append(("traceparent", traceparent.encode()))
    return headers


@cache
def _type_headers(event_type: str, minor: int) -> tuple[tuple[str, bytes], ...]:
    schema = data_schema(event_type, minor).encode()
    return ("ce_type", event_type.encode()), ("ce_dataschema", schema), _CONTENT_TYPE


def data_schema(event_type: str, minor: int) -> str:
    """The URI that names the schema of a version, such as `urn:engage:application:submitted:v1.0`."""
    return f"urn:{event_type.replace('.', ':')}.{minor}"


def peek_type(headers: Headers) -> str | None:
    """The `ce_type` of a record in binary mode, without reading anything else; None where that is not plain."""
    found = None
    for name, value in headers:
        if name == "ce_type":
            if found is not None or value is None:
                return None
            found = value
        elif name == "content-type" and value is not None and value.startswith(STRUCTURED.encode()):
            return None
    return None if found is None else found.decode(errors="replace")


def decode(topic: Topic, key: bytes | None, value: bytes | None, headers: Headers) -> Event[EventData] | Tombstone:
    """The event (or, on a compacted topic, the tombstone) in a record of `topic`, in the newest version.

    Raises ContractViolation.
    """
    attributes = _read_attributes(headers)
    if value is None:
        return _tombstone(topic, key, attributes)
    if attributes.get("content-type", "").startswith(STRUCTURED):
        if not topic.accepts_structured_mode:
            raise ContractViolation("structured-mode", f"{topic.name} takes CloudEvents in binary mode only")
        attributes, value = _open_envelope(value)
    model = _model(topic, attributes)
    try:
        # Strictly, as the published schemas have it: "yes" is no consent, and "5" no number.
        data: EventData = newest(model.__pydantic_validator__.validate_json(value, strict=True))
    except ValidationError as error:
        raise ContractViolation(*_explain(error)) from None
    subject = str(data.aggregate_id)
    if key != subject.encode():
        # One spelling only: the order of a key's events must not depend on how somebody writes its id.
        raise ContractViolation(
            "key", f"the record's key must be the {topic.key} in lower case, as in `{data.key_field}`"
        )
    return Event(*_identity(attributes, subject), data, value)


def newest(data: EventData) -> EventData:
    """An event's data brought up, version by version, to the newest; raises what an upcaster raises."""
    while (newer := data.upcast()) is not data:
        data = newer
    return data


def _tombstone(topic: Topic, key: bytes | None, attributes: dict[str, str]) -> Tombstone:
    if not topic.compacted:
        raise ContractViolation("tombstone", f"a tombstone has no place on {topic.name}: send an event")
    model = _model(topic, attributes)
    try:
        subject = str(UUID((key or b"").decode()))
    except ValueError:
        raise ContractViolation("key", f"the record's key must be the {topic.key}, a UUID") from None
    # What is gone is gone in every version.
    return Tombstone(*_identity(attributes, subject), model if model in topic.events else topic.events[0])


def _model(topic: Topic, attributes: dict[str, str]) -> type[EventData]:
    if attributes.get("ce_specversion", "1.0") != "1.0":
        raise ContractViolation("header", "ce_specversion must be 1.0")
    model = _events_of(topic).get(_required(attributes, "ce_type"))
    if model is None:
        allowed = ", ".join(sorted(_events_of(topic)))
        raise ContractViolation("unknown-type", f"ce_type is none that {topic.name} carries; these are: {allowed}")
    return model


def _identity(
    attributes: dict[str, str], subject: str
) -> tuple[UUID, str, str, datetime, UUID, UUID | None, str | None]:
    identifier = _uuid(attributes, "ce_id")
    return (
        identifier,
        _required(attributes, "ce_source"),
        subject,
        _time(attributes),
        _uuid(attributes, "ce_correlationid") if "ce_correlationid" in attributes else identifier,
        _uuid(attributes, "ce_causationid") if "ce_causationid" in attributes else None,
        _traceparent(attributes),
    )


@cache
def _events_of(topic: Topic) -> dict[str, type[EventData]]:
    return {event.event_type: event for event in (*topic.events, *topic.earlier)}


def _read_attributes(headers: Headers) -> dict[str, str]:
    attributes = {}
    for name, value in headers:
        try:
            attributes[name] = value.decode() if value is not None else ""
        except UnicodeDecodeError:
            if name.startswith("ce_") or name in {"content-type", "traceparent"}:
                raise ContractViolation("header", f"the header {name} must be UTF-8") from None
    return attributes


def _open_envelope(value: bytes) -> tuple[dict[str, str], bytes]:
    try:
        envelope = _ENVELOPE.validate_json(value)
    except ValidationError as error:
        raise ContractViolation(*_explain(error)) from None
    data = envelope.pop("data", None)
    if not isinstance(data, dict):
        raise ContractViolation("envelope", "data must be a JSON object")
    return {f"ce_{k}": v for k, v in envelope.items() if isinstance(v, str)} | {
        "traceparent": str(envelope.get("traceparent") or "")
    }, json.dumps(data).encode()


_ENVELOPE: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


def _required(attributes: dict[str, str], name: str) -> str:
    if not (value := attributes.get(name)):
        raise ContractViolation("header", f"the header {name} is missing: CloudEvents 1.0 requires it")
    return value


def _uuid(attributes: dict[str, str], name: str) -> UUID:
    try:
        return UUID(_required(attributes, name))
    except ValueError as error:
        if isinstance(error, ContractViolation):
            raise
        raise ContractViolation("header", f"{name} must be a UUID") from None


def _time(attributes: dict[str, str]) -> datetime:
    try:
        time = datetime.fromisoformat(_required(attributes, "ce_time"))
    except ValueError as error:
        if isinstance(error, ContractViolation):
            raise
        raise ContractViolation("header", "ce_time must be a time of RFC 3339") from None
    if time.tzinfo is None:
        raise ContractViolation("header", "ce_time must name its offset from UTC, such as Z")
    if not _FIRST_YEAR <= time.year <= _LAST_YEAR:
        raise ContractViolation("header", f"ce_time must lie between the years {_FIRST_YEAR} and {_LAST_YEAR}")
    return time.astimezone(UTC)


def _traceparent(attributes: dict[str, str]) -> str | None:
    # A broken trace context is dropped, as W3C Trace Context asks, and never a reason to refuse an event.
    value = attributes.get("traceparent", "")
    return value if _TRACEPARENT.fullmatch(value) else None


def _explain(error: ValidationError) -> tuple[str, str]:
    """A dead letter's code and text: each field with what is wrong, without any value."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    if problems[0]["type"] == "json_invalid":
        return "json", f"the value is not JSON in UTF-8: {problems[0]['msg']}"
    return "contract", "; ".join(_sentences(problems))


def _sentences(problems: Iterable[Any]) -> Iterable[str]:
    for problem in problems:
        yield f"{'.'.join(str(part) for part in problem['loc']) or 'value'}: {problem['msg']}"
