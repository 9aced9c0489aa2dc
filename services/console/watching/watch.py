"""The watch: looks at the services by the second while somebody reads, and seldom while nobody does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg
from structlog.typing import FilteringBoundLogger

from contracts.catalogue import SERVICES
from libraries.chassis import operations
from libraries.chassis.operations import HeldCount
from libraries.pages.database import Busy, PagesDatabase
from services.console.watching.ends import Ends
from services.console.watching.samples import LATE, LaneSeen, MailsSeen, Place, Sample, Samples, oldest
from services.notifications import operations as notifications

_EACH_SECONDS: Final = 1.0
_IDLE_SECONDS: Final = 10.0
_READ_FOR: Final = timedelta(seconds=30)
_COUNTED_EACH: Final = timedelta(seconds=5)
"""What takes counting is counted less often."""


@dataclass(frozen=True, slots=True)
class JournalBehind:
    """How far the journal is behind its topics; nobody knows where Kafka does not answer."""

    known: bool
    records: int = 0
    seconds: float = 0.0


class Watch:
    """Keeps the last minute of looks; what can't be seen is left out and named, and stops nothing.

    In a rehearsal mails are due by the clock that is `rehearsed`.
    """

    def __init__(
        self,
        database: PagesDatabase,
        ends: Ends,
        log: FilteringBoundLogger,
        clock: Callable[[], datetime],
        rehearsed: Callable[[], datetime] | None = None,
    ) -> None:
        self.samples = Samples()
        self._database = database
        self._ends = ends
        self._log = log
        self._clock = clock
        self._programme_clock = rehearsed or clock
        self._task: asyncio.Task[None] | None = None
        self._looked = asyncio.Event()
        self._wanted = asyncio.Event()
        self._read_at = datetime.min.replace(tzinfo=clock().tzinfo)
        self._counted_at = self._read_at
        self._held: dict[str, tuple[HeldCount, ...]] = {}
        self._mails: MailsSeen | None = None

    async def open(self) -> None:
        """Looks once, and begins to watch."""
        await self.look()
        self._task = asyncio.create_task(self._go_on())

    async def close(self) -> None:
        """Ends the watch."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._ends.close()

    def read(self) -> None:
        """Notes that somebody reads: the next looks come by the second."""
        self._read_at = self._clock()
        self._wanted.set()

    async def next(self, patience: float) -> bool:
        """Waits for the next look; False where none came in time."""
        try:
            await asyncio.wait_for(self._looked.wait(), patience)
        except TimeoutError:
            return False
        return True

    def journal_behind(self) -> JournalBehind:
        """How far the journal was behind at the last look."""
        self.read()
        last = self.samples.last
        if last is None or last.ends is None or "journal" in last.away:
            return JournalBehind(known=False)
        waiting = [each for each in self.samples.waiting() if each.service == "journal"]
        longest = oldest(waiting, "journal")
        return JournalBehind(True, sum(each.records for each in waiting), longest.seconds if longest else 0.0)

    async def look(self) -> None:
        """Looks at all services once."""
        now = self._clock()
        # Before the lanes: what comes between the two is then not taken for unread.
        ends = await self._ends.read()
        lanes: list[LaneSeen] = []
        away = []
        for service in SERVICES:
            try:
                lanes += await self._look_at(service)
            except (Busy, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                away.append(service)
                self._log.warning("a service was not seen", action="watch", about=service, error=type(error).__name__)
        if now - self._counted_at >= _COUNTED_EACH and not away:
            await self._count(now)
        self.samples.take(Sample(now, tuple(lanes), ends, dict(self._held), self._mails, tuple(away)))
        self._looked.set()
        self._looked = asyncio.Event()

    async def _look_at(self, service: str) -> list[LaneSeen]:
        async with self._database.within(service) as connection:
            rows = await operations.list_lanes(connection)
        return [
            LaneSeen(
                service,
                Place(row["topic"], row["partition"]),
                row["next_offset"],
                row["stopped_because"],
                row["unrelayed_pages"],
                row["first_page"],
            )
            for row in rows
        ]

    async def _count(self, now: datetime) -> None:
        try:
            for service in SERVICES:
                async with self._database.within(service) as connection:
                    self._held[service] = tuple(await operations.count_held(connection))
            async with self._database.within("notifications") as connection:
                at = self._programme_clock()
                row = await notifications.count_mails(connection, at, late_before=at - LATE)
        except (Busy, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            self._log.warning("nothing was counted", action="watch", error=type(error).__name__)
            return
        self._mails = MailsSeen(row["due"], row["late"], row["failed"], row["scheduled"])
        self._counted_at = now

    async def _go_on(self) -> None:
        while True:
            is_read = self._clock() - self._read_at < _READ_FOR
            self._wanted.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_EACH_SECONDS if is_read else _IDLE_SECONDS):
                    await (asyncio.Event() if is_read else self._wanted).wait()
            await self.look()
