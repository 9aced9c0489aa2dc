"""Rows of the journal's tables, and what they say."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from contracts.any_event import AnyData
from contracts.event import Event
from libraries.chassis.handling import Origin
from services.journal.things import Rank, Thing

# The order of each table's columns here is that of COPY, of the queries and of the functions below.
EVENT_COLUMNS: Final = (
    "happened_at", "topic", "partition", "offset", "id", "source", "type", "key", "thing_id", "recorded_at",
    "received_at", "correlation_id", "causation_id", "trace_id", "sequence", "data",
)  # fmt: skip
THING_COLUMNS: Final = (
    "id", "kind", "story_id", "parent_id", "need_id", "mentor_id", "state", "version", "recorded_at", "said_by",
    "said_at", "facts", "erased_at", "first_at", "last_at",
)  # fmt: skip
_TRACE_ID: Final = slice(3, 35)
"""Of a `traceparent`: the version, the trace's id, that of the hop, and flags."""


def event_row(
    event: Event[AnyData], origin: Origin, thing_id: UUID, payload: bytes | None, received_at: datetime
) -> tuple[Any, ...]:
    """An event as the table keeps it; `payload` is what it says, as far as it is kept."""
    return (
        event.time,
        origin.topic,
        origin.partition,
        origin.offset,
        event.id,
        event.source,
        event.type,
        event.data.subject_id,
        thing_id,
        origin.recorded_at,
        received_at,
        event.correlation_id,
        event.causation_id,
        None if event.traceparent is None else UUID(event.traceparent[_TRACE_ID]),
        event.sequence,
        None if payload is None else payload.decode(),  # `jsonb`, so that an erasure can take single fields away
    )


def thing_row(thing: Thing) -> tuple[Any, ...]:
    """A thing in the order of its columns."""
    return (
        thing.id,
        thing.kind,
        thing.story_id,
        thing.parent_id,
        thing.need_id,
        thing.mentor_id,
        thing.state,
        *thing.rank,
        thing.said_at,
        orjson.dumps(thing.facts).decode(),  # COPY and `unnest` take a document as text
        thing.erased_at,
        thing.first_at,
        thing.last_at,
    )


def thing_from(row: asyncpg.Record) -> Thing:
    """A thing as its row has it."""
    return Thing(
        id=row["id"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        said_at=row["said_at"],
        rank=Rank(row["version"], row["recorded_at"], row["said_by"]),
        kind=row["kind"],
        story_id=row["story_id"],
        parent_id=row["parent_id"],
        need_id=row["need_id"],
        mentor_id=row["mentor_id"],
        state=row["state"],
        facts=orjson.loads(row["facts"]),
        erased_at=row["erased_at"],
    )
