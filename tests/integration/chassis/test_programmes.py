"""Processes of one service decide by one programme at a time."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.catalogue import TOPICS
from libraries.chassis.programmes import (
    OtherProgramme,
    files_in_force,
    history,
    is_alone,
    put_into_force,
)
from libraries.chassis.running.running import Running
from libraries.chassis.servers.memory_cluster import MemoryCluster
from libraries.chassis.servers.memory_kafka import MemoryKafka
from libraries.chassis.watching.log import configure_logs
from libraries.programme.programme import Identity, Programme, Sealed
from tests.eventually import eventually
from tests.forms import START
from tests.integration.chassis.conftest import System
from tests.integration.chassis.effects import SERVICE
from tests.integration.conftest import connect

FIRST = Sealed(Identity("first", "a" * 64), {"programme.toml": 'version = "first"\n'})
SECOND = Sealed(Identity("second", "b" * 64), {"programme.toml": 'version = "second"\n'})


@asynccontextmanager
async def running(system: System, programme: Sealed) -> AsyncIterator[Running]:
    cluster = MemoryCluster({topic.name: topic.partitions for topic in TOPICS})
    service = replace(SERVICE, programme=programme)
    log = configure_logs("intake", "critical")
    made = Running(service, system.read(stop_seconds=1.0), log, kafka=MemoryKafka(cluster, "engage-intake"))
    try:
        await made.prepare()
        await made.begin()
        yield made
        await made.stop()
    finally:
        await made.close()


async def change(system: System, programme: Sealed) -> bool:
    """Puts a programme into force where no process runs; whether that was so."""
    connection = await connect(system.database_url, "intake")
    try:
        async with connection.transaction():
            if alone := await is_alone(connection, "intake"):
                await put_into_force(connection, programme, now=START + timedelta(days=1))
            return alone
    finally:
        await connection.close()


async def test_the_first_programme_is_recorded_and_another_process_with_it_may_run(system: System) -> None:
    async with running(system, FIRST), running(system, FIRST):
        connection = await connect(system.database_url, "intake")
        try:
            (held,) = await history(connection)
            assert held.identity == FIRST.identity
            assert await files_in_force(connection) == FIRST.files
        finally:
            await connection.close()


async def test_a_process_with_another_programme_does_not_start_and_says_what_to_do(system: System) -> None:
    async with running(system, FIRST):
        with pytest.raises(OtherProgramme, match=r"decides by the programme first \(aaaaaaaaaaaa\) since .* activate"):
            async with running(system, SECOND):
                pytest.fail("it started")


async def test_a_programme_changes_only_while_no_process_runs(system: System) -> None:
    async with running(system, FIRST):
        assert not await change(system, SECOND)
    assert await change(system, SECOND)
    async with running(system, SECOND):
        pass
    with pytest.raises(OtherProgramme, match=r"decides by the programme second"):
        async with running(system, FIRST):
            pytest.fail("it started")


async def test_a_process_that_lost_its_share_takes_it_again(system: System) -> None:
    async with running(system, FIRST) as service:
        before = await shares(system)
        await end(system)

        async def has_another() -> bool:
            now = await shares(system)
            return bool(now) and now.isdisjoint(before)

        assert await eventually(has_another)
        assert not await change(system, SECOND)
        assert service.failed is None


async def test_a_process_that_lost_its_share_stops_where_another_programme_came_into_force(system: System) -> None:
    async with running(system, FIRST) as service:

        async def changed_in_between() -> bool:
            await end(system)
            return await change(system, SECOND)

        assert await eventually(changed_in_between)
        await service.fatal.wait()
        assert isinstance(service.failed, OtherProgramme)


_SHARES = """
FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted
 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


async def shares(system: System) -> set[int]:
    """The processes of the server that hold a share."""
    return {row["pid"] for row in await system.fetch(f"SELECT pid {_SHARES}")}


async def end(system: System) -> None:
    """Ends the sessions that hold a share, as a database that restarts would."""
    await system.fetch(f"SELECT pg_terminate_backend(pid) {_SHARES}")


async def test_the_programme_in_force_is_written_for_another_version_to_decide_by(
    database_url: str, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"

    def export() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "deploy.command_line", "programme", "export", str(kept)]
        environment = {**os.environ, "ENGAGE_DATABASE_URL": database_url, "COLUMNS": "300"}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    without = await asyncio.to_thread(export)
    assert (without.returncode, "no programme is in force yet" in without.stderr) == (2, True)
    programme = Programme()
    sealed = Sealed(Identity("shipped", programme.digest), programme.files)
    connection = await connect(database_url, "matching")
    await put_into_force(connection, sealed, now=START)
    await connection.close()
    assert (await asyncio.to_thread(export)).returncode == 0
    assert Programme(kept).digest == programme.digest
    assert Programme(kept).taken_from_shipped == []
    again = await asyncio.to_thread(export)
    assert (again.returncode, "is not empty" in again.stderr) == (2, True)
