"""Matching as a single writer over PostgreSQL: cycles of events, and a lane for its duty."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.records.published import OutboxRow
from libraries.chassis.store import Connection
from libraries.chassis.unit_of_work import UnitOfWork
from services.matching.app import SERVICE
from services.matching.flows.duty import ReviewAndEmbargo
from services.matching.pool.pool import Pool
from services.matching.settings.rules import RULES, Rules
from services.matching.store import MatchingStore
from tests.fakes import DutyLaneInTests
from tests.forms import form_event
from tests.integration.conftest import connect
from tests.unit.matching.events import OFFICER, START, decide


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    opened = await connect(database_url, "matching")
    yield opened
    await opened.close()


class Crash(Exception):
    """The process dies before its commit."""


class Matching(DutyLaneInTests):
    """A writer that keeps its pool between commits, and is the lane of its own duty.

    `crash` makes the next unit of work fail before it commits; `set_aside` names what the duty could not do.
    """

    narrowed = (Exception,)

    def __init__(self, connection: Connection, *, rules: Rules = RULES) -> None:
        super().__init__()
        self.connection = connection
        self.now = START
        self.crash = False
        self.published: list[OutboxRow] = []
        self.state: Pool | None = None
        self.deadline: datetime | None = None
        self._rules = rules
        self._duty = ReviewAndEmbargo(lambda: self.now)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork[Any]]:
        """A transaction over the pool as the last one left it, read anew after one that failed."""
        kept, self.state = self.state, None
        async with self.connection.transaction():
            store = MatchingStore(self.connection, rules=self._rules, heads={OFFICER})
            store.state = kept or await store.read_state()
            unit = UnitOfWork("matching", store)
            yield unit
            await store.save()
            if self.crash:
                self.crash = False
                raise Crash
        self.state, self.deadline = store.state, min(store.deadlines.values(), default=None)
        self.published += unit.published

    async def cycle(self, events: Sequence[Event[EventData]]) -> list[OutboxRow]:
        """One transaction for these events."""
        async with self.unit_of_work() as unit:
            await unit.store.load(events, SERVICE.handlers.named(events))
            return decide(unit, events)

    async def on(self, *data: EventData) -> list[OutboxRow]:
        """One transaction for these events of forms."""
        return await self.cycle([form_event(it) for it in data])

    async def by_the_clock(self) -> list[OutboxRow]:
        """What is due is done; what the duty says of the next deadline becomes `deadline`."""
        before = len(self.published)
        self.deadline = await self._duty.perform(self)
        return self.published[before:]

    async def places(self) -> dict[UUID, UUID]:
        rows = await self.connection.fetch(
            "SELECT application_id, need_id FROM assignment WHERE state IN ('proposed', 'confirmed')"
        )
        return {row["application_id"]: row["need_id"] for row in rows}


@pytest.fixture
def matching(connection: Connection) -> Matching:
    return Matching(connection)


def values_of(pool: Pool) -> Mapping[str, object]:
    """All that a pool holds, to be compared."""
    return {
        "needs": pool.needs,
        "candidates": pool.candidates,
        "live": {it.assignment_id: it for it in pool.live},
        "assignments": set(pool.assignments),
        "forbidden": pool.forbidden,
        "recused": pool.recused,
        "verdicts": pool.verdicts,
        "reviews": pool.reviews,
        "officers": pool.people.officers,
        "deputies": pool.people.deputies,
        "erased": pool.people.erased,
        "settlements": pool.settlements,
        "optimum": set(pool.optimum.assignment()),
        "worth": pool.optimum.worth(),
    }


async def read_anew(connection: Connection, rules: Rules = RULES) -> Pool:
    """The pool as another process would find it."""
    return await MatchingStore(connection, rules=rules).read_state()
