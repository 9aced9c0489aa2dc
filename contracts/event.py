"""An event as CloudEvents 1.0 has it: its attributes and its data."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Final, Generic, NamedTuple, TypeVar
from uuid import UUID, SafeUUID

from contracts.message import EventData

Data = TypeVar("Data", bound=EventData, covariant=True)


class Event(NamedTuple, Generic[Data]):
    """A CloudEvent: `source` and `id` together are its identity.

    `correlation_id` is the id of the event that began the story, `causation_id` that of the one before.
    `payload` is the JSON of the data as it was received, with the fields that readers ignore. `sequence` is the
    producer's lane and a number that only grows in it, `<lane>:<16 hexadecimal digits>`; None for a form's event.
    """

    id: UUID
    source: str
    subject: str
    time: datetime
    correlation_id: UUID
    causation_id: UUID | None
    traceparent: str | None
    data: Data
    payload: bytes | None = None
    sequence: str | None = None

    @property
    def type(self) -> str:
        """The `ce_type`, such as `engage.application.registered.v1`."""
        return self.data.event_type


class Tombstone(NamedTuple):
    """A record without a value on a compacted topic: the thing that `subject` names is gone."""

    id: UUID
    source: str
    subject: str
    time: datetime
    correlation_id: UUID
    causation_id: UUID | None
    traceparent: str | None
    retracted: type[EventData]
    sequence: str | None = None

    @property
    def type(self) -> str:
        """The `ce_type` of what is retracted, such as `engage.contact.published.v1`."""
        return self.retracted.event_type


class Derivation:
    """The ids that one cause gives: UUIDv8 (RFC 9562), each 48 bits of `time` in milliseconds, then a hash.

    The same cause gives the same ids wherever and whenever it is processed, so whatever is replayed or
    rebuilt names the same things; and ids are ordered in time, which indexes reward.
    """

    __slots__ = ("_first", "_hash")

    def __init__(self, cause: UUID, time: datetime, *, source: str) -> None:
        milliseconds = int(time.timestamp() * 1000) & 0xFFFF_FFFF_FFFF
        self._first = (milliseconds << 80) | (0x8 << 76) | (0x2 << 62)
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


# Every service makes twenty of them an application, and looking these up each time costs as much as what they do.
_new: Final = object.__new__
_set: Final = object.__setattr__
_UNKNOWN: Final = SafeUUID.unknown

_HASHED_BITS: Final = ((1 << 80) - 1) & ~(0xF << 76) & ~(0x3 << 62)
"""The lower 80 bits but for those of version and variant."""


def form_event_id(time: datetime, randomness: int) -> UUID:
    """A UUIDv7 (RFC 9562) for an event that a form publishes; `randomness` gives its 74 random bits."""
    milliseconds = int(time.astimezone(UTC).timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    value = (milliseconds << 80) | (0x7 << 76) | ((randomness >> 62 & 0xFFF) << 64)
    return uuid_of(value | (0x2 << 62) | (randomness & ((1 << 62) - 1)))
