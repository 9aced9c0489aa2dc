"""Deadlines: when each lane of each duty has something to do next, as duties and committed stores have said."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from libraries.chassis.process.backoff import within

LOOK_SECONDS: Final = 5.0
"""At most so long is slept at once: clocks are set."""
REHEARSED_LOOK_SECONDS: Final = 0.02
"""The same where the clock is a rehearsal's, of which a day may go by in a second."""


class Deadlines:
    """Wakes whoever waits for a duty's deadline when it comes, or when a commit has brought an earlier one."""

    def __init__(self, clock: Callable[[], datetime], *, look_seconds: float = LOOK_SECONDS) -> None:
        self._clock = clock
        self._look_seconds = look_seconds
        self._next: dict[tuple[str, int], datetime] = {}
        self._closed = False
        self._waiting: set[tuple[str, int]] = set()
        self._earlier: defaultdict[tuple[str, int], asyncio.Event] = defaultdict(asyncio.Event)

    def close(self) -> None:
        """Lets all who wait go on: the service is stopping."""
        self._closed = True
        for earlier in self._earlier.values():
            earlier.set()

    def note(self, deadlines: Mapping[tuple[str, int], datetime]) -> None:
        """Takes over what a commit has brought or a duty has said: only what is earlier than what is known counts."""
        for duty, due in deadlines.items():
            if (known := self._next.get(duty)) is None or due < known:
                self._next[duty] = due
                self._earlier[duty].set()

    def look(self) -> None:
        """Has all who wait look at the clock: it was set."""
        for earlier in self._earlier.values():
            earlier.set()

    def next_of(self, duty: tuple[str, int]) -> datetime | None:
        """The next deadline of a duty, as far as anybody has said one."""
        return self._next.get(duty)

    def is_waited_for(self, duty: tuple[str, int]) -> bool:
        """Whether a duty has done what is due, and waits for what comes."""
        due = self._next.get(duty)
        return duty in self._waiting and (due is None or due > self._clock())

    async def come(self, duty: tuple[str, int], *, at_most: float | None) -> None:
        """Returns when the deadline of a duty has come, or after so many seconds whatever was said."""
        waited = 0.0
        while not self._closed and (at_most is None or waited < at_most):
            earlier = self._earlier[duty]
            earlier.clear()
            due = self._next.get(duty)
            left = self._look_seconds if due is None else (due - self._clock()).total_seconds()
            if left <= 0:
                # Dropped before the duty looks: what is noted while it looks is not overwritten by what it found.
                self._next.pop(duty, None)
                return
            seconds = min(left, self._look_seconds, at_most - waited if at_most is not None else self._look_seconds)
            self._waiting.add(duty)
            try:
                if not await within(earlier.wait(), seconds):
                    waited += seconds
            finally:
                self._waiting.discard(duty)
