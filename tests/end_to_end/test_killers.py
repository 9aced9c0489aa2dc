"""A record that kills the process it is handled in is found by its unfinished attempts, and set aside alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from deploy.local.processes import ServiceProcess
from libraries.chassis.lanes.lane import ALONE, TOGETHER
from tests.eventually import eventually
from tests.integration.chassis.conftest import System, corrected, effects_template, system, titled
from tests.integration.conftest import apache_kafka, bootstrap_servers, postgresql

__all__ = ["apache_kafka", "bootstrap_servers", "effects_template", "postgresql", "system"]


async def test_a_record_that_kills_the_process_is_set_aside_alone(system: System, tmp_path: Path) -> None:
    titles = [f"t{number}" for number in range(40)]
    forms = [titled(title, key=f"k{index % 7}") for index, title in enumerate(titles)]
    await system.send(*forms[:20], titled("kill", key="bad"), corrected("behind", key="bad"), *forms[20:])
    deaths = await _deaths_until(lambda: _stands(system, 40, 2), system.process(tmp_path))
    # One more where the record comes only after its lane has committed something: that death counts for nobody.
    assert deaths in (TOGETHER + ALONE, TOGETHER + ALONE + 1)
    assert sorted(await system.titles()) == sorted(titles)
    assert await system.held() == {"dead": ["kills-the-process"], "behind": ["behind"]}
    lanes = await system.fetch("SELECT sum(attempts)::int AS unfinished FROM lane")
    assert lanes[0]["unfinished"] == 0


async def test_a_held_record_that_kills_the_process_is_set_aside_and_what_it_waited_with_goes_on(
    system: System, tmp_path: Path
) -> None:
    await system.send(
        titled("wait cause", key="k"), corrected("kill after cause", key="k"), corrected("after", key="k")
    )
    async with system.running():
        await eventually(lambda: _stands(system, 0, 3))
    await system.send(titled("cause"))
    assert await _deaths_until(lambda: _stands(system, 2, 2), system.process(tmp_path)) >= TOGETHER + ALONE
    assert await system.titles() == ["cause", "wait cause"]
    assert await system.held() == {"dead": ["kills-the-process"], "behind": ["behind"]}


async def _stands(system: System, written: int, held: int) -> bool:
    """Whether so much is written and so much held, and at last a dead letter where anything is."""
    states = await system.held()
    settled = not held or "dead" in states or written == 0
    return len(await system.titles()) == written and sum(map(len, states.values())) == held and settled


async def _deaths_until(done: Callable[[], Awaitable[bool]], process: ServiceProcess) -> int:
    """Starts a process again whenever it dies, as a supervisor would, until all is done; returns its deaths."""

    async def ended_or_done() -> str:
        return "ended" if process.returncode is not None else "done" if await done() else ""

    deaths = 0
    try:
        process.start()
        # A member that was killed keeps its partitions until its session ends, and so may the next one.
        while await eventually(ended_or_done, within=60) == "ended":
            assert process.returncode == -9, process.log_tail()
            deaths += 1
            process.start()
    finally:
        process.kill()
    return deaths
