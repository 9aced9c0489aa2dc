"""A feed: the records of one lane on their way from the poll to the lane, and the lane's clock."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from services.chassis.database import is_transient
from services.chassis.lane import Lane
from services.chassis.ledger import LaneLost
from services.chassis.lanes.received import Received
from services.chassis.surroundings import Stopping

_TICK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Partition:
    """What a feed may ask of its partition: to hold back, to go on, to begin again where the lane stands."""

    pause: Callable[[], None]
    resume: Callable[[], None]
    seek: Callable[[], None]
    reopen: Callable[[], Awaitable[None]]


class Feed:
    """Drives a lane: its batches, gathered while it commits so that they grow with the load, and its ticks.

    The partition is paused while more than two batches wait: a slow lane holds up neither the poll nor the
    other lanes, and memory stays bounded. What is gathered and not yet committed is only a copy; it is
    dropped whenever the lane is left, or read again from its position.
    """

    def __init__(
        self,
        lane: Lane,
        partition: Partition,
        *,
        batch: int,
        gather_seconds: float,
        failed: Callable[[Exception], None],
        compacted: bool,
    ) -> None:
        self.lane = lane
        self._partition = partition
        self._batch = batch
        self._failed = failed
        self._compacted = compacted
        self._waiting: deque[Received] = deque()
        self._filled = asyncio.Event()
        self._expected = lane.next_offset
        self._suspected: int | None = None
        self._ticked = time.monotonic()
        self._processed = 0.0
        self._gather_seconds = gather_seconds
        self._paused = False
        self._stopped = lane.stopped_because is not None
        self._closing = False
        self._task = asyncio.create_task(self._run())

    def offer(self, records: Sequence[Received]) -> None:
        """Takes over records that follow the last ones.

        A gap is not believed at first sight, since a poll that failed may have swallowed records: they are
        asked for once more. A compacted topic has gaps.
        """
        first = records[0].offset
        if first > self._expected and not self._compacted and first != self._suspected:
            self._suspected = first
            self.begin_again()
            return
        self._expected = records[-1].offset + 1
        self._waiting.extend(records)
        self._filled.set()
        if len(self._waiting) > 2 * self._batch and not self._paused:
            self._paused = True
            self._partition.pause()

    @property
    def gathered(self) -> int:
        """Records taken from the broker that wait for their transaction."""
        return len(self._waiting)

    def begin_again(self) -> None:
        """Drops what waits and polls again from where the lane stands."""
        self._waiting.clear()
        self._expected = self.lane.next_offset
        self._partition.seek()

    async def close(self) -> None:
        """Lets the batch in flight end, and drops what waits."""
        self._closing = True
        self._waiting.clear()
        self._filled.set()
        await self._task

    async def _run(self) -> None:
        try:
            while not self._closing:
                await self._work()
        except Stopping:
            return
        except Exception as error:
            self._failed(error)

    async def _work(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._filled.wait(), _TICK_SECONDS)
        await self._gather()
        try:
            if time.monotonic() - self._ticked >= _TICK_SECONDS:
                await self._tick()
            if (batch := self._take()) and not self._closing:
                await self.lane.process(batch)
                self._processed = time.monotonic()
        except LaneLost:
            # What waits was read from a position that is not ours: the poll begins again at the true one.
            await self._partition.reopen()
            self.begin_again()
        self._adjust()

    async def _gather(self) -> None:
        # A record that comes alone is taken at once; under load a transaction for each would cost far more.
        wait = self._processed + self._gather_seconds - time.monotonic()
        if wait > 0 and len(self._waiting) < self._batch and not self._closing:
            await asyncio.sleep(wait)

    async def _tick(self) -> None:
        self._ticked = time.monotonic()
        try:
            await self.lane.tick()
        except Exception as error:
            if not is_transient(error):
                raise

    def _take(self) -> list[Received]:
        batch = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
        if not self._waiting and not self._closing:
            self._filled.clear()
        return batch

    def _adjust(self) -> None:
        if self.lane.stopped_because is not None:
            if not self._stopped:
                self._stopped = self._paused = True
                self._waiting.clear()
                self._partition.pause()
        elif self._stopped:
            self._stopped = self._paused = False
            self.begin_again()
            self._partition.resume()
        elif self._paused and len(self._waiting) <= self._batch:
            self._paused = False
            self._partition.resume()
