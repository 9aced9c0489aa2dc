"""A lane: one partition of one topic as this service consumes it, exactly once and in order."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from contracts.codec import ContractViolation
from services.chassis import attempts, metrics, telling
from services.chassis.database import is_transient
from services.chassis.holding import hold
from services.chassis.ledger import QUERIES, Entry, LaneLost, LaneName, Ledger
from services.chassis.log import named
from services.chassis.processing import HeldKeys, NeedsCare, Processor
from services.chassis.lanes.received import Received
from services.chassis.relay import Relay
from services.chassis.releasing import Releaser
from services.chassis.surroundings import Stopping, Surroundings
from services.chassis.unit_of_work import OutboxRow

_RELEASES = 100
_BEHIND = 500

Value = TypeVar("Value")


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
        self._proven = False
        self._begun_at: int | None = None
        self._begun_held: set[int] = set()
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
            self._skipped_to = 0
            await self._open(first_offset)

    async def _open(self, first_offset: int) -> None:
        outgoing = await self._ledger.open(first_offset)
        async with self._around.database.pool.acquire() as connection:
            rows = await connection.fetch(QUERIES["held_keys"], *self.name)
        self._held_keys = Counter({row["key"]: row["records"] for row in rows})
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
            if pending:
                self._notice_gap(pending[0])
            while pending and self.stopped_because is None:
                pending = await self._advance(pending)
            if self.stopped_because is not None:
                self._log.critical("lane stopped", action="stop-lane", reason=self.stopped_because)

    async def _advance(self, pending: Sequence[Received]) -> Sequence[Received]:
        """Deals with all that is pending, or, where the lane suspects it, with the first of it; returns the rest."""
        self._suspect(pending)
        if pending[0].offset >= self._ledger.position.suspected_to:
            if not self._proven and self._begun_at is None:
                await self._begin(pending[0], self._ledger.position.attempts + 1)
            await self._consume(pending)
            return ()
        async with self._around.alone:
            await self._try_alone(pending[0])
        return pending[1:]

    def _suspect(self, pending: Sequence[Received]) -> None:
        """Begins to suspect each record of a batch that has ended processes before it could commit."""
        position = self._ledger.position
        begun_here = self._proven or self._begun_at is not None
        if position.attempts >= attempts.TOGETHER and pending[0].offset >= position.suspected_to and not begun_here:
            self._log.warning("one of these records may end the process", action="suspect", records=len(pending))
            self._ledger.position = replace(position, attempts=0, suspected_to=pending[-1].offset + 1)

    async def _try_alone(self, received: Received) -> None:
        started = self._ledger.position.attempts
        if started >= attempts.ALONE:
            received.violation = attempts.killer(started)
        elif self._begun_at != received.offset:
            await self._begin(received, started + 1)
        await self._consume([received])
        # What was passed over has to count as finished too.
        await self._patiently(self._note_what_was_skipped)

    async def _begin(self, first: Received, started: int) -> None:
        """Writes that an attempt was started, before anything is done that a record could turn against us."""
        self._begun_at = first.offset
        suspected_to = self._ledger.position.suspected_to
        await self._patiently(partial(self._ledger.begin_attempt, started, suspected_to))

    async def _consume(self, pending: Sequence[Received]) -> None:
        for received in pending:
            if received.violation is None:
                received.read(self._around.service)
        pending = self._pass_over(pending)
        while pending and self.stopped_because is None:
            await self.relay.room()
            taken = await self._persistently(pending)
            telling.count(self.name.topic, pending[:taken])
            pending = pending[taken:]

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
        self._proven = True
        await self.relay.add(entry.outgoing())
        self._around.bell.ring()
        seconds = time.perf_counter() - started
        telling.count_batch(taken, seconds)
        telling.tell(self._log, records[:taken], seconds=seconds)
        return taken

    async def _hold(self, entry: Entry, records: Sequence[Received], now: datetime) -> list[OutboxRow]:
        retry_at = now + timedelta(seconds=self._around.settings.retry_seconds)
        return await hold(entry.connection, self._around.service.name, records, now=now, retry_at=retry_at)

    def _notice_gap(self, first: Received) -> None:
        if (missing := first.offset - self.next_offset) > 0 and not first.topic.compacted:
            metrics.OFFSETS_SKIPPED.labels(self.name.topic).inc(missing)
            self._log.warning("records are missing", action="gap", expected=self.next_offset, offset=first.offset)

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
            due = await connection.fetch(QUERIES["begin_due_held"], *self.name, now, _RELEASES, attempts.TOGETHER)
        for offset, started in due:
            if started < attempts.TOGETHER:
                await self._release_from(offset, now)
            else:
                async with self._around.alone:
                    await self._release_alone(offset, started - attempts.TOGETHER, now)

    async def _release_alone(self, offset: int, started: int, now: datetime) -> None:
        violation = attempts.killer(started) if started >= attempts.ALONE else None
        if violation is None and offset not in self._begun_held:
            self._begun_held.add(offset)
            async with self._around.database.pool.acquire() as connection:
                await connection.execute(QUERIES["begin_held"], *self.name, offset)
        await self._release_from(offset, now, alone=True, violation=violation)
        self._begun_held.discard(offset)

    async def _release_from(
        self, offset: int, now: datetime, *, alone: bool = False, violation: ContractViolation | None = None
    ) -> None:
        """Releases a held record, and those behind it unless it is tried `alone`."""
        await self.relay.room()
        held_keys = self._held_keys.copy()
        async with self._ledger.entry(self.relay.relayed) as entry:
            released = await self._releaser.release(
                entry, offset, held_keys, now, most=1 if alone else _BEHIND, violation=violation
            )
        self._held_keys = +held_keys
        await self.relay.add(entry.outgoing())
        self._around.bell.ring()
        telling.count(self.name.topic, released)
        telling.tell(self._log, released, seconds=0.0)

    async def _note_what_was_skipped(self) -> None:
        if self._skipped_to > self._ledger.position.next_offset:
            async with self._ledger.entry(self.relay.relayed) as entry:
                entry.advance(self._skipped_to)

    async def _mark(self) -> None:
        if self.relay.relayed > self._ledger.position.relayed_sequence:
            await self._ledger.mark_relayed(self.relay.relayed)
            self._around.bell.ring()
