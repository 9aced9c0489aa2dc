"""Follow-ups: what is planned for whom about what, by ids that say which it is, and what ends it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Final, Literal, NamedTuple, TypeAlias
from uuid import UUID
from zlib import crc32

from contracts.event import uuid_of

LANES: Final = 4
"""Over how many lanes sending is divided; rows remember theirs, so a change needs a migration."""

MAIL: Final = "mail"
"""The name of the duty that sends."""

_REMINDER: Final = "+"
_HALF: Final = 64
_SECOND_HALF: Final = (1 << _HALF) - 1
_VARIANT: Final = 0b10 << 62
_HASHED_BITS: Final = (1 << 62) - 1

State: TypeAlias = Literal["scheduled", "sending", "sent", "cancelled", "failed"]
"""`sending` is a claim and never shown: for the outside a follow-up is scheduled until it is settled."""


class Key(NamedTuple):
    """What makes a follow-up the same one, for ever: a second with this key is never planned."""

    matter_id: UUID
    recipient_id: UUID
    kind: str
    occasion: str

    @property
    def id(self) -> UUID:
        """The follow-up's id, which the table's primary key makes unique: a UUIDv8.

        Its first half is that of the matter's id, whose time it so has: new ones go to the end of the index, and all
        of a matter stand side by side. The second half is a hash of the whole key.
        """
        return ids_of(self.matter_id, self.recipient_id, (self.kind,), self.occasion)[0]

    @property
    def reminder(self) -> int:
        """Which reminder it is; 0 for none."""
        return int(self.occasion.partition(_REMINDER)[2] or 0)

    def reminding(self) -> Key:
        """The key of the reminder that follows."""
        return self._replace(occasion=f"{self.occasion.partition(_REMINDER)[0]}{_REMINDER}{self.reminder + 1}")


def ids_of(matter_id: UUID, recipient_id: UUID, kinds: Iterable[str], occasion: str = "") -> list[UUID]:
    """The ids of follow-ups that differ in their kind only, as each Key has it."""
    first, of_all = _first_half(matter_id) | _VARIANT, b"\n" + occasion.encode()
    # What they have in common is hashed once: a series has seven.
    common = blake2b(matter_id.bytes + recipient_id.bytes, digest_size=8)
    ids = []
    for kind in kinds:
        hashed = common.copy()
        hashed.update(kind.encode() + of_all)
        ids.append(uuid_of(first | int.from_bytes(hashed.digest(), "big") & _HASHED_BITS))
    return ids


class Range(NamedTuple):
    """Between which ids all that was ever planned about a matter lies; seldom something of another matter too."""

    first: UUID
    last: UUID


def ids_about(matter_id: UUID) -> Range:
    """Where to look for what was planned about a matter."""
    first = _first_half(matter_id)
    return Range(uuid_of(first), uuid_of(first | _SECOND_HALF))


def _first_half(matter_id: UUID) -> int:
    return (matter_id.int >> _HALF & ~(0xF << 12) | (0x8 << 12)) << _HALF


class FollowUp(NamedTuple):
    """A follow-up as every event names it; `in_doubt` where a mail may have left without anybody saying so.

    `settled` is why it must not be sent any more.
    """

    id: UUID
    key: Key
    matter_version: int
    state: State = "scheduled"
    attempts: int = 0
    in_doubt: bool = False
    settled: str | None = None


class Planned(NamedTuple):
    """A new follow-up with what sending it takes; `parameters` is JSON without personal data.

    It was planned by what happened at `caused_at`. Where the parameters hold what a lead wrote, `words_of` is them.
    `traceparent` is the trace context of its story, if it has one.
    """

    follow_up: FollowUp
    application_id: UUID
    counterpart_id: UUID | None
    correlation_id: str
    due_at: datetime
    parameters: str
    caused_at: datetime
    words_of: UUID | None = None
    traceparent: str | None = None


def settle(follow_up: FollowUp, reason: str) -> FollowUp:
    """The follow-up once its matter is settled: cancelled, unless it is being sent.

    An attempt that is under way may end, and is the last one: its sender says what came of it.
    """
    state: State = "cancelled" if follow_up.state == "scheduled" else follow_up.state
    return follow_up._replace(state=state, settled=reason)


def lane_of(recipient_id: UUID) -> int:
    """The lane that sends all that a person gets, so that it can count how much that is."""
    return crc32(recipient_id.bytes) % LANES
