"""The journal's tables: events as they came, and things as they leave them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final, TypeAlias

from contracts.any_event import AnyData
from contracts.event import Event
from contracts.message import EventData
from contracts.unpublished import UNPUBLISHED
from libraries.chassis.handling import Origin
from libraries.chassis.store import NO_DEADLINES, Connection, Named, named_queries
from libraries.chassis.unit_of_work import UnitOfWork
from libraries.clocks.machine import machine_time
from services.journal.book import ERASED_FACTS, ERASED_FIELDS, Book
from services.journal.months import month_of
from services.journal.rows import EVENT_COLUMNS, THING_COLUMNS, event_row, thing_from, thing_row
from services.journal.things import Said, said_by

QUERIES: Final = named_queries("services.journal")


@dataclass(slots=True)
class Months:
    """The months that there are tables for."""

    known: set[date]


class JournalStore:
    """What a transaction keeps: events and new things by COPY, changed ones by one statement, months as they begin."""

    state: Months
    deadlines = NO_DEADLINES

    def __init__(self, connection: Connection, *, clock: Callable[[], datetime] = machine_time) -> None:
        self._connection = connection
        self._clock = clock
        self._kept: list[tuple[Event[AnyData], Origin]] = []

    async def read_state(self) -> Months:
        """The months anew, as the tables have them."""
        return Months({row[0] for row in await self._connection.fetch(QUERIES["read_months"])})

    async def load(self, events: Sequence[Event[EventData]], named: Named) -> None:
        """Nothing: what is known of things is asked for when all is kept that changes it."""

    def keep(self, event: Event[AnyData], origin: Origin) -> None:
        """Keeps an event, and what it says of things."""
        self._kept.append((event, origin))

    async def save(self) -> None:
        """Writes what is new and what changed, in a fixed number of statements."""
        if not self._kept:
            return
        kept, self._kept = self._kept, []
        told = [said_by(event, origin.recorded_at) for event, origin in kept]
        book = await self._read(told)
        now = self._clock()
        rows = [
            event_row(event, origin, said[0].id, book.hear(event, said), now)
            for (event, origin), said in zip(kept, told, strict=True)
        ]
        # Before the events: a partitioned table refuses a row that it has no month for.
        await self._make_months({month_of(row[0]) for row in rows} - self.state.known)
        await self._connection.copy_records_to_table("event", columns=EVENT_COLUMNS, records=rows)
        await self._write(book)

    async def _read(self, told: Iterable[Sequence[Said]]) -> Book:
        named = {identifier for each in told for said in each for identifier in (said.id, said.story_id)}
        rows = await self._connection.fetch(QUERIES["fetch_things"], [each for each in named if each is not None])
        return Book({row["id"]: thing_from(row) for row in rows})

    async def _write(self, book: Book) -> None:
        if withdrawn := sorted(book.withdrawn):
            # First: what this batch knows of them is what is written afterwards.
            await self._connection.execute(QUERIES["withdraw_from_things"], withdrawn, ERASED_FACTS)
        # There is one writer: what was not there when the batch was begun is not there now.
        if book.new:
            new = [thing_row(book.things[identifier]) for identifier in sorted(book.new)]
            await self._connection.copy_records_to_table("thing", columns=THING_COLUMNS, records=new)
        if book.changed:
            changed = [thing_row(book.things[identifier]) for identifier in sorted(book.changed)]
            await self._connection.execute(QUERIES["save_things"], *zip(*changed, strict=True))
        if withdrawn:
            given = withdrawn, ERASED_FIELDS, UNPUBLISHED
            await self._connection.execute(QUERIES["withdraw_from_events"], *given)
        if book.erased:
            erased = sorted(book.erased)
            await self._connection.execute(QUERIES["empty_things"], erased, ERASED_FACTS)
            await self._connection.execute(QUERIES["empty_events"], erased, ERASED_FIELDS)

    async def has_months_before(self, before: date) -> bool:
        """Whether there are tables for months before one."""
        return any(month < before for month in self.state.known)

    async def drop_months_before(self, before: date) -> None:
        """Drops all months before one, and forgets the things that nothing has spoken of since."""
        # Whole tables: to delete millions of rows would cost as much again in vacuuming.
        await self._connection.execute(QUERIES["drop_months"], before)
        await self._connection.execute(QUERIES["forget_things"], datetime.combine(before, time(), UTC))
        self.state.known = {month for month in self.state.known if month >= before}

    async def _make_months(self, new: set[date]) -> None:
        if new:
            await self._connection.execute(QUERIES["make_months"], sorted(new))
            self.state.known |= new


Unit: TypeAlias = UnitOfWork[JournalStore]
"""What the handler, or the duty, does in one transaction of this service."""
