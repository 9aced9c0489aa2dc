"""Health that sees: whatever fails again and again is named within five seconds, and forgotten once it goes well."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from libraries.chassis.running.running import Running
from libraries.chassis.servers.memory_cluster import MemoryCluster
from libraries.chassis.watching.log import configure_logs
from tests.eventually import eventually
from tests.integration.chassis.conftest import System
from tests.integration.chassis.effects import SERVICE
from tests.integration.chassis.failing import FailingDuty, FailingKafka, Switch, put, running, writer_store

SEEN_SECONDS = 5.0


async def fails_and_recovers(service: Running, switch: Switch, cluster: MemoryCluster, name: str) -> None:
    """While the switch is on, health names what fails in time; afterwards it is well, and so is what was sent."""
    switch.is_on, begun = True, time.monotonic()
    put(cluster, "meanwhile")
    [problem] = await eventually(lambda: _problems(service), within=SEEN_SECONDS)
    assert problem.startswith(f"{name} fails for"), problem
    assert time.monotonic() - begun < SEEN_SECONDS
    assert service.health.alive() == [], "it goes on trying: to restart it would help nobody"
    switch.is_on = False
    # The longest pause between two tries is five seconds.
    await eventually(lambda: _is_ready(service), within=10.0)


async def test_a_poll_that_fails_again_and_again_is_seen(system: System, cluster: MemoryCluster) -> None:
    kafka = FailingKafka(cluster)
    async with running(system, SERVICE, kafka) as service:
        await fails_and_recovers(service, kafka.polls, cluster, "the poll of Kafka")
        await eventually(lambda: _written(system, 1))


async def test_a_cluster_that_says_nothing_is_seen(system: System, cluster: MemoryCluster) -> None:
    """Polls that bring nothing are as those of a quiet topic: only who asks can tell."""
    kafka = FailingKafka(cluster)
    async with running(system, SERVICE, kafka) as service:
        await fails_and_recovers(service, kafka.silence, cluster, "reaching Kafka")


async def test_a_relay_that_fails_again_and_again_is_seen(system: System, cluster: MemoryCluster) -> None:
    kafka = FailingKafka(cluster)
    async with running(system, SERVICE, kafka) as service:
        await fails_and_recovers(service, kafka.rounds, cluster, "the relay to Kafka")
        await eventually(lambda: _sent(cluster, 1))


@pytest.mark.parametrize("single_writer", [False, True])
async def test_a_duty_that_fails_again_and_again_is_seen(
    system: System, cluster: MemoryCluster, single_writer: bool
) -> None:
    switch = Switch()
    store = writer_store(Switch()) if single_writer else SERVICE.store
    made = replace(SERVICE, single_writer=single_writer, store=store, duties=(lambda: FailingDuty(switch),))
    async with running(system, made, FailingKafka(cluster)) as service:
        await eventually(lambda: _is(bool(service.roster.places)))
        for place in service.roster.places.values():
            service.around.deadlines.note({place.name: service.around.programme_clock()})
        await fails_and_recovers(service, switch, cluster, "the duty watch/0")
        await eventually(lambda: _written(system, 1))


async def test_operators_who_are_not_heard_are_seen(system: System, cluster: MemoryCluster) -> None:
    async with running(system, SERVICE, FailingKafka(cluster)) as service:
        await eventually(lambda: _is_ready(service))
        # As after a right was taken away, or a column: nothing else of the service asks for it.
        await system.fetch("ALTER TABLE lane RENAME COLUMN moved TO was_moved")
        [problem] = await eventually(lambda: _problems(service), within=SEEN_SECONDS)
        assert problem.startswith("hearing operators fails for"), problem
        await system.fetch("ALTER TABLE lane RENAME COLUMN was_moved TO moved")
        await eventually(lambda: _is_ready(service), within=10.0)


async def test_a_single_writer_whose_state_cannot_be_kept_is_seen(system: System, cluster: MemoryCluster) -> None:
    switch = Switch()
    made = replace(SERVICE, single_writer=True, store=writer_store(switch))
    async with running(system, made, FailingKafka(cluster)) as service:
        await fails_and_recovers(service, switch, cluster, "committing to PostgreSQL")
        await eventually(lambda: _written(system, 1))


async def test_a_single_writer_that_cannot_become_the_owner_is_seen(
    system: System, cluster: MemoryCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = replace(SERVICE, single_writer=True, store=writer_store(Switch()))
    switch = Switch(is_on=True)
    service = Running(made, system.read(), configure_logs("intake", "critical"), kafka=FailingKafka(cluster))
    whole = service.around.database.connect

    async def connect() -> Any:
        switch.trip(OSError())
        return await whole()

    monkeypatch.setattr(service.around.database, "connect", connect)
    await service.prepare()
    await service.begin()
    try:
        problems = await eventually(lambda: _problems(service), within=SEEN_SECONDS)
        assert [problem for problem in problems if problem.startswith("becoming the owner fails for")]
        switch.is_on = False
        await eventually(lambda: _is_ready(service), within=10.0)
    finally:
        await service.stop()
        await service.close()


async def _problems(service: Running) -> list[str]:
    return service.health.ready()


async def _is_ready(service: Running) -> bool:
    return not service.health.ready()


async def _is(value: bool) -> bool:
    return value


async def _written(system: System, count: int) -> bool:
    return len(await system.titles()) >= count


async def _sent(cluster: MemoryCluster, count: int) -> bool:
    return sum(cluster.bounds(lane).end for lane in cluster.lanes(["contacts.v1"])) >= count
