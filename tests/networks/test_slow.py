"""A link that is slow and loses packets, as over a continent: everything goes on, later, and nobody is alarmed."""

from __future__ import annotations

from pathlib import Path

from deploy.local.postgresql import PostgreSQL
from tests.eventually import eventually
from tests.integration.chassis.conftest import System, titled
from tests.networks.conftest import let_in, running
from tests.networks.wire import Wire

ROUND_TRIP_SECONDS = 0.2
LOSS = 0.01
TITLES = [f"form {number}" for number in range(50)]


async def test_a_service_starts_and_works_over_a_slow_link(
    wire: Wire, postgresql: PostgreSQL, system: System, tmp_path: Path
) -> None:
    await let_in(postgresql)
    with wire.slow(late_seconds=ROUND_TRIP_SECONDS / 2, loss=LOSS):
        async with running(wire, system, tmp_path) as host:
            alarms: list[str] = []

            async def done() -> bool:
                alarms.extend(await host.problems())
                return len(await system.titles()) == len(TITLES)

            async def published() -> bool:
                return len(await system.published()) == len(TITLES)

            await system.send(*map(titled, TITLES))
            await eventually(done, within=120.0)
            await eventually(published, within=60.0)
            assert sorted(await system.titles()) == sorted(TITLES)
            assert alarms == []
