"""A lane's ledger: the row that dedupes, fences, locks and numbers, and the outbox that goes with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from services.chassis.database import Database
from services.chassis.faults import Reached
from services.chassis.relay import Outgoing
from services.chassis.store import Connection, named_queries
from services.chassis.unit_of_work import OutboxRow

QUERIES = named_queries("services.chassis")

_NOTHING: tuple[tuple[()], ...] = ((),) * len(OutboxRow._fields)
_PAGE = 5_000


class LaneLost(Exception):
    """Another owner has moved the lane on: nothing of this transaction happened."""


class LaneName(NamedTuple):
    """A lane within a service: a topic's partition, or `duty` and a number."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Position:
    """Where a lane stands: the next offset to consume, the next event's sequence, what the broker has.

    `dead_in_a_row` counts dead letters since the last record that went well; a lane with
    `stopped_because` takes nothing more until an operator resumes it. `revision` is one more at every
    transaction: who does not know the newest owns the lane no more. `attempts` counts what was begun at
    `next_offset` and not finished; records before `suspected_to` are taken one at a time.
    """

    next_offset: int
    next_sequence: int = 0
    relayed_sequence: int = 0
    dead_in_a_row: int = 0
    stopped_because: str | None = None
    revision: int = 0
    attempts: int = 0
    suspected_to: int = 0


@dataclass(slots=True)
class Entry:
    """One transaction of a lane: what it publishes, and how the lane stands after it."""

    connection: Connection
    position: Position
    first_sequence: int
    published: list[OutboxRow] = field(default_factory=list)

    def advance(self, next_offset: int) -> None:
        """Says that everything before `next_offset` is dealt with."""
        self.position = replace(self.position, next_offset=next_offset, attempts=0)

    def outgoing(self) -> list[Outgoing]:
        """What it published, each with the sequence that it was committed under."""
        return [Outgoing(sequence, row) for sequence, row in enumerate(self.published, self.first_sequence)]


class Ledger:
    """Commits a lane's transactions one after the other, each fenced by the lane's position."""

    def __init__(self, database: Database, name: LaneName, reached: Reached) -> None:
        self.name = name
        self.position = Position(0)
        self._database = database
        self._reached = reached

    async def open(self, first_offset: int) -> list[Outgoing]:
        """Reads the lane's position, creating the lane at `first_offset`; returns the unpublished outbox."""
        async with self._database.transaction() as connection:
            await connection.execute(QUERIES["create_lane"], *self.name, first_offset)
            row = await connection.fetchrow(QUERIES["read_lane"], *self.name)
            assert row is not None
            self.position = Position(*row)
            return await self._unpublished(connection)

    async def _unpublished(self, connection: Connection) -> list[Outgoing]:
        outgoing: list[Outgoing] = []
        mark = self.position.relayed_sequence
        while rows := await connection.fetch(QUERIES["read_outbox"], *self.name, mark, _PAGE):
            outgoing.extend(Outgoing(row[0], OutboxRow(*row[1:])) for row in (tuple(row) for row in rows))
            mark = outgoing[-1].sequence + 1
        return outgoing

    @asynccontextmanager
    async def entry(self, relayed: int) -> AsyncIterator[Entry]:
        """A transaction of this lane: claimed first, settled last; `relayed` is the broker's mark so far.

        Raises LaneLost where the position in the database is not ours any more; then, and on any
        exception, nothing happened.
        """
        async with self._database.transaction() as connection:
            await self._claim(connection)
            position = replace(self.position, relayed_sequence=relayed)
            entry = Entry(connection, position, self.position.next_sequence)
            yield entry
            await self._settle(entry)
            self._reached("before-commit")
        self._reached("after-commit")
        self.position = replace(entry.position, revision=self.position.revision + 1)

    async def _claim(self, connection: Connection) -> None:
        if not await connection.fetchval(QUERIES["claim_lane"], *self.name, self.position.revision):
            raise LaneLost(f"{self.name.topic}/{self.name.partition} was moved on from {self.position.next_offset}")
        self._reached("after-claim")

    async def _settle(self, entry: Entry) -> None:
        first = entry.first_sequence
        entry.position = replace(entry.position, next_sequence=first + len(entry.published))
        after = entry.position
        await entry.connection.execute(
            QUERIES["settle_lane"],
            *self.name,
            after.next_offset,
            after.next_sequence,
            after.relayed_sequence,
            after.dead_in_a_row,
            after.stopped_because,
            after.attempts,
            range(first, after.next_sequence),
            *(zip(*entry.published, strict=True) if entry.published else _NOTHING),
        )

    async def begin_attempt(self, attempts: int, suspected_to: int) -> None:
        """Writes that an attempt begins at the lane's position; what never moves on is seen to have ended us.

        Raises LaneLost where another owner has the lane.
        """
        async with self._database.transaction() as connection:
            arguments = (*self.name, self.position.revision, attempts, suspected_to)
            if not await connection.fetchval(QUERIES["begin_attempt"], *arguments):
                raise LaneLost(f"{self.name.topic}/{self.name.partition} has another owner")
        self.position = replace(self.position, attempts=attempts, suspected_to=suspected_to)

    async def was_resumed(self) -> bool:
        """Whether an operator has let a stopped lane go on; then the position says so too."""
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(QUERIES["read_lane"], *self.name)
        if row is None or row["stopped_because"] is not None:
            return False
        self.position = Position(*row)
        return True

    async def mark_relayed(self, relayed: int) -> None:
        """Writes the broker's mark and forgets the published rows, when no transaction does it soon."""
        async with self._database.transaction() as connection:
            await connection.execute(QUERIES["mark_relayed"], *self.name, relayed)
        self.position = replace(self.position, relayed_sequence=max(relayed, self.position.relayed_sequence))
