"""What is slow slows consumption and not memory; who loses a lane in the middle of a batch commits nothing of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from libraries.chassis.records.name import LaneName
from tests.eventually import eventually
from tests.integration.chassis.conftest import System, titled
from tests.integration.conftest import connect

FORMS = "forms.applications.v1"
_BATCH = 50
_RECORDS = 3_000
_POLL = 2_000


@asynccontextmanager
async def holding(system: System, statement: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A transaction of somebody else that holds what `statement` locks, until the block ends."""
    connection = await connect(system.database_url, "intake")
    try:
        async with connection.transaction():
            await connection.execute(statement)
            yield connection
    finally:
        await connection.close()


async def test_a_slow_database_slows_consumption_and_not_memory(system: System) -> None:
    titles = [f"{number:04}" for number in range(_RECORDS)]
    async with system.running(batch_records=_BATCH) as service:
        async with holding(system, "LOCK TABLE effect IN EXCLUSIVE MODE"):
            await system.send(*(titled(title, on=0) for title in titles))

            async def held_back() -> bool:
                lane = service.committer.lanes.get(LaneName(FORMS, 0))
                return lane is not None and lane.is_paused and len(lane.waiting) >= _BATCH

            await eventually(held_back)
            assert len(service.committer.lanes[LaneName(FORMS, 0)].waiting) <= _BATCH + _POLL
            assert await system.titles() == []
        await eventually(lambda: _written(system, _RECORDS))
    assert await system.titles() == titles


async def test_who_loses_a_lane_in_the_middle_of_a_batch_commits_nothing_of_it(system: System) -> None:
    first, *others = (titled(f"{number}", on=0) for number in range(11))
    await system.send(first)
    async with system.running():
        await eventually(lambda: _written(system, 1))
        row = f"SELECT FROM lane WHERE topic = '{FORMS}' AND partition = 0 FOR UPDATE"
        async with holding(system, row) as other:
            await system.send(*others)
            await eventually(lambda: _somebody_waits(system))
            # Another owner, who has dealt with four of the records in its own way.
            await other.execute(
                f"UPDATE lane SET next_offset = next_offset + 4, revision = revision + 1 WHERE topic = '{FORMS}'"
                " AND partition = 0"
            )
        await eventually(lambda: _written(system, 7))
    assert await system.titles() == ["0", "5", "6", "7", "8", "9", "10"]


async def _written(system: System, count: int) -> bool:
    return len(await system.titles()) >= count


async def _somebody_waits(system: System) -> bool:
    rows = await system.fetch(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    return bool(rows)
