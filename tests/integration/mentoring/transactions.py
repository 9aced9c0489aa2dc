"""Units of work of mentoring against PostgreSQL, as the chassis makes them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.unit_of_work import UnitOfWork
from services.mentoring.app import SERVICE
from services.mentoring.programme import Programme
from services.mentoring.settings.rhythms import SETTINGS, MentoringSettings
from services.mentoring.store import MentoringStore
from tests.fakes import DutyLaneInTests
from tests.unit.mentoring.desk import handle, published
from tests.unit.mentoring.examples import NOW, event, mentor_id

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Published: TypeAlias = list[tuple[str, dict[str, Any]]]
Unit: TypeAlias = UnitOfWork[MentoringStore]


class Writer(DutyLaneInTests):
    """Mentoring's single writer over one connection: it keeps its state, and reads it anew after a rollback.

    With `forgetful` it reads everything anew before each transaction. What it commits is recorded at `now`.
    """

    narrowed = (ArithmeticError,)  # what a test has fail; any other error is a mistake

    def __init__(
        self, connection: Connection, *, forgetful: bool = False, settings: MentoringSettings = SETTINGS
    ) -> None:
        super().__init__()
        self.connection = connection
        self.now = NOW
        self.state: Programme | None = None
        self.published: Published = []
        self.deadline: datetime | None = None
        self._forgetful = forgetful
        self._settings = settings

    @asynccontextmanager
    async def unit_of_work(self, events: Sequence[Event[EventData]] = ()) -> AsyncIterator[Unit]:
        """A unit of work with what the events need; what changes is saved and committed on leaving."""
        kept, self.state = None if self._forgetful else self.state, None
        async with self.connection.transaction():
            store = MentoringStore(self.connection, settings=self._settings, clock=lambda: self.now)
            store.state = kept or await store.read_state()
            await store.load(events, SERVICE.handlers.named(events))
            unit: Unit = UnitOfWork("mentoring", store)
            yield unit
            await store.save()
        self.state = store.state
        self.deadline = store.deadlines.get(("due-dates", 0))
        self.published += published(unit.published)

    async def commit(self, events: Sequence[Event[EventData]]) -> Published:
        """Handles a batch of events in one transaction; returns what it published."""
        async with self.unit_of_work(events) as unit:
            handle(unit, events)
        return published(unit.published)

    async def take(self, *data: EventData) -> Published:
        """Handles a batch of new events in one transaction; returns what it published."""
        return await self.commit([event(each, self.now) for each in data])


class Overheard:
    """A connection that notes which statements a store sends: the first line of each, `COPY` and the table."""

    def __init__(self, connection: Connection) -> None:
        self.statements: list[str] = []
        self._connection = connection

    async def fetch(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        self.statements.append(_first_line(query))
        return await self._connection.fetch(query, *arguments)

    async def execute(self, query: str, *arguments: object) -> str:
        self.statements.append(_first_line(query))
        return await self._connection.execute(query, *arguments)

    async def copy_records_to_table(self, table: str, **options: Any) -> str:
        self.statements.append(f"COPY {table}")
        return await self._connection.copy_records_to_table(table, **options)


def _first_line(query: str) -> str:
    """The first line of a statement below its description."""
    return next(line for line in query.splitlines() if not line.startswith("--"))


async def take(connection: Connection, *data: EventData, settings: MentoringSettings = SETTINGS) -> Published:
    """Handles a batch of new events in one transaction of a writer that has just begun."""
    return await Writer(connection, settings=settings).take(*data)


async def state_of(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row that the service keeps."""
    queries = {
        "mentor": "SELECT * FROM mentor ORDER BY mentor_id",
        "lead": "SELECT * FROM lead ORDER BY assignment_id",
        "pair": "SELECT * FROM pair ORDER BY pair_id",
        "obstacle": "SELECT * FROM obstacle ORDER BY obstacle_id",
        "meeting": "SELECT * FROM meeting ORDER BY meeting_id",
        "recusal": "SELECT * FROM recusal ORDER BY application_id, mentor_id",
        "support_action": "SELECT * FROM support_action ORDER BY assignment_id, code",
        "introduction": "SELECT * FROM introduction ORDER BY introduction_id",
        "impact": "SELECT * FROM impact ORDER BY assignment_id, year",
    }
    return {table: [dict(row) for row in await connection.fetch(query)] for table, query in queries.items()}


def pair_ids(happened: Published) -> list[UUID]:
    """The pairs that were offered."""
    return [UUID(data["pair_id"]) for name, data in happened if name == "pair.offered"]


async def places(connection: Connection, mentor: int = 1) -> tuple[int, int, int]:
    """Held, pending and remembered starts of a mentor."""
    row = await connection.fetchrow(
        "SELECT held, pending, cardinality(starts) FROM mentor WHERE mentor_id = $1", mentor_id(mentor)
    )
    assert row is not None
    return row[0], row[1], row[2]
