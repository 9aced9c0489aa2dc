"""Tries held records again: those that waited long enough, and dead letters that an operator decided on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from contracts.violation import ContractViolation
from libraries.chassis.database import is_transient
from libraries.chassis.lanes.held_keys import LONGEST_PAUSE
from libraries.chassis.lanes.holding import held_keys, restored
from libraries.chassis.lanes.lane import ALONE, TOGETHER, Lane
from libraries.chassis.lanes.ledger import QUERIES, LaneLost
from libraries.chassis.lanes.processing import killed, violation_of
from libraries.chassis.lanes.settling import Settling
from libraries.chassis.process.backoff import Stopping
from libraries.chassis.process.surroundings import Surroundings
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received
from libraries.chassis.watching import spans, telling

if TYPE_CHECKING:
    from libraries.chassis.lanes.commits import Commits

_AT_ONCE: Final = 100
"""Held records that are looked up at once; the next look finds the rest."""

_AT_A_TIME: Final = 20
"""Held records that one transaction tries together, where none of them holds anything back."""


class Releaser:
    """Lets held records of a lane go on, each key's in their order, each in a transaction of its own."""

    def __init__(self, around: Surroundings, commits: Commits) -> None:
        self._around = around
        self._commits = commits
        # What this process began and did not finish: it has not ended us, so it is not counted once more.
        self._begun: set[tuple[LaneName, int]] = set()
        self._settling = Settling(around, commits)

    async def release(self, lane: Lane, until: float) -> None:
        """Tries what is due of a lane, something at least, and begins no more after a moment of the monotonic clock.

        What is left is due at once: records that come meanwhile wait for no long repair. Raises LaneLost and what the
        database raises.
        """
        if not lane.due:
            await self._begin(lane)
        while lane.due:
            if self._around.stopping.is_set():
                return  # what begins now would look as if it had ended us
            await self._release_next(lane)
            if lane.due and time.monotonic() >= until:
                lane.held.wake(self._around.machine_clock())
                return
        # From the table and not from what was done here: an operator, or a form, may have changed it meanwhile.
        await self._look_up(lane)

    async def _begin(self, lane: Lane) -> None:
        """Finds what is due of a lane, and writes that it is tried."""
        # Attempts are written before they are made and by themselves: they must outlive what a record does to us.
        now = self._around.machine_clock()
        async with self._around.database.pool.acquire() as connection:
            begun = [offset for name, offset in self._begun if name == lane.name]
            arguments = now, _AT_ONCE, TOGETHER, begun, now + LONGEST_PAUSE
            due = await connection.fetch(QUERIES["begin_due_held"], *lane.name, *arguments)
        self._begun.update((lane.name, offset) for offset, started, _ in due if started < TOGETHER)
        for offset, started, together in due:
            before = 0 if offset in begun else started
            lane.due.append((offset, before, together and before < TOGETHER))

    async def _release_next(self, lane: Lane) -> None:
        """Tries the next of what is due: as many as may be tried together, else one."""
        offset, started, together = lane.due.popleft()
        offsets = [offset]
        while together and lane.due and lane.due[0][2] and len(offsets) < _AT_A_TIME:
            offsets.append(lane.due.popleft()[0])
        if not together or not await self._try_together(lane, offsets):
            for each in offsets:
                await self._release_from(lane, each, started)
        self._begun.difference_update((lane.name, each) for each in offsets)

    async def _try_together(self, lane: Lane, offsets: Sequence[int]) -> bool:
        """Tries records that hold back nothing in one transaction; False where one failed, and nothing was done."""
        now = self._around.machine_clock()
        try:
            async with self._commits.of_held(lane) as transaction:
                rows = await transaction.connection.fetch(QUERIES["lock_replayed"], *lane.name, offsets)
                records = [restored(row) for row in rows]
                await self._settling.handle(transaction, records)
                for row, received in zip(rows, records, strict=True):
                    await self._settling.conclude(transaction, received, row, now)
                await transaction.unit.store.save()
        except (LaneLost, Stopping):
            raise
        except Exception as error:
            if is_transient(error):
                raise
            return False  # each is tried alone: what fails must not be laid at the others' door
        self._tell(lane, records, now)
        return True

    async def _look_up(self, lane: Lane) -> None:
        """Reads anew which keys are held, and when the next is due: releases change both."""
        async with self._around.database.pool.acquire() as connection:
            lane.held = await held_keys(connection, lane)
            is_asked = await connection.fetchval(QUERIES["has_requested"], *lane.name)
        if is_asked:  # the next portion of a long repair
            lane.held.wake(self._around.machine_clock())

    async def _release_from(self, lane: Lane, offset: int, started: int) -> None:
        """Tries a held record, then those behind it until one is held again."""
        violation = None
        if started >= TOGETHER:
            # Its attempts were not finished: it may be what ended the process, so it is counted by itself.
            violation = killed(started - TOGETHER) if started >= TOGETHER + ALONE else None
            async with self._around.database.pool.acquire() as connection:
                await connection.execute(QUERIES["begin_held"], *lane.name, offset)
            self._begun.add((lane.name, offset))
        # Each in a transaction of its own: what went well stays so, whatever the next does.
        following: int | None = offset
        while following is not None and not self._around.stopping.is_set():
            following = await self._release_one(lane, following, violation)
            # Of the first alone: what comes behind it has done nothing yet.
            violation = None

    async def _release_one(self, lane: Lane, offset: int, violation: ContractViolation | None) -> int | None:
        """Tries one held record; returns the offset of the next behind it, if it is out of the way now."""
        failure = violation
        for overtaking in (True, False):  # what fails behind it must not be laid at its door
            try:
                return await self._try(lane, offset, violation, overtaking=overtaking)
            except (LaneLost, Stopping):
                raise
            except Exception as error:
                if is_transient(error):
                    raise
                failure = violation_of(error)
        return await self._try(lane, offset, failure, overtaking=False)

    async def _try(
        self, lane: Lane, offset: int, violation: ContractViolation | None, *, overtaking: bool
    ) -> int | None:
        now = self._around.machine_clock()
        async with self._commits.of_held(lane) as transaction:
            row = await transaction.connection.fetchrow(QUERIES["lock_held"], *lane.name, offset)
            # Dealt with since it was found due, or its repair was stopped.
            if row is None or (row["state"] == "dead" and row["requested"] is None):
                return None
            released = [await self._settling.settle(transaction, row, now, violation)]
            if overtaking and released[0].outcome == "waiting" and _waits_for_its_own_key(released[0]):
                released = await self._settling.let_overtake(transaction, row, now) or released
            behind = None
            if released[-1].outcome not in ("dead", "waiting") and row["key"] is not None:
                behind = await transaction.connection.fetchval(QUERIES["held_behind"], *lane.name, row["key"])
            await transaction.unit.store.save()
        self._tell(lane, released, now)
        return behind

    def _tell(self, lane: Lane, records: Sequence[Received], now: datetime) -> None:
        """What is true of records now that it is committed."""
        # At once: what comes of these keys before the next look must not go ahead of them.
        still = [received for received in records if received.outcome in ("dead", "waiting")]
        lane.held.took(still, now, now + timedelta(seconds=self._around.settings.retry_seconds))
        telling.count_committed(lane.name.topic, records, self._around.machine_clock())
        telling.tell(self._around.log, records, seconds=0.0)
        spans.tell_of(records, 0.0)


def _waits_for_its_own_key(received: Received) -> bool:
    """Whether what a record waits for may come on its own key: a correction that was sent before its form."""
    return received.key is not None and (received.awaits or "").endswith(f":{received.key.decode(errors='replace')}")
