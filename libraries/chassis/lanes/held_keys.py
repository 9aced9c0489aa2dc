"""Which keys of a lane have records that are held, and when the first of those is to be tried again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from libraries.chassis.records.received import Received

LONGEST_PAUSE: Final = timedelta(minutes=1)
"""What is waited for may come at any time, and a minute more is noticed by nobody. So what is to wait for longer was
written before the machine's clock was set back."""


class HeldKeys:
    """The keys that hold back their later records: something of theirs waits, or has failed and stands in the way.

    What could not be read, and what was refused, holds back nothing: whatever depends on it waits by itself.
    """

    def __init__(self, keys: Iterable[tuple[bytes, bool]] = (), retry_at: datetime | None = None) -> None:
        # In memory, since every record asks: to ask the table would cost a statement a record.
        waits = dict(keys)
        self._held = set(waits)
        self._waiting = {key for key in waits if waits[key]}
        self.retry_at = retry_at

    def __contains__(self, key: bytes | None) -> bool:
        return key in self._held

    def waits(self, key: bytes) -> bool:
        """Whether what is held first of a key waits for something, and has not failed."""
        return key in self._waiting

    def took(self, records: Sequence[Received], now: datetime, retry_at: datetime) -> None:
        """Records have got their outcomes: those that are held hold their keys from now on, the others let go."""
        for received in records:
            key = received.key
            if received.outcome == "waiting":
                self.wake(retry_at)
            # What has just come behind it may be what it waits for, so it is looked at again at once.
            if received.outcome == "behind" or received.wakes:
                self.wake(now)
            if key is None:
                continue
            if received.overtakes:
                # Not from those that wait: a key that waits is never overtaken.
                self._held.discard(key)
            elif received.holds_key:
                self._held.add(key)
                if received.outcome == "waiting":
                    self._waiting.add(key)

    def is_due(self, now: datetime) -> bool:
        """Whether something is to be tried at this moment."""
        return self.retry_at is not None and not now < self.retry_at <= now + LONGEST_PAUSE

    def wake(self, at: datetime) -> None:
        """Something is to be tried at a moment."""
        # The earliest of all keys: one look finds whatever is due by then.
        self.retry_at = at if self.retry_at is None else min(self.retry_at, at)
