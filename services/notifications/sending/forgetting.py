"""Forgets what is old: what mails said, words that were taken back, refusals of providers. That mail was sent stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from libraries.chassis.service import DutyLane
from libraries.clocks.programme import programme_clock
from services.notifications.kinds import KINDS
from services.notifications.sending.providers import FORGOTTEN
from services.notifications.store import Unit

# So much at a time that its locks are short and its transaction is worth its round trip.
_PORTION: Final = 500
# What is kept for more than a year may stay an hour longer.
_PAUSE: Final = timedelta(hours=1)
_BEFORE_ALL: Final = UUID(int=0)


class OldContent(NamedTuple):
    """What a mail said that ended long ago."""

    follow_up_id: UUID

    @property
    def name(self) -> str:
        """What it is called where it had to be set aside."""
        return f"content of {self.follow_up_id}"


class OldWords(NamedTuple):
    """What was written of an application, and taken back long enough ago."""

    matter_id: UUID

    @property
    def name(self) -> str:
        """What it is called where it had to be set aside."""
        return f"words of {self.matter_id}"


class OldRefusals(NamedTuple):
    """A provider that has refused nothing of late."""

    domain: str

    @property
    def name(self) -> str:
        """What it is called where it had to be set aside: the domain may be one person's."""
        return "refusals of a provider"


Old: TypeAlias = OldContent | OldWords | OldRefusals


class Purge:
    """The duty that empties what mails said so many days after their end; it goes through all of them once an hour.

    It does so in portions by their ids, and remembers how far it came: a restart only begins anew.
    """

    name = "forgetting"
    lanes = 1

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._after = _BEFORE_ALL
        self._next: datetime | None = None

    async def perform(self, lane: DutyLane) -> datetime | None:
        """Looks through one portion and empties what is old of it; returns when it goes on."""
        now = self._clock()
        if self._next is not None and now < self._next:
            return self._next
        seen: list[tuple[UUID, bool]] = []

        async def find(unit: Unit) -> Sequence[Old]:
            found = await self._look_through(unit, now)
            seen[:] = found
            return [*await _old_besides(unit, now), *(OldContent(each) for each, is_old in found if is_old)]

        async def do(unit: Unit, old: Sequence[Old]) -> None:
            await _empty(unit, old, now)

        await lane.carry_out(find, do)
        if len(seen) == _PORTION:
            self._after = seen[-1][0]
            return now
        self._after = _BEFORE_ALL
        self._next = now + _PAUSE
        return self._next

    async def _look_through(self, unit: Unit, now: datetime) -> Sequence[tuple[UUID, bool]]:
        before = now - timedelta(days=KINDS.content_days)
        return await unit.store.dispatch.look_through(self._after, before=before, limit=_PORTION)

    async def close(self) -> None:
        """Holds nothing."""


async def _old_besides(unit: Unit, now: datetime) -> list[Old]:
    """What is old and no mail's: words that were taken back, and providers that refused mail long ago."""
    words = [OldWords(matter_id) for matter_id in await unit.store.descriptions.ended(by=now)]
    domains = await unit.store.dispatch.forgotten_providers(before=now - FORGOTTEN)
    return [*words, *(OldRefusals(domain) for domain in domains)]


async def _empty(unit: Unit, old: Sequence[Old], now: datetime) -> None:
    for each in old:
        if isinstance(each, OldWords):
            unit.store.descriptions.drop(each.matter_id)
    await unit.store.dispatch.empty([each.follow_up_id for each in old if isinstance(each, OldContent)])
    domains = [each.domain for each in old if isinstance(each, OldRefusals)]
    await unit.store.dispatch.forget_providers(domains, before=now - FORGOTTEN)


def purge_from_environment() -> Purge:
    """The duty by the programme's clock."""
    return Purge(programme_clock())
