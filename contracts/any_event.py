"""Events of any type and version, for who keeps what was said and does not have to understand it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from pydantic_core import from_json

from contracts import attributes
from contracts.attributes import Attributes
from contracts.event import Event, canonical_uuid
from contracts.headers import Headers, read_headers, required
from contracts.message import EventData
from contracts.violation import ContractViolation

_MOST_TYPE_CHARACTERS: Final = 200


class AnyData(EventData):
    """The data of an event as it was written: of each `ce_type` a class of its own, whether a contract has it or not.

    `said` is the JSON object, every field of it; None where the record has no value, which retracts the key's thing.
    """

    key_field: ClassVar[str] = "subject_id"

    subject_id: UUID
    said: Mapping[str, Any] | None

    @classmethod
    def plain(cls, subject_id: UUID, said: Mapping[str, Any] | None) -> Self:
        """The data of values that need no check: what `model_construct` makes, in a sixth of its time."""
        made = cls.__new__(cls)
        _set(made, "__dict__", {"subject_id": subject_id, "said": said})
        _set(made, "__pydantic_fields_set__", _FIELDS)
        _set(made, "__pydantic_extra__", None)
        _set(made, "__pydantic_private__", None)
        return made


_set: Final = object.__setattr__
_FIELDS: Final = {"subject_id", "said"}


def decode_any(key: bytes | None, value: bytes | None, headers: Headers) -> Event[AnyData]:
    """The event in a record in binary mode, whatever its type; its payload is None for a tombstone.

    Raises ContractViolation for what is no event: attributes that CloudEvents requires are missing or wrong, the key is
    no id in lower case, or the value no JSON object.
    """
    event_type, told = _quickly(headers) or _in_any_case(headers)
    try:
        subject_id = canonical_uuid((key or b"").decode())
    except ValueError:
        raise ContractViolation("key", "the record's key must be an id in lower case") from None
    data = _class_of(event_type).plain(subject_id, None if value is None else _object(value))
    identifier, source, time, correlation_id, causation_id, traceparent, sequence, hop = told
    return Event(
        identifier, source, str(subject_id), time, correlation_id, causation_id, traceparent, data, value, sequence, hop
    )


def _quickly(headers: Headers) -> tuple[str, Attributes] | None:
    read: dict[str, Any] = dict(headers)
    if len(read) != len(headers) or None in read.values():
        return None
    try:
        event_type = read["ce_type"].decode()
        if len(event_type) > _MOST_TYPE_CHARACTERS or not event_type.isprintable():
            return None
        return event_type, attributes.quick_attributes(read)
    except (KeyError, ValueError):  # of which a UnicodeDecodeError is one
        return None


def _in_any_case(headers: Headers) -> tuple[str, Attributes]:
    read = read_headers(headers)
    event_type = required(read, "ce_type")
    if len(event_type) > _MOST_TYPE_CHARACTERS or not event_type.isprintable():
        raise ContractViolation("header", f"ce_type must have at most {_MOST_TYPE_CHARACTERS} printable characters")
    return event_type, attributes.attributes_of(read, sequenced=True)


def _object(value: bytes) -> Mapping[str, Any]:
    # What no text of PostgreSQL can hold: named here, where it costs nothing but its own record.
    if b"\\u0000" in value:
        raise ContractViolation("json", "the value must hold no U+0000")
    try:
        said = from_json(value, allow_inf_nan=False)
    except ValueError:
        raise ContractViolation("json", "the value must be JSON") from None
    if not isinstance(said, dict):
        raise ContractViolation("json", "the value must be a JSON object")
    return said


@lru_cache(maxsize=1_024)  # the catalogue has a hundred types, and only services of ours write the topics
def _class_of(event_type: str) -> type[AnyData]:
    return type("AnyData", (AnyData,), {"event_type": event_type, "__module__": __name__, "__doc__": AnyData.__doc__})


__all__ = ["AnyData", "decode_any"]
