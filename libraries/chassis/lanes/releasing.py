"""Tries held records again: those that waited long enough, and dead letters that an operator decided on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from contracts.event import Event
from contracts.violation import ContractViolation
from libraries.chassis.database import is_transient
from libraries.chassis.handling import NotYet, Refused
from libraries.chassis.lanes import inbox
from libraries.chassis.lanes.commits import Commits, Transaction
from libraries.chassis.lanes.dead_letters import told_as_dead
from libraries.chassis.lanes.held_keys import LONGEST_PAUSE
from libraries.chassis.lanes.holding import held_keys, hold_again, pause_before, restored
from libraries.chassis.lanes.lane import ALONE, TOGETHER, Lane
from libraries.chassis.lanes.ledger import QUERIES, LaneLost
from libraries.chassis.lanes.processing import HandlerFailed, handle, is_open, killed, set_aside, sort_out, violation_of
from libraries.chassis.lanes.reading import read
from libraries.chassis.process.backoff import Stopping
from libraries.chassis.process.surroundings import Surroundings
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received
from libraries.chassis.unit_of_work import UnitOfWork
from libraries.chassis.watching import spans, telling

_AT_ONCE: Final = 100
"""Held records that are looked up at once; the next look finds the rest."""

_AT_A_TIME: Final = 20
"""Held records that one transaction tries together, where none of them holds anything back."""

_OVERTAKING: Final = 20
"""So many records behind one that waits for its own key are looked at for what it waits for."""


class Releaser:
    """Lets held records of a lane go on, each key's in their order, each in a transaction of its own."""

    def __init__(self, around: Surroundings, commits: Commits) -> None:
        self._around = around
        self._service = around.service
        self._commits = commits
        # What this process began and did not finish: it has not ended us, so it is not counted once more.
        self._begun: set[tuple[LaneName, int]] = set()
        self._limit = timedelta(hours=around.settings.waiting_limit_hours)

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
                await self._handle(transaction, records)
                for row, received in zip(rows, records, strict=True):
                    await self._conclude(transaction, received, row, now)
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
            released = [await self._settle(transaction, row, now, violation)]
            if overtaking and released[0].outcome == "waiting" and _waits_for_its_own_key(released[0]):
                released = await self._let_overtake(transaction, row, now) or released
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

    async def _settle(
        self, transaction: Transaction, row: Any, now: datetime, violation: ContractViolation | None
    ) -> Received:
        received = restored(row)
        received.violation = violation
        place = received.topic.name, received.partition, received.offset
        if row["requested"] in ("discard", "replace"):
            said = "discarded" if row["requested"] == "discard" else "replaced"
            received.end("skipped", said, f"an operator has {said} it")
            await transaction.connection.execute(QUERIES["discard_held"], *place, now)
            return received
        await self._handle(transaction, [received])
        await self._conclude(transaction, received, row, now)
        return received

    async def _conclude(self, transaction: Transaction, received: Received, row: Any, now: datetime) -> None:
        """Writes what became of a record that was tried."""
        place = received.topic.name, received.partition, received.offset
        waiting_since = row["waiting_since"] or now
        if received.outcome == "waiting" and now - waiting_since > self._limit:
            # Told with the day since when: that is how somebody finds what never came.
            received.end("dead", "waited-too-long", f"{received.detail}; since {waiting_since:%Y-%m-%d %H:%M}")
        if received.outcome in ("dead", "waiting"):
            await self._hold_again(transaction, received, row, now)
        elif row["state"] == "dead":
            # It was told of as a dead letter, so what became of it stays to be seen.
            await transaction.connection.execute(QUERIES["resolve_held"], *place, "replayed", now)
        else:
            await transaction.connection.execute(QUERIES["forget_held"], *place)

    async def _handle(self, transaction: Transaction, records: Sequence[Received]) -> None:
        at = self._around.programme_clock()
        for received in records:
            if received.violation is None:
                read(received, self._service, at)
        sort_out(records)
        await inbox.claim(transaction.connection, [received for received in records if is_open(received)])
        if not (left := [received for received in records if is_open(received)]):
            return
        events = [received.event for received in left if isinstance(received.event, Event)]
        await transaction.unit.store.load(events, self._service.handlers.named(events))
        await self._commits.run(transaction, events, partial(self._handle_each, transaction.unit, left))
        await inbox.release(transaction.connection, [received for received in left if received.outcome != "handled"])

    def _handle_each(self, unit: UnitOfWork[Any], records: Sequence[Received]) -> None:
        for received in records:
            try:
                handle(self._service, received, unit)
            except (NotYet, Refused) as reason:
                set_aside(received, reason)
            except Exception as error:
                # Its text may quote a value of the record: its class is all that is kept.
                raise HandlerFailed(f"{type(error).__name__} in the handler of this event") from error
            else:
                received.end("handled")

    async def _let_overtake(self, transaction: Transaction, row: Any, now: datetime) -> list[Received]:
        """Lets what a record waits for go first, where that was sent after it and stands behind it.

        Only what can be done while the first can't may overtake it, and only the first such. Returns what
        overtook and then the record itself, tried again; nothing where nothing behind it is of use.
        """
        place = row["topic"], row["partition"]
        behind: Sequence[Any] = await transaction.connection.fetch(
            QUERIES["all_held_behind"], *place, row["key"], _OVERTAKING
        )
        # In their order, so that of several that could go first the earliest does.
        for later in behind:
            received = restored(later)
            await self._handle(transaction, [received])
            if received.outcome in ("handled", "duplicate"):
                await transaction.connection.execute(QUERIES["forget_held"], *place, received.offset)
                await transaction.unit.store.save()
                return [received, await self._settle(transaction, row, now, None)]
        return []

    async def _hold_again(self, transaction: Transaction, received: Received, row: Any, now: datetime) -> None:
        waiting = received.outcome == "waiting"
        retry_at = None
        if waiting:
            retry_at = now + pause_before(row["retries"] + 1, self._around.settings.retry_seconds)
        name = received.lane
        await hold_again(transaction.connection, name, received, retry_at=retry_at, now=now)
        # Once: what was dead already has been told of, and is dead again for an operator who knows.
        if not waiting and row["state"] != "dead":
            transaction.unit.published.extend(told_as_dead(received, self._service))


def _waits_for_its_own_key(received: Received) -> bool:
    """Whether what a record waits for may come on its own key: a correction that was sent before its form."""
    return received.key is not None and (received.awaits or "").endswith(f":{received.key.decode(errors='replace')}")
