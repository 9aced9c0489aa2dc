"""Lanes that put events in line and an owner that decides, over PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from contracts.event import Event
from contracts.message import EventData
from services.chassis.store import Connection
from services.chassis.unit_of_work import OutboxRow, UnitOfWork
from services.matching.handlers import put_in_line
from services.matching.owner import PoolOwner
from services.matching.rules import RULES, Rules
from services.matching.store import MatchingStore
from tests.forms import form_event
from tests.integration.conftest import connect
from tests.unit.matching.events import START


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    opened = await connect(database_url, "matching")
    yield opened
    await opened.close()


class Crash(Exception):
    """The process dies before its commit."""


class OneLane:
    """A duty's lane over one connection; `crash` makes the next unit of work fail before it commits."""

    partition = 0

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.published: list[OutboxRow] = []
        self.crash = False

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork[Any]]:
        async with self._connection.transaction():
            unit = UnitOfWork("matching", MatchingStore(self._connection))
            yield unit
            await unit.store.save()
            if self.crash:
                self.crash = False
                raise Crash
        self.published += unit.published


class Matching:
    """Lanes that put events in line, and one owner that decides."""

    def __init__(self, connection: Connection, *, rules: Rules = RULES, portion: int = 500) -> None:
        self.connection = connection
        self.lane = OneLane(connection)
        self.now = START
        self.meeting: Barrier | None = None
        self.owner = PoolOwner(self.clock, rules=rules, portion=portion)

    def clock(self) -> datetime:
        """The time; who looks at it waits first for whoever is to look at it too."""
        meeting, self.meeting = self.meeting, None
        if meeting is not None:
            meeting.wait(timeout=30)
        return self.now

    async def line(self, events: Sequence[Event[EventData]]) -> None:
        """One transaction of a lane."""
        async with self.connection.transaction():
            store = MatchingStore(self.connection)
            unit = UnitOfWork("matching", store)
            await store.load(events)
            for event in events:
                put_in_line(event, unit)
            await store.save()

    async def decide(self) -> list[OutboxRow]:
        """Decides upon all that is in line."""
        before = len(self.lane.published)
        while await self.owner.perform(self.lane):
            pass
        return self.lane.published[before:]

    async def on(self, *data: EventData) -> list[OutboxRow]:
        await self.line([form_event(it) for it in data])
        return await self.decide()

    async def places(self) -> dict[UUID, UUID]:
        rows = await self.connection.fetch(
            "SELECT application_id, need_id FROM assignment WHERE state IN ('proposed', 'confirmed')"
        )
        return {row["application_id"]: row["need_id"] for row in rows}


@pytest.fixture
async def matching(connection: Connection) -> Matching:
    found = Matching(connection)
    await found.decide()
    return found
