"""An event as CloudEvents 1.0 has it: its attributes and its data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Generic, NamedTuple, TypeVar
from uuid import UUID, SafeUUID

from pydantic import TypeAdapter

from contracts.message import EventData

PASSED_ON: Final = r"^[!-?A-~]{1,200}$"
"""Of ids and sources, those that are passed on to whoever reads public topics: visible, of bounded length, and nobody's
address."""

Data = TypeVar("Data", bound=EventData, covariant=True)


class Event(NamedTuple, Generic[Data]):
    """A CloudEvent: `source` and `id` together are its identity.

    `id` is what its sender gave it, any text that `known_as` lets through; `identity` the same as a UUID.
    `correlation_id` is the id of the event that began the story, `causation_id` that of the one before.
    `payload` is the JSON of the data as it was received, with the fields that readers ignore. `sequence` is the
    producer's lane and a number that only grows in it, `<lane>:<16 hexadecimal digits>`; None for a form's event.
    `traceparent` is the trace context in which the story began, `hop` that in which this event was published.
    """

    id: str
    source: str
    subject: str
    time: datetime
    correlation_id: str
    causation_id: str | None
    traceparent: str | None
    data: Data
    payload: bytes | None = None
    sequence: str | None = None
    hop: str | None = None

    @property
    def type(self) -> str:
        """The `ce_type`, such as `engage.application.registered.v1`."""
        return self.data.event_type

    @property
    def identity(self) -> UUID:
        """Its source and id as a UUID."""
        return identity_of(self.source, self.id)


class Tombstone(NamedTuple):
    """A record without a value on a compacted topic: the thing that `subject` names is gone."""

    id: str
    source: str
    subject: str
    time: datetime
    correlation_id: str
    causation_id: str | None
    traceparent: str | None
    retracted: type[EventData]
    sequence: str | None = None
    hop: str | None = None

    @property
    def type(self) -> str:
        """The `ce_type` of what is retracted, such as `engage.contact.published.v1`."""
        return self.retracted.event_type

    @property
    def identity(self) -> UUID:
        """Its source and id as a UUID."""
        return identity_of(self.source, self.id)


def known_as(source: str, identifier: str) -> str:
    """What an event's id is from here on: itself, or, where it may not be passed on, the UUID of its identity.

    An id goes into headers, logs and public topics. So what is longer than 200 characters, holds others than the
    visible ones of ASCII, or may be somebody's address (`@`) is told by a UUID, which is always the same.
    """
    return identifier if is_passed_on(identifier) else str(_hashed(source, identifier))


def is_passed_on(text: str) -> bool:
    """Whether an id or a source may go into logs and onto public topics as it is."""
    return _PASSED_ON.fullmatch(text) is not None


def plain_id(written: bytes) -> str:
    """An id that is passed on as it is; raises ValueError for any other."""
    identifier = written.decode()
    if not is_passed_on(identifier):
        raise ValueError("it is passed on as another")
    return identifier


def root_of(source: str, identifier: str) -> UUID:
    """The UUID from which the ids of all that a form's event leads to derive: of its source and id alike.

    Its id alone would not do, even where that is a UUID: another source may use it again, and would be told of under
    the same ids.
    """
    return _hashed(source, identifier)


def identity_of(source: str, identifier: str) -> UUID:
    """The id of a source's event as a UUID: itself where it is one, else a UUIDv8 of both.

    Of both, since all systems that number what they send have an event 1. CloudEvents compares ids as texts, so another
    spelling of a UUID is another id.
    """
    try:
        return canonical_uuid(identifier)
    except ValueError:
        return _hashed(source, identifier)


def canonical_uuid(text: str) -> UUID:
    """The UUID that 36 characters spell as RFC 9562 writes it; raises ValueError for any other spelling."""
    # Pydantic's own reading takes a quarter of the time of UUID's constructor, and other lengths for other spellings.
    if len(text) != 36 or str(found := _read_uuid(text)) != text:
        raise ValueError("a UUID has 36 characters, in lower case")
    return found


def _hashed(source: str, identifier: str) -> UUID:
    said = hashlib.blake2b(f"{source}\n{identifier}".encode(), digest_size=16).digest()
    return uuid_of(int.from_bytes(said, "big") & ~_SHAPE | _VERSION_8)


class Derivation:
    """The ids that one cause gives: UUIDv8 (RFC 9562), each 48 bits of `time` in milliseconds, then a hash.

    The same cause gives the same ids wherever and whenever it is processed, so whatever is replayed or
    rebuilt names the same things; and ids are ordered in time, which indexes reward.
    """

    __slots__ = ("_first", "_hash")

    def __init__(self, cause: UUID, time: datetime, *, source: str) -> None:
        milliseconds = int(time.timestamp() * 1000) & 0xFFFF_FFFF_FFFF
        self._first = (milliseconds << 80) | _VERSION_8
        # What all ids of a cause have in common is hashed once.
        self._hash = hashlib.blake2b(b"%b%b:" % (cause.bytes, source.encode()), digest_size=10)

    def id(self, ordinal: int) -> UUID:
        """The id of the so-manieth thing."""
        hashed = self._hash.copy()
        hashed.update(b"%d" % ordinal)
        return uuid_of(self._first | (int.from_bytes(hashed.digest(), "big") & _HASHED_BITS))


def derived_id(cause: UUID, time: datetime, *, source: str, ordinal: int) -> UUID:
    """One id of a cause: see Derivation."""
    return Derivation(cause, time, source=source).id(ordinal)


def uuid_of(number: int) -> UUID:
    """The UUID of 128 bits; in half of the time of its constructor, which looks at six ways to say them."""
    identifier = _new(UUID)
    _set(identifier, "int", number)
    _set(identifier, "is_safe", _UNKNOWN)
    return identifier


_read_uuid: Final[Callable[[str], UUID]] = TypeAdapter(UUID).validator.validate_python
_PASSED_ON: Final = re.compile(PASSED_ON)

# Every service makes twenty of them an application, and looking these up each time costs as much as what they do.
_new: Final = object.__new__
_set: Final = object.__setattr__
_UNKNOWN: Final = SafeUUID.unknown

_VERSION_8: Final = (0x8 << 76) | (0x2 << 62)
_SHAPE: Final = (0xF << 76) | (0x3 << 62)
_HASHED_BITS: Final = ((1 << 80) - 1) & ~_SHAPE
"""The lower 80 bits but for those of version and variant."""


def form_event_id(time: datetime, randomness: int) -> UUID:
    """A UUIDv7 (RFC 9562) for an event that a form publishes; `randomness` gives its 74 random bits."""
    milliseconds = int(time.astimezone(UTC).timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    value = (milliseconds << 80) | (0x7 << 76) | ((randomness >> 62 & 0xFFF) << 64)
    return uuid_of(value | (0x2 << 62) | (randomness & ((1 << 62) - 1)))


def encode_data(data: EventData) -> bytes:
    """The bare JSON of an event's data, in UTF-8."""
    return data.__pydantic_serializer__.to_json(data)
