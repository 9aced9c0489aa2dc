"""Duties: what a service does by the clock, on lanes without a partition, each with one owner at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from hashlib import blake2b
from typing import Any

import asyncpg

from services.chassis.ledger import LaneName, Ledger
from services.chassis.log import named
from services.chassis.relay import Relay
from services.chassis.service import Duty
from services.chassis.surroundings import Surroundings
from services.chassis.unit_of_work import UnitOfWork

_TOPIC = "duty"
_IDLE_SECONDS = 1.0
_LOCK_CLASS = 0x64757479  # "duty"


class OwnedDutyLane:
    """A duty's lane while this process owns it.

    The advisory lock makes it likely that there is one owner; the ledger makes it certain that only one
    commits.
    """

    def __init__(self, number: int, partition: int, surroundings: Surroundings) -> None:
        self.partition = partition
        self._number = number
        self._around = surroundings
        self._ledger = Ledger(surroundings.database, LaneName(_TOPIC, number), surroundings.reached)
        self._relay: Relay | None = None

    async def open(self) -> None:
        """Reads where the lane stands and begins to publish what its outbox still holds."""
        outgoing = await self._ledger.open(0)
        await self.close()
        around = self._around
        self._relay = Relay(
            around.publisher,
            around.log.bind(topic=_TOPIC, partition=self._number),
            around.reached,
            relayed=self._ledger.position.relayed_sequence,
            backlog=around.settings.relay_backlog,
        )
        await self._relay.add(outgoing)
        self._relay.start()

    async def close(self) -> None:
        """Stops publishing; the outbox keeps what is left."""
        if self._relay is not None:
            await self._relay.stop()

    @property
    def relay(self) -> Relay:
        """The relay of the open lane; raises RuntimeError before `open`."""
        if self._relay is None:
            raise RuntimeError("the duty's lane is not open")
        return self._relay

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork[Any]]:
        """A unit of work that commits on leaving; raises LaneLost where another replica owns the lane."""
        await self.relay.room()
        async with self._ledger.entry(self.relay.relayed) as entry:
            store = self._around.service.store(entry.connection)
            unit: UnitOfWork[Any] = UnitOfWork(self._around.service.name, store)
            yield unit
            await store.save()
            entry.published += unit.published
            entry.advance(self._ledger.position.next_offset + 1)
        await self.relay.add(entry.outgoing())

    async def settle(self) -> None:
        """Waits until all that was committed is published and marked."""
        await self.relay.drained()
        await self.mark()

    async def mark(self) -> None:
        """Writes the relay's mark, where no unit of work did."""
        if self.relay.relayed > self._ledger.position.relayed_sequence:
            await self._ledger.mark_relayed(self.relay.relayed)


class DutyRoster:
    """Takes the lanes of all duties that are free, works on them, and gives them back."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._duties = [make() for make in surroundings.service.duties]
        self._places = _places(self._duties)
        self._working: dict[int, asyncio.Task[None]] = {}
        self.lanes: dict[int, OwnedDutyLane] = {}
        self._locks: asyncpg.Connection[asyncpg.Record] | None = None

    async def run(self) -> None:
        """Takes free lanes and works on them until cancelled."""
        while self._places:
            try:
                await self._take_free_lanes()
            except Exception as error:  # whatever it was, the duties are taken up again in a second
                self._around.log.warning("duties paused", action="duty", error=named(error))
                await self._give_up()
            await asyncio.sleep(1.0)

    async def stop(self) -> None:
        """Finishes the portions at hand, publishes what they committed, and gives the lanes back."""
        await asyncio.gather(*self._working.values(), return_exceptions=True)
        for lane in self.lanes.values():
            await lane.settle()
        await self._give_up()
        for duty in self._duties:
            await duty.close()

    async def _take_free_lanes(self) -> None:
        if self._locks is None or self._locks.is_closed():
            await self._give_up()
            self._locks = await self._around.database.connect()
        for number, (duty, partition) in self._places.items():
            if number in self._working and not self._working[number].done():
                continue
            key = _LOCK_CLASS, lock_key(self._around.service.name, number)
            if number in self.lanes or await self._locks.fetchval("SELECT pg_try_advisory_lock($1, $2)", *key):
                lane = self.lanes.get(number) or OwnedDutyLane(number, partition, self._around)
                await lane.open()
                self.lanes[number] = lane
                self._working[number] = asyncio.create_task(self._work(duty, lane))

    async def _work(self, duty: Duty, lane: OwnedDutyLane) -> None:
        log = self._around.log.bind(topic=_TOPIC, partition=lane.partition)
        stopping = self._around.stopping
        while not stopping.is_set():
            rung = self._around.bell.listen()
            try:
                busy = await duty.perform(lane)
                await lane.mark()
            except Exception as error:
                log.warning("duty failed, trying again", action="duty", error=named(error), exc_info=True)
                await asyncio.sleep(1.0)
                return
            if not busy:
                await _first_of(rung.wait(), stopping.wait(), seconds=_IDLE_SECONDS)

    async def _give_up(self) -> None:
        for task in self._working.values():
            task.cancel()
        await asyncio.gather(*self._working.values(), return_exceptions=True)
        for lane in self.lanes.values():
            await lane.close()
        self._working.clear()
        self.lanes.clear()
        if self._locks is not None:
            self._locks.terminate()
            self._locks = None


def lock_key(service: str, number: int) -> int:
    """The advisory lock's second key: a signed 32-bit number, the same in every process."""
    return int.from_bytes(blake2b(f"{service}:{number}".encode(), digest_size=4).digest(), "big", signed=True)


def _places(duties: Sequence[Duty]) -> dict[int, tuple[Duty, int]]:
    return dict(enumerate((duty, partition) for duty in duties for partition in range(duty.lanes)))


async def _first_of(*waits: Any, seconds: float) -> None:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    _, pending = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
