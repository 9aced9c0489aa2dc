"""Duties: what a service does by the clock, on lanes without a partition, each with one owner at a time."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime
from hashlib import blake2b
from typing import Final

import asyncpg

from libraries.chassis.lanes.commits import Commits, OwnLane
from libraries.chassis.lanes.committer import Committer
from libraries.chassis.lanes.ledger import LaneLost, Ledger
from libraries.chassis.outbox.relay import Relay
from libraries.chassis.process.backoff import Backoff, Stopping
from libraries.chassis.process.surroundings import Surroundings
from libraries.chassis.records.name import LaneName
from libraries.chassis.running.duty_places import DUTY_TOPIC, DutyPlace
from libraries.chassis.service import Duty
from libraries.chassis.watching import metrics
from libraries.chassis.watching.log import named

_LOCK_CLASS: Final = 0x64757479  # "duty"
_LOOK_SECONDS: Final = 5.0
"""How long what another process or an operator has changed may go unseen."""


class DutyRoster:
    """Takes the lanes of all duties that are free, works on them at their deadlines, and gives them back."""

    def __init__(
        self, around: Surroundings, ledger: Ledger, relay: Relay, committer: Committer, commits: Commits
    ) -> None:
        self._around = around
        self._ledger = ledger
        self._relay = relay
        self._committer = committer
        self._commits = commits
        self._duties = [make() for make in around.service.duties]
        # By the duty's name, so that replicas of two versions with other duties mean the same lane by it.
        self._lanes = {
            LaneName(f"{DUTY_TOPIC}.{duty.name}", partition): duty
            for duty in self._duties
            for partition in range(duty.lanes)
        }
        self.places: dict[LaneName, DutyPlace] = {}
        self._working: dict[LaneName, asyncio.Task[None]] = {}
        self._locks: asyncpg.Connection[asyncpg.Record] | None = None

    async def run(self) -> None:
        """Takes free lanes and works on them until cancelled."""
        backoff = Backoff(self._around.stopping, first=1.0)
        while self._lanes and not self._around.stopping.is_set():
            try:
                await self._take_free_lanes()
            except Exception as error:  # whatever it was, the duties are taken up again in a moment
                self._around.log.warning("duties paused", action="duty", error=named(error))
                self._around.troubles.failed("taking up duties", named(error))
                await self._give_up()
                await backoff.pause()
            else:
                self._around.troubles.went_well("taking up duties")
                backoff.went_well()
                await asyncio.sleep(_LOOK_SECONDS)

    async def stop(self) -> None:
        """Finishes the portions at hand and gives the lanes back."""
        self._around.deadlines.close()
        await asyncio.gather(*self._working.values(), return_exceptions=True)
        await self._give_up()
        for duty in self._duties:
            await duty.close()

    def wanted(self) -> list[tuple[str, int]]:
        """The lanes of those duties that somebody waits for, by their names among deadlines."""
        housekeeping = self._around.service.housekeeping
        return [(duty.name, name.partition) for name, duty in self._lanes.items() if duty.name not in housekeeping]

    def wake(self) -> None:
        """Has all duties look, and look up what is set aside: an operator has decided on something of it."""
        for place in self.places.values():
            self._around.deadlines.note({place.name: self._around.programme_clock()})

    async def _take_free_lanes(self) -> None:
        if self._around.service.single_writer and self._commits.writer is None:
            await self._give_up()  # another replica owns the service now
            return
        if self._locks is not None and self._locks.is_closed():
            await self._give_up()  # its locks ended with it, and others may have them by now
        for name, duty in self._lanes.items():
            if name in self._working and not self._working[name].done():
                continue
            if name in self.places or await self._is_free(name):
                self.places[name] = place = await self._open(name, duty)
                self._working[name] = asyncio.create_task(self._work(place))

    async def _is_free(self, name: LaneName) -> bool:
        if self._around.service.single_writer:
            return True  # whoever owns the service owns its duties
        if self._locks is None:
            self._locks = await self._around.database.connect()
        key = _LOCK_CLASS, lock_key(self._around.service.name, str(name))
        return bool(await self._locks.fetchval("SELECT pg_try_advisory_lock($1, $2)", *key))

    async def _open(self, name: LaneName, duty: Duty) -> DutyPlace:
        lane = self._commits.writer
        if lane is None:
            position, pages = (await self._ledger.open({name: 0}))[name]
            await self._relay.recover(pages)
            lane = OwnLane(name, position)
        place = DutyPlace(duty, name.partition, lane, self._around, self._committer, self._commits)
        await place.look_up_what_is_set_aside()
        return place

    async def _reopen(self, place: DutyPlace) -> None:
        if self._commits.writer is None:
            position, pages = (await self._ledger.open({place.lane.name: 0}))[place.lane.name]
            await self._relay.recover(pages)
            place.lane.position = position

    async def _work(self, place: DutyPlace) -> None:
        """Does one lane's portions as they fall due, until it loses the lane: then that is opened anew."""
        trouble = f"the duty {place.duty.name}/{place.partition}"
        try:
            await self._perform(place, trouble)
        finally:
            self._around.troubles.went_well(trouble)  # whoever has the lane next has the trouble

    async def _perform(self, place: DutyPlace, trouble: str) -> None:
        around, backoff = self._around, Backoff(self._around.stopping, first=0.5)
        while not around.stopping.is_set():
            try:
                due: datetime | None = await place.duty.perform(place)
            except LaneLost as lost:
                self._committer.lose(self._commits.with_writer([]))
                around.log.warning("duty's lane lost", action="fence", lanes=sorted(map(str, lost.names)))
                return
            except Stopping:
                return
            except Exception as error:
                around.log.warning(
                    "duty failed", action="duty", duty=place.duty.name, error=named(error), exc_info=True
                )
                around.troubles.failed(trouble, named(error))
                # Its answer may have been lost after the commit: the lane is opened anew, with what it has to publish.
                self._committer.lose(self._commits.with_writer([]))
                with suppress(Exception):
                    await backoff.pause()
                    await self._reopen(place)
                continue
            around.troubles.went_well(trouble)
            metrics.DUTY_SUCCESS.labels(place.duty.name).set(around.machine_clock().timestamp())
            backoff.went_well()
            if due is not None:
                around.deadlines.note({place.name: due})
            await self._until_due(place)

    async def _until_due(self, place: DutyPlace) -> None:
        # Only its owner changes what a single writer has to do, and says so; of operators `wake` tells.
        at_most = None if self._around.service.single_writer else _LOOK_SECONDS
        await self._around.deadlines.come(place.name, at_most=at_most)
        if not self._around.service.single_writer:  # others wait for what that one does by the clock, which is little
            await self._committer.calm()
        if place.set_aside:
            with suppress(Exception):  # the database may be away: what was set aside stays so until it is back
                await place.look_up_what_is_set_aside()

    async def _give_up(self) -> None:
        for task in self._working.values():
            task.cancel()
        await asyncio.gather(*self._working.values(), return_exceptions=True)
        self._working.clear()
        self.places.clear()
        if self._locks is not None:
            self._locks.terminate()  # all locks at once end with their session
            self._locks = None


def lock_key(service: str, name: str) -> int:
    """The second key of the advisory lock of what has a name: a signed 32-bit number, the same in every process."""
    return int.from_bytes(blake2b(f"{service}:{name}".encode(), digest_size=4).digest(), "big", signed=True)
