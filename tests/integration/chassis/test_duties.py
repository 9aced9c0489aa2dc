"""What a service does by the clock: at its deadline, once, and not stopped by the one thing that fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from libraries.chassis.running.running import Running
from libraries.chassis.service import DutyLane
from libraries.chassis.unit_of_work import UnitOfWork
from libraries.chassis.watching.log import configure_logs
from tests.eventually import eventually
from tests.integration.chassis.conftest import System
from tests.integration.chassis.effects import SERVICE, EffectStore


class Chore(NamedTuple):
    """Something that is due: a title to be written."""

    name: str


class Chores:
    """A duty that writes its titles, all at once where it may; `bad` ones fail for as long as they are in `failing`."""

    name = "chores"
    lanes = 1

    def __init__(self, titles: Sequence[str], failing: set[str]) -> None:
        self.left = list(titles)
        self.failing = failing
        self.performed = 0

    async def perform(self, lane: DutyLane) -> datetime | None:
        self.performed += 1
        await lane.carry_out(self._find, self._do)
        return None

    async def _find(self, unit: UnitOfWork[Any]) -> Sequence[Chore]:
        return [Chore(title) for title in self.left]

    async def _do(self, unit: UnitOfWork[EffectStore], chores: Sequence[Chore]) -> None:
        if self.failing & {chore.name for chore in chores}:
            raise ZeroDivisionError
        unit.store.rows.extend((chore.name, "chore", None) for chore in chores)
        self.left = [title for title in self.left if title not in {chore.name for chore in chores}]

    async def close(self) -> None:
        """Holds nothing."""


async def test_what_fails_is_set_aside_alone_and_tried_again_on_an_operators_word(system: System) -> None:
    chores = Chores([f"chore {number}" for number in range(20)], {"chore 7"})
    service = Running(replace(SERVICE, duties=(lambda: chores,)), system.read(), configure_logs("intake", "critical"))
    await service.prepare()
    await service.begin()
    try:
        await eventually(lambda: _written(system, 19))
        assert chores.left == ["chore 7"]
        (letter,) = await system.fetch("SELECT topic, key, state, reason, detail FROM held_record")
        assert (letter["topic"], letter["key"], letter["state"]) == ("duty.chores", b"chore 7", "dead")
        assert (letter["reason"], letter["detail"]) == ("duty-failed", "ZeroDivisionError in what is due")
        performed = chores.performed
        await eventually(lambda: _is_ready(service))  # one thing that fails is no trouble of the duty
        chores.failing.clear()
        await system.fetch("UPDATE held_record SET requested = 'replay', requested_by = 'test'")
        await eventually(lambda: _written(system, 20))
        assert chores.performed > performed
    finally:
        await service.stop()
        await service.close()
    assert await system.held() == {"replayed": ["duty-failed"]}


async def test_a_duty_is_called_at_its_deadline_and_when_a_commit_brings_an_earlier_one(system: System) -> None:
    called: list[datetime] = []
    again = datetime.now(UTC) + timedelta(days=1)

    class Watch(Chores):
        async def perform(self, lane: DutyLane) -> datetime | None:
            called.append(datetime.now(UTC))
            return again

    service = Running(
        replace(SERVICE, duties=(lambda: Watch([], set()),)), system.read(), configure_logs("intake", "error")
    )
    await service.prepare()
    await service.begin()
    try:
        await eventually(lambda: _called(called, 1))
        service.around.deadlines.note({("chores", 0): datetime.now(UTC)})
        await eventually(lambda: _called(called, 2), within=2.0)
    finally:
        await service.stop()
        await service.close()


async def _called(called: list[datetime], times: int) -> bool:
    return len(called) >= times


async def _written(system: System, count: int) -> bool:
    return len(await system.titles()) >= count


async def _is_ready(service: Running) -> bool:
    return service.health.ready() == []
