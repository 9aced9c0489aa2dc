"""What the journal and matching would have kept of a programme, written straight into their tables."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

ASSIGNMENT, APPLICATION, NEED, OWNER = (UUID(int=number) for number in (101, 102, 103, 104))
NOW = datetime.now(UTC)


@asynccontextmanager
async def written(database_url: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(database_url)
    try:
        yield connection
    finally:
        await connection.close()


async def proposed(connection: asyncpg.Connection[asyncpg.Record], *, decider: UUID | None = OWNER) -> None:
    """A proposal as the journal has it."""
    facts = {
        "title": "Un toit",
        "organisation": "Maison",
        "need": "Loger",
        "owner": str(OWNER),
        "decider": str(decider),
    }
    await thing(connection, ASSIGNMENT, "assignment", "proposed", facts | {"fit": 700}, need_id=NEED)
    said: dict[str, Any] = {
        "owner_id": str(OWNER), "decider_id": decider and str(decider),
        "assignment_id": str(ASSIGNMENT), "application_id": str(APPLICATION), "need_id": str(NEED),
        "project_title": "Un toit", "organisation_name": "Maison", "need_title": "Loger", "fit": 700,
        "themes": ["housing"], "territories": [], "pinned": False, "cost": None,
        "parts": [{"name": "theme", "points": 400, "maximum": 400, "fr": "Thèmes : 1 sur 1.", "en": "Themes: 1 of 1."}],
    }  # fmt: skip
    await event(connection, "engage.assignment.proposed.v1", ASSIGNMENT, said)


async def thing(
    connection: asyncpg.Connection[asyncpg.Record],
    identifier: UUID,
    kind: str,
    state: str,
    facts: dict[str, Any],
    *,
    need_id: UUID | None = None,
) -> None:
    await connection.execute(
        "INSERT INTO journal.thing (id, kind, state, need_id, version, recorded_at, said_by, said_at, facts, first_at,"
        " last_at) VALUES ($1, $2, $3, $4, 1, $5, 'test', $5, $6, $5, $5)",
        identifier, kind, state, need_id, NOW - timedelta(hours=2), orjson.dumps(facts).decode(),
    )  # fmt: skip


async def event(
    connection: asyncpg.Connection[asyncpg.Record],
    event_type: str,
    about: UUID,
    data: dict[str, Any],
    *,
    cause: str = "somebody",
) -> None:
    """An event as the journal keeps it, which a word of that id has caused."""
    await connection.execute("SELECT journal.make_months($1)", [NOW.date()])
    await connection.execute(
        'INSERT INTO journal.event (happened_at, topic, partition, "offset", id, source, type, key, thing_id,'
        " recorded_at, received_at, correlation_id, causation_id, data)"
        " SELECT $1, 'assignments.v1', 0, count(*), $2, 'test', $3, $4, $4, $1, $1, $5, $5, $6 FROM journal.event",
        NOW, f"{event_type} {about}", event_type, about, cause, orjson.dumps(data).decode(),
    )  # fmt: skip
