"""A record as it was received, and what became of it; `lanes.reading` reads what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final, Literal, TypeAlias
from uuid import UUID

import orjson

from contracts.codec import MOST_KEY_BYTES
from contracts.event import Event, Tombstone, derived_id
from contracts.headers import Headers
from contracts.message import EventData
from contracts.topic import Topic
from contracts.violation import ContractViolation
from libraries.chassis.records.name import LaneName

_EARLIEST_MS, _LATEST_MS = 946_684_800_000, 4_102_444_799_999  # the years 2000 to 2099, as contracts take times

UNFORESEEN: Final = frozenset({"handler-failed", "unprocessable", "kills-the-process"})
"""Why a record is dead that should not be: what follows of its key may depend on it. All else holds back nothing."""

Outcome: TypeAlias = Literal["handled", "duplicate", "skipped", "dead", "waiting", "behind"]


@dataclass(slots=True)
class Received:
    """One record: its position and bytes, the event or tombstone in it or why there is none, its outcome."""

    topic: Topic
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    event: Event[EventData] | Tombstone | None = None
    violation: ContractViolation | None = None
    offsets: int = 1
    """So many offsets it stands for: more than one where a batch could not be read."""
    was_read: bool = False
    outcome: Outcome | None = None
    reason: str = ""
    detail: str = ""
    awaits: str | None = None
    wakes: bool = False
    """It is whole, and went ahead of what was held of its key, which may have waited for it."""
    overtakes: bool = False
    """It is whole, and so went ahead of what had failed of its key; that is out of its way from now on."""

    @property
    def lane(self) -> LaneName:
        """The lane that it came in on."""
        return LaneName(self.topic.name, self.partition)

    @property
    def following(self) -> int:
        """The first offset after it."""
        return self.offset + self.offsets

    @property
    def recorded_seconds(self) -> float:
        """When the record was produced, by its own timestamp, in seconds since 1970."""
        # Producers choose it, so it may be anything: microseconds, or -1 for none.
        return min(max(self.timestamp, _EARLIEST_MS), _LATEST_MS) / 1000

    @property
    def recorded_at(self) -> datetime:
        """The same as a moment."""
        return datetime.fromtimestamp(self.recorded_seconds, UTC)

    @property
    def size(self) -> int:
        """Bytes of key, value and headers."""
        headers = sum(len(name) + len(value or b"") for name, value in self.headers)
        return len(self.key or b"") + len(self.value or b"") + headers

    @property
    def blocks(self) -> bool:
        """Whether it is held in a way that holds back what follows of its key, and counts against its lane."""
        return self.outcome in ("waiting", "behind") or (self.outcome == "dead" and self.reason in UNFORESEEN)

    @property
    def holds_key(self) -> bool:
        """Whether its key is held with it: none that is longer than any id could follow, nor could an index hold it."""
        return self.blocks and self.key is not None and len(self.key) <= MOST_KEY_BYTES

    def end(self, outcome: Outcome | None, reason: str = "", detail: str = "", awaits: str | None = None) -> None:
        """Says what became of it; None where that is still open."""
        # Forgotten too: a record may be judged again after a rollback, and the last judgement alone holds.
        self.overtakes = self.wakes = False
        # No text of PostgreSQL can hold U+0000, and a validator may quote one.
        self.outcome, self.reason, self.detail, self.awaits = outcome, reason, detail.replace("\0", "\\0"), awaits

    def dead_letter_id(self, service: str) -> UUID:
        """The id of this record as a dead letter: the same whenever and wherever it is set aside."""
        position = f"{self.topic.name}/{self.partition}/{self.offset}".encode()
        cause = UUID(bytes=blake2b(position, digest_size=16).digest())
        return derived_id(cause, self.recorded_at, source=service, ordinal=0)


def headers_to_bytes(headers: Headers) -> bytes:
    """Headers as JSON: a list of name and value in hexadecimal, or null."""
    return orjson.dumps([(name, None if value is None else value.hex()) for name, value in headers])


def headers_from_bytes(stored: bytes) -> list[tuple[str, bytes | None]]:
    """What `headers_to_bytes` stored."""
    return [(name, None if value is None else bytes.fromhex(value)) for name, value in orjson.loads(stored)]
