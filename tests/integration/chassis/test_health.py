"""Health that sees: whatever fails again and again is named within five seconds, and forgotten once it goes well."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import asyncpg
import pytest

from contracts.catalogue import TOPICS
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received
from libraries.chassis.running.running import Running
from libraries.chassis.servers.memory_cluster import MemoryCluster
from libraries.chassis.servers.memory_kafka import MemoryKafka
from libraries.chassis.servers.port import NotPolled, NotSent, Outgoing
from libraries.chassis.service import DutyLane, Service
from libraries.chassis.unit_of_work import UnitOfWork
from libraries.chassis.watching.log import configure_logs
from tests.eventually import eventually
from tests.integration.chassis.conftest import System, titled
from tests.integration.chassis.effects import SERVICE, EffectStore

SEEN_SECONDS = 5.0


@dataclass
class Switch:
    """What a test makes fail, for as long as it is on."""

    is_on: bool = False

    def trip(self, error: Exception) -> None:
        if self.is_on:
            raise error


class FailingKafka(MemoryKafka):
    """A cluster in memory whose polls and rounds fail while their switches are on."""

    def __init__(self, cluster: MemoryCluster) -> None:
        super().__init__(cluster, "engage-intake")
        self.polls, self.rounds = Switch(), Switch()

    async def poll(self, seconds: float) -> Mapping[LaneName, Sequence[Received]]:
        self.polls.trip(NotPolled("the test says so"))
        # So that a poll that waits already is over soon.
        return await super().poll(min(seconds, 0.05))

    async def send(self, records: Sequence[Outgoing]) -> int:
        self.rounds.trip(NotSent("the test says so"))
        return await super().send(records)


class FailingDuty:
    """A duty without anything to do, which fails at it."""

    name, lanes = "watch", 1

    def __init__(self, switch: Switch) -> None:
        self._switch = switch

    async def perform(self, lane: DutyLane) -> datetime | None:
        async def find(unit: UnitOfWork[Any]) -> Sequence[Any]:
            self._switch.trip(ZeroDivisionError())
            return ()

        async def do(unit: UnitOfWork[Any], items: Sequence[Any]) -> None:
            raise AssertionError("nothing was found")

        await lane.carry_out(find, do)
        return None

    async def close(self) -> None:
        """Holds nothing."""


def writer_store(switch: Switch) -> type[EffectStore]:
    class WriterStore(EffectStore):
        """The effects' store as a single writer's, whose state can't be read while the switch is on."""

        state: Any = None

        async def read_state(self) -> str:
            switch.trip(asyncpg.ConnectionDoesNotExistError())
            return "read"

        async def save(self) -> None:
            switch.trip(asyncpg.ConnectionDoesNotExistError())
            await super().save()

    return WriterStore


@asynccontextmanager
async def running(system: System, service: Service, kafka: FailingKafka) -> AsyncIterator[Running]:
    made = Running(service, system.read(stop_seconds=1.0), configure_logs("intake", "critical"), kafka=kafka)
    await made.prepare()
    await made.begin()
    try:
        await eventually(lambda: _is(made.membership.assigned_once))
        yield made
    finally:
        await made.stop()
        await made.close()


@pytest.fixture
def cluster() -> MemoryCluster:
    return MemoryCluster({topic.name: topic.partitions for topic in TOPICS})


def put(cluster: MemoryCluster, title: str) -> None:
    topic, record, _ = titled(title)
    cluster.send([Outgoing(topic, record.key, record.value, record.headers)])


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
            service.around.deadlines.note({place.name: service.around.clock()})
        await fails_and_recovers(service, switch, cluster, "the duty watch/0")
        await eventually(lambda: _written(system, 1))


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
