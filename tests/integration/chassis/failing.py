"""The small service on a cluster in memory, with parts that fail for as long as a test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

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
from tests.integration.chassis.effects import EffectStore


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
        self.polls, self.rounds, self.silence = Switch(), Switch(), Switch()

    async def ask(self) -> None:
        if self.silence.is_on:
            await asyncio.Event().wait()

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


def put(cluster: MemoryCluster, title: str) -> None:
    """Sends a form with a title."""
    topic, record, _ = titled(title)
    cluster.send([Outgoing(topic, record.key, record.value, record.headers)])


async def _is(value: bool) -> bool:
    return value
