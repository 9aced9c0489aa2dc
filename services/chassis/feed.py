"""A feed: the records of one lane on their way from the poll to the lane."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice

from services.chassis.lane import Lane, Stopping
from services.chassis.ledger import LaneLost
from services.chassis.received import Received


class Feed:
    """Gathers a lane's records while the lane commits, so that batches grow with the load.

    The partition is paused while more than two batches wait: a slow lane holds up neither the poll nor the
    other lanes, and memory stays bounded. What is gathered and not yet committed is only a copy; it is
    dropped whenever the lane is left.
    """

    def __init__(
        self,
        lane: Lane,
        *,
        batch: int,
        pause: Callable[[], None],
        resume: Callable[[], None],
        reopen: Callable[[LaneLost], Awaitable[None]],
        failed: Callable[[Exception], None],
    ) -> None:
        self.lane = lane
        self._batch = batch
        self._pause = pause
        self._resume = resume
        self._reopen = reopen
        self._failed = failed
        self._waiting: deque[Received] = deque()
        self._filled = asyncio.Event()
        self._paused = False
        self._stopped = lane.stopped_because is not None
        self._closing = False
        self._task = asyncio.create_task(self._run())

    def offer(self, records: Sequence[Received]) -> None:
        """Takes over records that follow the last ones."""
        self._waiting.extend(records)
        self._filled.set()
        if len(self._waiting) > 2 * self._batch and not self._paused:
            self._paused = True
            self._pause()

    @property
    def stopped(self) -> bool:
        """Whether the feed holds still because its lane was stopped."""
        return self._stopped

    def go_on(self) -> None:
        """The lane may go on, and the poll begins again at its position."""
        self._stopped = self._paused = False
        self._resume()

    async def close(self) -> None:
        """Lets the batch in flight end, and drops what waits."""
        self._closing = True
        self._waiting.clear()
        self._filled.set()
        await self._task

    async def _run(self) -> None:
        while True:
            await self._filled.wait()
            batch = list(islice(self._waiting, self._batch))
            for _ in batch:
                self._waiting.popleft()
            if not self._waiting:
                self._filled.clear()
            if self._closing:
                return
            try:
                await self.lane.process(batch)
            except Stopping:
                return
            except LaneLost as lost:
                # What waits was read from a position that is not ours: the poll begins again at the true one.
                await self._reopen(lost)
                self._waiting.clear()
            except Exception as error:
                self._failed(error)
                return
            self._adjust()

    def _adjust(self) -> None:
        if self.lane.stopped_because is not None:
            self._stopped = self._paused = True
            self._waiting.clear()
            self._pause()
        elif self._paused and len(self._waiting) <= self._batch:
            self._paused = False
            self._resume()
