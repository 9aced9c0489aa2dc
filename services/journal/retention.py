"""The duty that lets go of old months, and of the things of which nothing is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from libraries.chassis.service import DutyLane
from libraries.chassis.settings import read_settings
from libraries.clocks.programme import programme_clock
from services.journal.months import months_before
from services.journal.settings import JournalSettings
from services.journal.store import Unit

_PAUSE: Final = timedelta(hours=1)
"""What is kept for years may stay an hour longer."""


class OldMonths(NamedTuple):
    """The months before one, all of them at once: to drop a table is the same work whatever is in it."""

    before: date

    @property
    def name(self) -> str:
        """What it is called where it had to be set aside."""
        return f"months before {self.before:%Y-%m}"


class Retention:
    """Drops the months that are older than the setting says, once an hour at most."""

    name = "retention"
    lanes = 1

    def __init__(self, clock: Callable[[], datetime], *, months: int) -> None:
        self._clock = clock
        self._months = months
        self._next: datetime | None = None

    async def perform(self, lane: DutyLane) -> datetime | None:
        """Looks for old months and drops them; returns when it looks again."""
        now = self._clock()
        if self._next is not None and now < self._next:
            return self._next
        before = months_before(now, self._months)

        async def find(unit: Unit) -> Sequence[OldMonths]:
            return [OldMonths(before)] if await unit.store.has_months_before(before) else []

        async def do(unit: Unit, old: Sequence[OldMonths]) -> None:
            for each in old:
                await unit.store.drop_months_before(each.before)

        await lane.carry_out(find, do)
        self._next = now + _PAUSE
        return self._next

    async def close(self) -> None:
        """Holds nothing."""


def retention_from_environment() -> Retention:
    """The duty by the programme's clock, and by the setting."""
    return Retention(programme_clock(), months=read_settings(JournalSettings).journal_months)
