"""The ledger: one row a lane, which fences, marks what was consumed and what was seen, and says who may go on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import orjson

from libraries.chassis.outbox.pages import Page
from libraries.chassis.process.faults import Reached
from libraries.chassis.records.name import LaneName
from libraries.chassis.store import Connection, named_queries

if TYPE_CHECKING:
    from libraries.chassis.database import Database

QUERIES: Final = {**named_queries("libraries.chassis"), **named_queries("libraries.chassis", "held_records.sql")}
"""What the chassis asks of its own tables: lanes, inbox and outbox in one file, held records in the other."""


class LaneLost(Exception):
    """Another owner has moved these lanes on: nothing of this transaction happened."""

    def __init__(self, names: Iterable[LaneName]) -> None:
        self.names = frozenset(names)
        super().__init__(f"{', '.join(sorted(map(str, self.names)))} moved on without us")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a lane stands, as its row says.

    `revision` is one more at every transaction: who does not know the newest owns the lane no more. `seen` holds,
    for each lane of a producer, the last number that came from it. `failures` weighs unexpected failures against what
    went well (see `budget`); a lane with `stopped_because` takes nothing more until an operator resumes it. `attempts`
    counts what was begun at `next_offset` and not finished; records before `suspected_to` are taken one at a time.
    """

    next_offset: int
    revision: int = 0
    failures: int = 0
    stopped_because: str | None = None
    attempts: int = 0
    suspected_to: int = 0
    seen: Mapping[str, int] = field(default_factory=dict)

    def after(self, *, next_offset: int, **changes: Any) -> Position:
        """The position that one more transaction leaves; only a step forward ends the attempt at what comes next."""
        attempts = 0 if next_offset > self.next_offset else self.attempts
        return replace(self, revision=self.revision + 1, next_offset=next_offset, attempts=attempts, **changes)


@dataclass(frozen=True, slots=True)
class Claim:
    """A lane in a transaction: its revision before, and how its row stands after."""

    name: LaneName
    after: Position


class Ledger:
    """Commits transactions over any number of lanes, each lane fenced by its revision."""

    def __init__(self, database: Database, reached: Reached) -> None:
        self._database = database
        self._reached = reached

    async def open(self, lanes: Mapping[LaneName, int]) -> dict[LaneName, tuple[Position, list[Page]]]:
        """Reads where lanes stand, creating each that is new at its first offset, with what they have to publish."""
        opened: dict[LaneName, tuple[Position, list[Page]]] = {}
        if not lanes:
            return opened  # a member whose others have all, or a writer that has lost nothing but itself
        topics, partitions, first = _columns((*name, offset) for name, offset in lanes.items())
        async with self._database.transaction() as connection:
            # Created first: a row that is not there could not be locked, and two owners would both begin.
            await connection.execute(QUERIES["create_lanes"], topics, partitions, first)
            for row in await connection.fetch(QUERIES["open_lanes"], topics, partitions):
                opened[LaneName(*row[:2])] = _position(row), []
            # In the transaction that locks the rows: nothing is committed between a position and its pages.
            for row in await connection.fetch(QUERIES["read_outbox"], topics, partitions):
                page = Page(LaneName(*row[:2]), *row[2:])
                opened[page.lane][1].append(page)
        return opened

    async def step_back(self, ends: Mapping[LaneName, int]) -> list[LaneName]:
        """Sets lanes back to where the log ends whose operators have stepped over what is not there; returns them.

        Before they are opened, and not where it is said: only who reads the log knows where it ends.
        """
        if not ends:
            return []
        columns = _columns((*name, end) for name, end in ends.items())
        async with self._database.transaction() as connection:
            return [LaneName(*row) for row in await connection.fetch(QUERIES["step_back"], *columns)]

    @asynccontextmanager
    async def transaction(
        self, claims: Sequence[Claim], acknowledged: Mapping[LaneName, int]
    ) -> AsyncIterator[Connection]:
        """A transaction that has claimed and settled its lanes, and forgets the pages that Kafka has acknowledged.

        Both in the first statement, so that a lane costs one row version and one round trip a cycle. Raises
        LaneLost, naming them, where lanes stand elsewhere than we know; on any exception nothing happened.
        """
        claims = sorted(claims, key=lambda claim: claim.name)  # one order for all, so that no two wait for each other
        async with self._database.transaction() as connection:
            rows = await connection.fetch(QUERIES["claim_lanes"], *_claimed(claims), *_forgotten(acknowledged))
            if len(rows) != len(claims):
                # All or none: what a handler sees of one lane must not rest on another that has moved on.
                raise LaneLost({claim.name for claim in claims} - {LaneName(*row) for row in rows})
            self._reached("after-claim")
            yield connection
            self._reached("before-commit")
        self._reached("after-commit")

    async def publish(self, connection: Connection, pages: Sequence[Page]) -> None:
        """Puts pages into the outbox, within a transaction."""
        # The last statement before the commit, since the pages are known only now.
        if pages:
            rows = [(*page.lane, page.revision, page.part, page.events) for page in pages]
            await connection.execute(QUERIES["add_pages"], *_columns(rows))

    async def begin_attempts(self, lanes: Iterable[tuple[LaneName, Position]]) -> None:
        """Writes that something begins at these lanes' positions; what never moves on is seen to have ended us.

        Raises LaneLost where another owner has one of them.
        """
        # A transaction of its own, committed before the records are touched: it must outlive what they do to us.
        rows = [
            (*name, at.revision, at.attempts, at.suspected_to) for name, at in sorted(lanes, key=lambda lane: lane[0])
        ]
        async with self._database.transaction() as connection:
            found = await connection.fetch(QUERIES["begin_attempts"], *_columns(rows))
            if len(found) != len(rows):
                raise LaneLost({LaneName(*row[:2]) for row in rows} - {LaneName(*row) for row in found})

    async def forget(self, acknowledged: Mapping[LaneName, int]) -> None:
        """Forgets pages that Kafka has acknowledged, when no transaction does it soon."""
        async with self._database.transaction() as connection:
            await connection.execute(QUERIES["forget_pages"], *_forgotten(acknowledged))

    async def operators_words(self) -> tuple[list[LaneName], list[LaneName]]:
        """The lanes that operators have resumed or moved, and those of held records that they have decided on."""
        async with self._database.pool.acquire() as connection:
            rows = await connection.fetch(QUERIES["operators_words"])
        moved = [LaneName(topic, partition) for topic, partition, is_lane in rows if is_lane]
        return moved, [LaneName(topic, partition) for topic, partition, is_lane in rows if not is_lane]


def _position(row: asyncpg.Record) -> Position:
    _, _, next_offset, revision, failures, stopped_because, attempts, suspected_to, seen = row
    return Position(next_offset, revision, failures, stopped_because, attempts, suspected_to, orjson.loads(seen))


def _claimed(claims: Sequence[Claim]) -> list[list[Any]]:
    return _columns(
        (
            *claim.name,
            claim.after.revision - 1,  # the row must still be as we left it: this is the fence
            claim.after.next_offset,
            claim.after.failures,
            claim.after.stopped_because,
            claim.after.suspected_to,
            orjson.dumps(claim.after.seen).decode(),
        )
        for claim in claims
    )


def _forgotten(acknowledged: Mapping[LaneName, int]) -> list[list[Any]]:
    # Three empty columns where there is nothing: the statement is the same, and so is its plan.
    return _columns((*name, revision) for name, revision in acknowledged.items()) or [[], [], []]


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
