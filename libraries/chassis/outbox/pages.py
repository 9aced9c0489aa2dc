"""Pages: a dozen committed events in one row, since a row an event cost most of what was written.

A page is a line of JSON (a list an event: id, topic, key, type, time, correlation, causation, trace, sequence, length
of its data or null) and, after the line, the data of all, one after the other, byte for byte as they are sent; and all
of that compressed (Zstandard), since events of one kind say the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import cramjam
import orjson

from libraries.chassis.records.name import LaneName
from libraries.chassis.records.published import OutboxRow

_PAGE_BYTES: Final = 28_000
"""Compressed to a quarter, which is what comes of some dozen events, a row stays on one page of PostgreSQL (8 kB)."""

_LEVEL: Final = 1
"""1.4 µs an event; the next levels take up to twice that and gain nothing."""

_OVERHEAD: Final = 260
"""About what the line says of an event: counted instead of measured, which would cost a serialisation each."""


class Numbered(NamedTuple):
    """An event with its `ce_sequence`: the lane that published it, and a number that only grows there; None without."""

    sequence: str | None
    row: OutboxRow


class Page(NamedTuple):
    """Events of one lane, committed by the transaction that made it `revision`, as the `part`th page of those."""

    lane: LaneName
    revision: int
    part: int
    events: bytes


def pages_of(lane: LaneName, revision: int, events: Sequence[Numbered]) -> Iterator[Page]:
    """The pages that hold the events that one transaction publishes for a lane, in their order."""
    begun, size, part = 0, 0, 0
    for place, event in enumerate(events):
        weight = _OVERHEAD + len(event.row.payload or b"")
        # A single event that is larger gets a page of its own: nothing that was committed may be left out.
        if size and size + weight > _PAGE_BYTES:
            yield Page(lane, revision, part, _packed(events[begun:place]))
            begun, size, part = place, 0, part + 1
        size += weight
    if begun < len(events):
        yield Page(lane, revision, part, _packed(events[begun:]))


def events_in(page: bytes) -> list[Numbered]:
    """The events that a page holds."""
    line, _, data = bytes(cramjam.zstd.decompress(page)).partition(b"\n")
    events, start = [], 0
    for identifier, topic, key, kind, time, correlation, causation, trace, sequence, length in orjson.loads(line):
        # Cut out by length and not parsed: Kafka gets the bytes that were committed.
        payload = None if length is None else data[start : start + length]
        start += length or 0
        row = OutboxRow(
            UUID(identifier),
            topic,
            key,
            kind,
            datetime.fromisoformat(time),
            correlation,
            causation,
            trace,
            payload,
        )
        events.append(Numbered(sequence, row))
    return events


def _packed(events: Iterable[Numbered]) -> bytes:
    lines, data = [], [b""]
    for sequence, row in events:
        lines.append((*row[:8], sequence, None if row.payload is None else len(row.payload)))
        data.append(row.payload or b"")
    # Ids that came out of PostgreSQL are of asyncpg's own class, which orjson does not know.
    return bytes(cramjam.zstd.compress(orjson.dumps(lines, default=str) + b"\n" + b"".join(data), _LEVEL))
