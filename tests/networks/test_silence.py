"""Servers that say nothing: what is sent is swallowed, as by a cable that fell out or a firewall that forgot."""

from __future__ import annotations

import asyncio

import pytest

from deploy.local.postgresql import PostgreSQL
from tests.integration.chassis.conftest import titled
from tests.networks.conftest import Host

SILENT_SECONDS = 20.0
SERVERS = ("PostgreSQL", "Kafka")


@pytest.mark.parametrize("server", SERVERS)
async def test_a_server_that_hangs_is_named_and_work_goes_on_after(host: Host, server: str) -> None:
    await host.works("before", within=20.0)
    with host.wire.swallowing(host.place_of(server)):
        await host.system.send(titled("meanwhile"))
        [problem] = await host.is_named(f"reaching {server} fails for")
        assert "no answer" in problem or "brokers answers" in problem
        # While statements hang: Prometheus waits for ten seconds at most.
        assert f'engage_failing_seconds{{part="reaching {server}"}}' in await host.figures()
        assert host.lines("pulse")[0]["of"] == f"reaching {server}"
        await asyncio.sleep(SILENT_SECONDS)
        assert host.process.returncode is None, "to restart it would help nobody"
    # A kernel that tried for so long tries again after a pause that is not longer.
    await host.is_well(within=SILENT_SECONDS + 10)
    await host.works("after", within=20.0)
    assert await host.system.titles() == ["before", "meanwhile", "after"]


async def test_a_database_that_restarts_behind_a_cut_is_found_again(host: Host, postgresql: PostgreSQL) -> None:
    """The service's connections lead to a server that knows nothing of them."""
    await host.works("before", within=20.0)
    with host.wire.swallowing(host.place_of("PostgreSQL")):
        await host.is_named("reaching PostgreSQL fails for")
        await asyncio.to_thread(postgresql.kill)
        await asyncio.to_thread(postgresql.start)
    await host.is_well(within=20.0)
    await host.works("after", within=20.0)


async def test_connections_that_a_firewall_forgot_are_given_up(host: Host) -> None:
    """New ones are let through, and those that are there go nowhere, in either direction, for ever."""
    await host.works("before", within=20.0)
    host.wire.forget_connections()
    # Half a minute for PostgreSQL's, by the kernel; Kafka's by aiokafka, which waits for forty seconds.
    await host.works("after", within=75.0)
    await host.is_well(within=10.0)
    assert await host.system.titles() == ["before", "after"]
    assert await host.system.published() == {"before": 1, "after": 1}
