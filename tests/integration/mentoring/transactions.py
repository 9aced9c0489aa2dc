"""Units of work of mentoring against PostgreSQL, as the chassis makes them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import asyncpg

from contracts.event import Event
from contracts.message import EventData
from services.chassis.unit_of_work import UnitOfWork
from services.mentoring.rows import PAIR_COLUMNS
from services.mentoring.store import MentoringStore
from tests.unit.mentoring.examples import event, handle, published

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Published: TypeAlias = list[tuple[str, dict[str, Any]]]


@asynccontextmanager
async def loaded(
    connection: Connection, events: Sequence[Event[EventData]]
) -> AsyncIterator[UnitOfWork[MentoringStore]]:
    """A unit of work with what the events touch; what it holds is saved and committed on leaving."""
    async with connection.transaction():
        store = MentoringStore(connection)
        await store.load(events)
        yield UnitOfWork("mentoring", store)
        await store.save()


async def commit(connection: Connection, events: Sequence[Event[EventData]]) -> Published:
    """Handles a batch of events in one transaction; returns what it published."""
    async with loaded(connection, events) as unit:
        handle(unit, events)
    return published(unit.published)


async def take(connection: Connection, *data: EventData) -> Published:
    """Handles a batch of new events in one transaction; returns what it published."""
    return await commit(connection, [event(each) for each in data])


async def state_of(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row that the service keeps."""
    queries = {
        "mentor": "SELECT * FROM mentor ORDER BY mentor_id",
        "lead": "SELECT * FROM lead ORDER BY assignment_id",
        "pair": f"SELECT {', '.join(PAIR_COLUMNS)}, due_at, open FROM pair ORDER BY pair_id",
        "obstacle": "SELECT * FROM obstacle ORDER BY obstacle_id",
        "meeting": "SELECT * FROM meeting ORDER BY meeting_id",
        "recusal": "SELECT * FROM recusal ORDER BY application_id, mentor_id",
    }
    return {table: [dict(row) for row in await connection.fetch(query)] for table, query in queries.items()}


class OneLane:
    """A duty's lane over one connection."""

    partition = 0

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.published: Published = []

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork[MentoringStore]]:
        """A unit of work as the chassis makes it for a duty."""
        async with self._connection.transaction():
            unit = UnitOfWork("mentoring", MentoringStore(self._connection))
            yield unit
            await unit.store.save()
        self.published += published(unit.published)
