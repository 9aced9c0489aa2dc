"""Records on another partition than their key's: refused, so that a service built anew says all under its numbers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from contracts.codec import decode
from contracts.event import Event
from contracts.message import EventData
from contracts.refusals import FormRefused
from libraries.chassis.records.name import LaneName
from libraries.chassis.running.running import Running
from libraries.chassis.servers.memory_cluster import MemoryCluster, Stored
from libraries.chassis.servers.memory_kafka import MemoryKafka
from libraries.chassis.watching import metrics
from libraries.chassis.watching.log import configure_logs
from tests.eventually import eventually
from tests.integration.chassis.conftest import System, titled
from tests.integration.chassis.effects import SERVICE

FORMS = "forms.applications.v1"


@asynccontextmanager
async def running(system: System, cluster: MemoryCluster) -> AsyncIterator[None]:
    """The small service, until the block ends and all that it has to say is said."""
    kafka = MemoryKafka(cluster, "engage-intake")
    service = Running(SERVICE, system.read(), configure_logs("intake", "critical"), kafka=kafka)
    await service.prepare()
    await service.begin()
    try:
        yield
        await service.relay.drained()
    finally:
        await service.stop()
        await service.close()


def put(cluster: MemoryCluster, partition: int, *titles: str, on: int) -> None:
    """Puts forms whose keys belong `on` one partition there, or on another."""
    records = [titled(title, name=title, on=on).record for title in titles]
    stored = [Stored(0, it.key, it.value, tuple(it.headers)) for it in records]
    cluster.append(LaneName(FORMS, partition), stored)


def said(cluster: MemoryCluster, topic: str) -> list[Event[EventData]]:
    found = [it for lane in cluster.lanes([topic]) for it in cluster.read(lane, 0, 1_000)]
    events = [decode(it.topic, it.key, it.value, it.headers) for it in found]
    return [event for event in events if isinstance(event, Event)]


async def test_one_is_refused_in_public_with_the_partition_that_is_right(system: System) -> None:
    cluster = MemoryCluster(dict.fromkeys(_TOPICS, 4))
    refused = metrics.DEAD_LETTERS.labels(FORMS, "astray")
    before = refused._value.get()
    put(cluster, 0, "astray", on=3)
    put(cluster, 3, "in its place", on=3)
    async with running(system, cluster):
        await eventually(lambda: _held(system, 1))
        await eventually(lambda: _written(system, 1))
    assert await system.titles() == ["in its place"]
    assert await system.held() == {"dead": ["astray"]}
    assert refused._value.get() == before + 1
    [event] = said(cluster, "refusals.v1")
    assert isinstance(event.data, FormRefused)
    assert (event.data.reason, event.data.partition) == ("astray", 0)
    assert [(it.field, it.expected[:9]) for it in event.data.problems] == [("partition", "must be 3")]


@pytest.mark.parametrize("belongs_on", [0, 1])
@pytest.mark.parametrize("first", [0, 1])
async def test_what_lies_on_two_partitions_has_one_number_also_where_the_service_is_built_anew(
    system: System, belongs_on: int, first: int
) -> None:
    cluster = MemoryCluster(dict.fromkeys(_TOPICS, 4))
    # One after the other, so that the first is read first; built anew the service finds both.
    async with running(system, cluster):
        for partition in (first, 1 - first):
            put(cluster, partition, "twice", "once" if partition == belongs_on else "astray", on=belongs_on)
            await eventually(lambda: _done(system, partition))  # noqa: B023
    await system.fetch("TRUNCATE lane, inbox, outbox, held_record, effect")
    async with running(system, cluster):
        await eventually(lambda: _done(system, 0))
        await eventually(lambda: _done(system, 1))
    numbers: dict[str, set[str | None]] = {}
    for event in said(cluster, "contacts.v1"):
        numbers.setdefault(event.id, set()).add(event.sequence)
    assert {len(each) for each in numbers.values()} == {1}, "readers pass over a number, and not over an id"
    assert len(numbers) == 2
    assert await system.titles() == ["twice", "once"]


async def test_a_topic_that_has_grown_has_its_keys_where_they_belong_from_then_on(system: System) -> None:
    cluster = MemoryCluster(dict.fromkeys(_TOPICS, 2))
    async with running(system, cluster):
        cluster.grow(FORMS, 4)
        put(cluster, 3, "on a new one", on=3)
        put(cluster, 1, "on an old one", on=1)
        await eventually(lambda: _written(system, 2))
    assert await system.held() == {}


async def test_an_operator_may_take_one_as_it_is(system: System) -> None:
    cluster = MemoryCluster(dict.fromkeys(_TOPICS, 4))
    put(cluster, 0, "astray", on=3)
    async with running(system, cluster):
        await eventually(lambda: _held(system, 1))
        await system.fetch("UPDATE held_record SET requested = 'replay'")
        await eventually(lambda: _written(system, 1))
    assert await system.titles() == ["astray"]


_TOPICS = (FORMS, "forms.erasures.v1", "erasures.v1", "contacts.v1", "refusals.v1", "intake.dead-letters.v1")


async def _written(system: System, count: int) -> bool:
    return len(await system.titles()) >= count


async def _held(system: System, count: int) -> bool:
    return len(await system.fetch("SELECT FROM held_record WHERE resolved_at IS NULL")) >= count


async def _done(system: System, partition: int) -> bool:
    """Whether both records of a partition are dealt with."""
    rows = await system.fetch("SELECT next_offset FROM lane WHERE topic = $1 AND partition = $2", FORMS, partition)
    return bool(rows and rows[0]["next_offset"] >= 2)
