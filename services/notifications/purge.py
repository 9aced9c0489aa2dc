"""Forgets what mails said once it is old: that a mail was sent, to whom and when, is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from services.chassis.service import DutyLane
from services.notifications.kinds import KINDS
from services.notifications.store import NotificationStore

_PORTION: Final = 500
_PAUSE: Final = timedelta(hours=1)


class Purge:
    """The duty that empties what mails said so many days after their end; it looks once an hour."""

    lanes = 1

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._next: datetime | None = None

    async def perform(self, lane: DutyLane) -> bool:
        """Empties one portion; True where more may be old."""
        now = self._clock()
        if self._next is not None and now < self._next:
            return False
        async with lane.unit_of_work() as unit:
            store: NotificationStore = unit.store
            emptied = await store.purge(now - timedelta(days=KINDS.content_days), limit=_PORTION)
        if emptied == _PORTION:
            return True
        self._next = now + _PAUSE
        return False

    async def close(self) -> None:
        """Holds nothing."""


def purge_from_environment() -> Purge:
    """The duty by the clock of the machine."""
    return Purge(lambda: datetime.now(UTC))
