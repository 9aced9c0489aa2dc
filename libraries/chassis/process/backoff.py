"""Trying again: one way to pause longer and longer, and to say what keeps failing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

_FIRST_SECONDS: Final = 0.05
_LONGEST_SECONDS: Final = 5.0
"""What was away is found again within so long of its coming back, and is not hammered until then."""

Value = TypeVar("Value")


class Stopping(Exception):
    """The service is stopping: what was not committed is left for the next start."""


@dataclass(slots=True)
class Backoff:
    """Pauses that double from `first` seconds up to `longest`, until something goes well again."""

    stopping: asyncio.Event
    first: float = _FIRST_SECONDS
    longest: float = _LONGEST_SECONDS
    next: float = 0.0

    def went_well(self) -> None:
        """The next pause is the first again."""
        self.next = 0.0

    async def pause(self) -> None:
        """Rests for the next pause; raises Stopping at once where the service stops."""
        seconds = self.next = min(max(self.next * 2, self.first), self.longest)
        if await within(self.stopping.wait(), seconds):
            raise Stopping

    def raise_if_stopping(self) -> None:
        """Raises Stopping where the service stops."""
        if self.stopping.is_set():
            raise Stopping


async def within(wait: Awaitable[object], seconds: float) -> bool:
    """Whether something to be waited for came within so many seconds; it is cancelled where it did not."""
    try:
        # Not `wait_for`, which in Python 3.11 forgets that it was cancelled where what it waits for comes just then.
        async with asyncio.timeout(max(seconds, 0.0)):
            await wait
    except TimeoutError:
        return False
    return True


async def persistently(
    work: Callable[[], Awaitable[Value]],
    *,
    backoff: Backoff,
    passes: Callable[[BaseException], bool],
    failed: Callable[[Exception], None],
) -> Value:
    """Does work again and again, with longer and longer pauses, while what it raises `passes` by itself.

    `failed` hears of each failure. Raises what does not pass, and Stopping.
    """
    while True:
        try:
            done = await work()
        except Exception as error:  # never a cancellation: who stops must not be held up
            if not passes(error):
                raise
            failed(error)
            await backoff.pause()
        else:
            backoff.went_well()
            return done
