"""Which keys of a lane have records that are held, and when the first of those is to be tried again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from services.chassis.records.received import Received


class HeldKeys:
    """The keys that hold back their later records: something of theirs waits, or has failed and stands in the way.

    What could not be read, and what was refused, holds back nothing: whatever depends on it waits by itself.
    """

    def __init__(self, keys: Iterable[tuple[bytes, int, bool]] = (), retry_at: datetime | None = None) -> None:
        keys = list(keys)
        self._records = Counter({key: records for key, records, _ in keys})
        self._waiting = {key for key, _, waits in keys if waits}
        self.retry_at = retry_at

    def __contains__(self, key: bytes | None) -> bool:
        return key in self._records

    def waits(self, key: bytes) -> bool:
        """Whether what is held first of a key waits for something, and has not failed."""
        return key in self._waiting

    def took(self, records: Sequence[Received], now: datetime, retry_at: datetime) -> None:
        """Records have got their outcomes: those that are held hold their keys from now on, the others let go."""
        for received in records:
            key = received.key
            if received.outcome == "waiting":
                self.wake(retry_at)
            if received.outcome == "behind" or received.wakes:
                self.wake(now)
            if key is None:
                continue
            if received.overtakes:
                self._records.pop(key, None)
            elif received.blocks:
                self._records[key] += 1
                if received.outcome == "waiting":
                    self._waiting.add(key)

    def wake(self, at: datetime) -> None:
        """Something is to be tried at a moment."""
        self.retry_at = at if self.retry_at is None else min(self.retry_at, at)
