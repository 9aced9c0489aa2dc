"""A lane: one partition of one topic as this service consumes it, exactly once and in order."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from structlog.typing import FilteringBoundLogger

from contracts.codec import ContractViolation
from services.chassis import metrics
from services.chassis.database import Database, is_transient
from services.chassis.faults import Reached
from services.chassis.holding import hold
from services.chassis.ledger import QUERIES, Entry, LaneLost, LaneName, Ledger
from services.chassis.log import named
from services.chassis.processing import HeldKeys, NeedsCare, Processor
from services.chassis.received import Received
from services.chassis.relay import Publisher, Relay
from services.chassis.releasing import Releaser
from services.chassis.service import Service
from services.chassis.settings import Settings
from services.chassis.unit_of_work import OutboxRow

_RELEASES = 100

Value = TypeVar("Value")


class Bell:
    """Rings when something was committed that a duty may have to do at once."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wakes whoever listens."""
        self._rung.set()
        self._rung = asyncio.Event()

    def listen(self) -> asyncio.Event:
        """An event that is set at the next ring."""
        return self._rung


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all lanes of a process share."""

    service: Service
    settings: Settings
    database: Database
    publisher: Publisher
    log: FilteringBoundLogger
    clock: Callable[[], datetime]
    reached: Reached
    stopping: asyncio.Event
    bell: Bell


class Stopping(Exception):
    """The service is stopping: what was not committed is left for the next start."""


class Lane:
    """Consumes a partition: each batch commits as a whole with all its effects, or has none.

    `open`, `process` and `tick` never run at the same time: the lane's lock orders them.
    """

    def __init__(self, name: LaneName, surroundings: Surroundings) -> None:
        self.name = name
        self._around = surroundings
        self._log = surroundings.log.bind(topic=name.topic, partition=name.partition)
        self._ledger = Ledger(surroundings.database, name, surroundings.reached)
        self._processor = Processor(
            surroundings.service, surroundings.reached, dead_letter_budget=surroundings.settings.dead_letter_budget
        )
        self._releaser = Releaser(surroundings.service, self._processor, surroundings.settings, name)
        self._held_keys: HeldKeys = Counter()
        self._relay: Relay | None = None
        self._lock = asyncio.Lock()
        self._doubtful = False
        self._skipped_to = 0
        self.failing_since: float | None = None

    @property
    def next_offset(self) -> int:
        """The offset of the first record that is not dealt with."""
        return max(self._ledger.position.next_offset, self._skipped_to)

    @property
    def stopped_because(self) -> str | None:
        """Why the lane takes nothing more, where it was stopped."""
        return self._ledger.position.stopped_because

    @property
    def relay(self) -> Relay:
        """The relay of the open lane; raises RuntimeError before `open`."""
        if self._relay is None:
            raise RuntimeError("the lane is not open")
        return self._relay

    async def open(self, first_offset: int) -> None:
        """Reads where the lane stands and begins to publish what its outbox still holds."""
        async with self._lock:
            await self._open(first_offset)

    async def _open(self, first_offset: int) -> None:
        outgoing = await self._ledger.open(first_offset)
        async with self._around.database.pool.acquire() as connection:
            rows = await connection.fetch(QUERIES["held_keys"], *self.name)
        self._held_keys = Counter({row["key"]: row["records"] for row in rows})
        self._skipped_to = 0
        await self.close()
        self._relay = Relay(
            self._around.publisher,
            self._log,
            self._around.reached,
            relayed=self._ledger.position.relayed_sequence,
            backlog=self._around.settings.relay_backlog,
        )
        await self._relay.add(outgoing)
        self._relay.start()
        self._doubtful = False

    async def close(self) -> None:
        """Stops publishing; the outbox keeps what is left."""
        if self._relay is not None:
            await self._relay.stop()

    async def settle(self) -> None:
        """Waits until no batch is in flight and all that was committed is published and marked."""
        async with self._lock:
            await self.relay.drained()
            await self._mark()
            await self._note_what_was_skipped()

    async def process(self, records: Sequence[Received]) -> None:
        """Commits records with all their effects; those already dealt with are passed over.

        Backs off and tries again while the database is away. Raises LaneLost where another owner has the
        lane, Stopping where the service stops meanwhile.
        """
        async with self._lock:
            await self._resolve_doubt()
            pending: Sequence[Received] = [it for it in records if it.offset >= self.next_offset]
            if not pending:
                return
            self._notice_gap(pending[0])
            for received in pending:
                received.read(self._around.service)
            pending = self._pass_over(pending)
            while pending and self.stopped_because is None:
                await self.relay.room()
                taken = await self._persistently(pending)
                self._account(pending[:taken])
                pending = pending[taken:]
            if self.stopped_because is not None:
                self._log.critical("lane stopped", action="stop-lane", reason=self.stopped_because)

    def _pass_over(self, records: Sequence[Received]) -> Sequence[Received]:
        """Passes over the first records as far as nobody here handles them: that alone is worth no transaction.

        The next transaction, or tick, writes how far the lane has come.
        """
        for index, received in enumerate(records):
            if received.event is not None or received.violation is not None:
                return records[index:]
            received.end("skipped")
            self._skipped_to = received.offset + 1
        return ()

    async def _persistently(self, records: Sequence[Received]) -> int:
        """Commits records, or some of the first of them, however often it takes; returns how many."""
        careful = False
        while True:
            try:
                return await self._patiently(partial(self._commit, records, careful=careful))
            except NeedsCare:
                careful = True
            except (LaneLost, Stopping):
                raise
            except Exception as error:
                records, careful = self._narrowed(records, error), True

    async def _patiently(self, work: Callable[[], Awaitable[Value]]) -> Value:
        """Does work again and again, with longer and longer pauses, while the database is away."""
        pause = 0.05
        while True:
            try:
                done = await work()
            except Exception as error:
                if not is_transient(error):
                    raise
                self.failing_since = self.failing_since or time.monotonic()
                metrics.RETRIES.inc()
                self._log.warning("trying again", action="retry", error=named(error), pause=pause)
                await self._rest(pause)
                pause = min(pause * 2, 5.0)
            else:
                self.failing_since = None
                return done

    def _narrowed(self, records: Sequence[Received], error: Exception) -> Sequence[Received]:
        """What to try next where a transaction fails beyond its handlers: half; alone, a record is set aside."""
        if len(records) > 1:
            return records[: len(records) // 2]
        if (received := records[0]).violation is not None:
            raise error
        received.event = None
        received.violation = ContractViolation("unprocessable", f"{named(error)} while storing its effects")
        return records

    async def _rest(self, pause: float) -> None:
        try:
            await asyncio.wait_for(self._around.stopping.wait(), pause)
        except TimeoutError:
            return
        raise Stopping

    async def _commit(self, records: Sequence[Received], *, careful: bool) -> int:
        started = time.perf_counter()
        held_keys = self._held_keys.copy()
        now = self._around.clock()
        async with self._ledger.entry(self.relay.relayed) as entry:
            taken = await self._processor.process(entry, records, held_keys, careful=careful)
            entry.published += await self._hold(entry, records[:taken], now)
            entry.advance(records[taken - 1].offset + 1)
        self._held_keys = held_keys
        await self.relay.add(entry.outgoing())
        self._around.bell.ring()
        metrics.BATCH_SECONDS.observe(time.perf_counter() - started)
        metrics.BATCH_RECORDS.observe(taken)
        self._tell(records[:taken], milliseconds=(time.perf_counter() - started) * 1000)
        return taken

    async def _hold(self, entry: Entry, records: Sequence[Received], now: datetime) -> list[OutboxRow]:
        retry_at = now + timedelta(seconds=self._around.settings.retry_seconds)
        return await hold(entry.connection, self._around.service.name, records, now=now, retry_at=retry_at)

    def _notice_gap(self, first: Received) -> None:
        if (missing := first.offset - self.next_offset) > 0 and not first.topic.compacted:
            metrics.OFFSETS_SKIPPED.labels(self.name.topic).inc(missing)
            self._log.warning("records are missing", action="gap", expected=self.next_offset, offset=first.offset)

    def _account(self, records: Sequence[Received]) -> None:
        for outcome, count in Counter(received.outcome for received in records).items():
            metrics.RECORDS.labels(self.name.topic, outcome).inc(count)

    def _tell(self, records: Sequence[Received], *, milliseconds: float) -> None:
        duration = round(milliseconds, 1)
        for received in records:
            event = received.event
            if received.outcome == "skipped":
                continue
            line = self._log.info if received.outcome in ("handled", "duplicate") else self._log.warning
            line(
                str(received.outcome),
                action="consume",
                offset=received.offset,
                event_type=event.type if event else None,
                event_id=event.id if event else None,
                correlation_id=event.correlation_id if event else None,
                subject=event.subject if event else None,
                batch_ms=duration,
                **({"reason": received.reason, "detail": received.detail} if received.reason else {}),
            )

    async def tick(self) -> None:
        """Tries held records that are due, writes the relay's mark, and sees whether a stopped lane may go on.

        Raises what the database raises; then the next tick, or batch, begins by reading where the lane stands.
        """
        async with self._lock:
            await self._resolve_doubt()
            try:
                if self._held_keys.total():
                    await self._release()
                await self._mark()
                await self._note_what_was_skipped()
            except Exception:
                # Its answer may have been lost after the commit: only the database knows.
                self._doubtful = True
                raise
            if self.stopped_because is not None and await self._ledger.was_resumed():
                self._log.info("lane resumed", action="resume-lane")

    async def _resolve_doubt(self) -> None:
        if self._doubtful:
            await self._patiently(partial(self._open, self.next_offset))

    async def _release(self) -> None:
        now = self._around.clock()
        async with self._around.database.pool.acquire() as connection:
            due = await connection.fetch(QUERIES["due_held"], *self.name, now, _RELEASES)
        for row in due:
            await self.relay.room()
            held_keys = self._held_keys.copy()
            async with self._ledger.entry(self.relay.relayed) as entry:
                released = await self._releaser.release(entry, row["offset"], held_keys, now)
            self._held_keys = +held_keys
            await self.relay.add(entry.outgoing())
            self._around.bell.ring()
            self._account(released)
            self._tell(released, milliseconds=0.0)

    async def _note_what_was_skipped(self) -> None:
        if self._skipped_to > self._ledger.position.next_offset:
            async with self._ledger.entry(self.relay.relayed) as entry:
                entry.advance(self._skipped_to)

    async def _mark(self) -> None:
        if self.relay.relayed > self._ledger.position.relayed_sequence:
            await self._ledger.mark_relayed(self.relay.relayed)
            self._around.bell.ring()
