"""The machine's clock jumps, as when it is set right: what a service measures by it goes on, forwards and back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from deploy.local.processes import ServiceProcess
from tests.eventually import eventually
from tests.integration.chassis.conftest import System, titled
from tests.tools import program

DAY = 86_400


@dataclass
class Machine:
    """The small service on a machine whose clock can be set; the clock that only counts goes on as it does."""

    system: System
    process: ServiceProcess
    clock: Path

    def set_clock(self, seconds: int) -> None:
        """Has the service's machine show so many seconds more than this one."""
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}")
        fresh.rename(self.clock)

    async def problems(self) -> list[str] | None:
        """What `/health/ready` names, None where nobody answers."""
        return await asyncio.to_thread(self._problems)

    def _problems(self) -> list[str] | None:
        address = f"http://127.0.0.1:{self.process.environment['ENGAGE_HEALTH_PORT']}/health/ready"
        try:
            with urlopen(address, timeout=10) as answer:
                problems: list[str] = json.load(answer)["problems"]
                return problems
        except HTTPError as refused:
            return list(json.load(refused)["problems"])
        except URLError:
            assert self.process.returncode is None, self.process.log_tail()
            return None

    async def has_done(self, *titles: str) -> None:
        await eventually(lambda: self._has_done(titles))
        assert await self.problems() == []

    async def _has_done(self, titles: tuple[str, ...]) -> bool:
        return set(titles) <= set(await self.system.titles())


@pytest.fixture(scope="module")
def library() -> Path:
    """What stands between a program and its machine's clock."""
    program("faketime", "install faketime")
    (found,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    return found


@pytest.fixture
async def machine(library: Path, system: System, tmp_path: Path) -> AsyncIterator[Machine]:
    process = system.process(
        tmp_path,
        LD_PRELOAD=str(library),
        FAKETIME_TIMESTAMP_FILE=str(tmp_path / "clock"),
        FAKETIME_NO_CACHE="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
    )
    made = Machine(system, process, tmp_path / "clock")
    made.set_clock(0)
    process.start()
    try:
        await eventually(lambda: is_ready(made), within=60.0)
        yield made
    finally:
        process.kill()


async def is_ready(machine: Machine) -> bool:
    return await machine.problems() == []


async def test_work_goes_on_whichever_way_the_clock_jumps(machine: Machine) -> None:
    await machine.system.send(titled("now"))
    await machine.has_done("now")
    for name, seconds in (("tomorrow", DAY), ("yesterday", -DAY), ("now again", 0)):
        machine.set_clock(seconds)
        await machine.system.send(titled(name))
        await machine.has_done("now", name)
    await machine.system.has_published(dict.fromkeys(("now", "tomorrow", "yesterday", "now again"), 1))


async def test_what_waits_is_tried_again_though_the_clock_went_back(machine: Machine) -> None:
    machine.set_clock(DAY)
    await machine.system.send(titled("wait first"))
    await eventually(lambda: waits(machine))
    machine.set_clock(0)
    await machine.system.send(titled("first"))
    await machine.has_done("first", "wait first")


async def waits(machine: Machine) -> bool:
    return "waiting" in await machine.system.held()
