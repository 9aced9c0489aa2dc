"""Tries held records again: those that waited long enough, and dead letters that an operator decided on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from contracts.codec import ContractViolation
from services.chassis.database import is_transient
from services.chassis.holding import dead_letter, hold_again, pause_before, restored
from services.chassis.ledger import QUERIES, Entry, LaneName
from services.chassis.processing import HeldKeys, Processor, set_aside
from services.chassis.lanes.received import Received
from services.chassis.service import Service
from services.chassis.settings import Settings

_OVERTAKING = 20
"""So many records behind one that waits for its own key are looked at for what it waits for."""


class Releaser:
    """Lets held records of a lane go on, each key's in their order, with the discipline of any record."""

    def __init__(self, service: Service, processor: Processor, settings: Settings, name: LaneName) -> None:
        self._service = service
        self._processor = processor
        self._first_pause = settings.retry_seconds
        self._limit = timedelta(hours=settings.waiting_limit_hours)
        self._name = name

    async def release(
        self,
        entry: Entry,
        offset: int,
        held_keys: HeldKeys,
        now: datetime,
        *,
        most: int,
        violation: ContractViolation | None = None,
    ) -> list[Received]:
        """Tries the held record at `offset`, then those behind it until one is held again, `most` in all.

        The next call goes on with what is left. Where there is a `violation`, the first is not tried but set
        aside for it. Returns the records that got an outcome; takes their keys off `held_keys`.
        """
        row = await entry.connection.fetchrow(QUERIES["lock_held"], *self._name, offset)
        if row is None:
            return []
        released = [await self._settle(entry, row, now, violation)]
        if released[0].outcome == "waiting" and most > 1 and _waits_for_its_own_key(released[0]):
            released = await self._let_overtake(entry, row, held_keys, now) or released
        while released[-1].outcome not in ("dead", "waiting"):
            held_keys[row["key"]] -= 1
            if row["key"] is None or len(released) >= most:
                break
            row = await entry.connection.fetchrow(QUERIES["held_behind"], *self._name, row["key"])
            if row is None:
                break
            released.append(await self._settle(entry, row, now))
        return released

    async def _settle(
        self, entry: Entry, row: Any, now: datetime, violation: ContractViolation | None = None
    ) -> Received:
        received = restored(row)
        received.violation = violation
        if row["requested"] == "discard":
            received.end("skipped", "discarded", "an operator discarded it")
            await self._resolve(entry, row, "discarded", now)
            return received
        await self._try(entry, received)
        waiting_since = row["waiting_since"] or now
        if received.outcome == "waiting" and now - waiting_since > self._limit:
            received.end("dead", "waited-too-long", f"{received.detail}; since {waiting_since:%Y-%m-%d %H:%M}")
        if received.outcome in ("dead", "waiting"):
            await self._hold_again(entry, received, row, now)
        elif row["state"] == "dead":
            await self._resolve(entry, row, "replayed", now)
        else:
            await entry.connection.execute(QUERIES["forget_held"], *self._name, received.offset)
        return received

    async def _let_overtake(self, entry: Entry, row: Any, held_keys: HeldKeys, now: datetime) -> list[Received]:
        """Lets what a record waits for go first, where that was sent after it and stands behind it.

        Only what can be done while the first can't may overtake it, and only the first such. Returns what
        overtook and then the record itself, tried again; nothing where nothing behind it is of use.
        """
        behind = await entry.connection.fetch(QUERIES["all_held_behind"], *self._name, row["key"], _OVERTAKING)
        for later in behind:
            received = restored(later)
            await self._try(entry, received)
            if received.outcome in ("handled", "duplicate"):
                held_keys[row["key"]] -= 1
                await entry.connection.execute(QUERIES["forget_held"], *self._name, received.offset)
                return [received, await self._settle(entry, row, now)]
        return []

    async def _try(self, entry: Entry, received: Received) -> None:
        if received.violation is None:
            received.read(self._service)
        if received.violation is not None:
            received.end("dead", received.violation.code, str(received.violation))
            return
        if received.event is None:
            received.end("skipped")
            return
        try:
            async with entry.connection.transaction():
                entry.published.extend(await self._processor.handle(entry.connection, [received]))
        except Exception as error:
            if is_transient(error):
                raise
            set_aside(received, error)

    async def _hold_again(self, entry: Entry, received: Received, row: Any, now: datetime) -> None:
        waiting = received.outcome == "waiting"
        retry_at = now + pause_before(row["retries"] + 1, self._first_pause) if waiting else None
        await hold_again(entry.connection, self._name, received, retry_at=retry_at, now=now)
        if not waiting and row["state"] != "dead":
            entry.published += dead_letter(received, self._service.name)

    async def _resolve(self, entry: Entry, row: Any, state: str, now: datetime) -> None:
        await entry.connection.execute(QUERIES["resolve_held"], *self._name, row["offset"], state, now)


def _waits_for_its_own_key(received: Received) -> bool:
    """Whether what a record waits for may come on its own key: a correction that was sent before its form."""
    return received.key is not None and (received.awaits or "").endswith(f":{received.key.decode(errors='replace')}")
