"""Clusters on which the port is tried, and their members."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

import pytest

from contracts.catalogue import TOPICS
from contracts.partitions import partition_of
from libraries.chassis.kafka import Cluster
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received
from libraries.chassis.servers.faststream_kafka import FastStreamKafka
from libraries.chassis.servers.memory_cluster import MemoryCluster
from libraries.chassis.servers.memory_kafka import MemoryKafka
from libraries.chassis.servers.pace import Pace
from libraries.chassis.servers.port import Kafka, Listener, Outgoing

TOPIC = "applications.v1"
OTHER = "needs.v1"
LANES = [LaneName(TOPIC, number) for number in range(4)]
PACE = Pace(session_timeout_ms=6_000, stop_ms=3_000)


class Bed(Protocol):
    """A cluster in which every topic of the catalogue is empty."""

    def kafka(self, group: str = "group") -> Kafka:
        """A member that has not started."""

    def unreachable(self) -> Kafka:
        """A member whose cluster is away."""


@dataclass
class MemoryBed:
    cluster: MemoryCluster = field(
        default_factory=lambda: MemoryCluster({topic.name: topic.partitions for topic in TOPICS})
    )

    def kafka(self, group: str = "group") -> Kafka:
        return MemoryKafka(self.cluster, group)

    def unreachable(self) -> Kafka:
        self.cluster.go_away()
        return self.kafka()


@dataclass
class BrokerBed:
    bootstrap_servers: str

    def kafka(self, group: str = "group") -> Kafka:
        return FastStreamKafka(Cluster(self.bootstrap_servers), group, PACE)

    def unreachable(self) -> Kafka:
        return FastStreamKafka(Cluster("127.0.0.1:1"), "group", PACE)


@pytest.fixture(params=["memory", "broker"])
def bed(request: pytest.FixtureRequest) -> Bed:
    return MemoryBed() if request.param == "memory" else BrokerBed(request.getfixturevalue("bootstrap_servers"))


# The embedded broker serves one member a group.
_GROUPED = ["memory", "broker"] if os.environ.get("ENGAGE_TEST_KAFKA") == "apache" else ["memory"]


@pytest.fixture(params=_GROUPED)
def group_bed(request: pytest.FixtureRequest) -> Bed:
    """A cluster whose groups may have several members."""
    return MemoryBed() if request.param == "memory" else BrokerBed(request.getfixturevalue("bootstrap_servers"))


@pytest.fixture
def members(bed: Bed) -> Started:
    return lambda group="group": started(bed.kafka(group))


Started = Callable[..., AbstractAsyncContextManager[Kafka]]


@asynccontextmanager
async def started(kafka: Kafka) -> AsyncIterator[Kafka]:
    await kafka.start()
    try:
        yield kafka
    finally:
        await kafka.stop()


@dataclass
class Owner:
    """Who listens: it seeks what it is given to `begin`, if that is set, and resumes it."""

    kafka: Kafka
    begin: int | None = 0
    resumes: bool = True
    opened: Callable[[], Awaitable[object]] | None = None
    lanes: set[LaneName] = field(default_factory=set)
    assigned: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def listener(self) -> Listener:
        return Listener(self._assigned, self._revoked)

    async def _assigned(self, lanes: Sequence[LaneName]) -> None:
        self.lanes.update(lanes)
        for lane in lanes:
            if self.begin is not None:
                self.kafka.seek(lane, self.begin)
        if self.resumes:
            self.kafka.resume(lanes)
        if self.opened is not None:
            await self.opened()
        self.assigned.set()

    async def _revoked(self, lanes: Sequence[LaneName]) -> None:
        self.lanes.difference_update(lanes)

    async def join(self, *topics: str) -> Owner:
        await self.kafka.join(topics or [TOPIC], self.listener)
        await self.assigned.wait()
        return self

    async def take(self, *topics: str) -> Owner:
        await self.kafka.take(topics or [TOPIC], self.listener)
        await self.assigned.wait()
        return self


async def read(kafka: Kafka, count: int, within: float = 20.0) -> Mapping[LaneName, Sequence[Received]]:
    """The next so many records at least, by lane."""
    records: dict[LaneName, list[Received]] = {}
    async with asyncio.timeout(within):
        while sum(map(len, records.values())) < count:
            for lane, polled in (await kafka.poll(0.5)).items():
                records.setdefault(lane, []).extend(polled)
    return records


async def send_all(kafka: Kafka, records: Sequence[Outgoing]) -> None:
    sent = 0
    while sent < len(records):
        sent += await kafka.send(records[sent:])


def numbered(first: int, last: int, keys: int = 20, topic: str = TOPIC) -> list[Outgoing]:
    """Records whose values are numbers, of so many aggregates in turn."""
    return [
        Outgoing(topic, b"aggregate-%d" % (number % keys), b"%d" % number, [("name", b"value")])
        for number in range(first, last)
    ]


def to_lane(lane: LaneName, count: int, size: int = 1) -> list[Outgoing]:
    """So many records of one key of a lane, whose values are numbers of at least `size` bytes."""
    key = next(b"%d" % n for n in range(1_000) if partition_of(b"%d" % n, 4) == lane.partition)
    return [Outgoing(lane.topic, key, b"%0*d" % (size, number), []) for number in range(count)]


def values(records: Sequence[Received]) -> list[int]:
    return [int(record.value or b"-1") for record in records]
