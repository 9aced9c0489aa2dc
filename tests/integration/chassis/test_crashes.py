"""A service killed between any two steps of its loop, and started again, has every effect once."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.processes import ServiceProcess
from libraries.chassis.process.faults import POINTS, Point
from tests.eventually import eventually
from tests.integration.chassis.conftest import System, corrected, titled


@pytest.mark.parametrize("point", POINTS)
async def test_killed_at_a_point_of_the_loop(system: System, tmp_path: Path, point: Point) -> None:
    titles = [f"t{number}" for number in range(60)]
    await system.send(*(titled(title, key=f"k{index % 7}") for index, title in enumerate(titles)))
    await system.send(titled("break", key="bad"), titled("wait t1"), corrected("behind", key="bad"))
    for count in (1, 2):
        await _run_until_killed(system, tmp_path, f"{point}:{count}")
    async with system.running():
        await eventually(lambda: _complete(system, 61))
    assert sorted(await system.titles()) == sorted([*titles, "wait t1"])
    assert await system.held() == {"dead": ["handler-failed"], "behind": ["behind"]}
    await system.has_published(dict.fromkeys([*titles, "wait t1"], 1))


async def _run_until_killed(system: System, directory: Path, fault_point: str) -> None:
    process = system.process(directory, ENGAGE_FAULT_POINT=fault_point)
    process.start()
    try:
        # A first kill may leave nothing that would reach the point again: then there is nothing to kill.
        await eventually(lambda: _ended_or_idle(system, process))
    finally:
        process.kill()


async def _ended_or_idle(system: System, process: ServiceProcess) -> bool:
    if process.returncode is not None:
        assert process.returncode == -9, process.log_tail()
        return True
    return await _complete(system, 61) and not await system.fetch("SELECT 1 FROM outbox LIMIT 1")


async def _complete(system: System, count: int) -> bool:
    return len(await system.titles()) >= count and "behind" in await system.held()
