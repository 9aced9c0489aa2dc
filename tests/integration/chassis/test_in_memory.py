"""The whole chassis on a Kafka in memory: members that come and go, and every effect once."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from contracts.catalogue import TOPICS, topics_read_by
from libraries.chassis.running.running import Running
from libraries.chassis.servers.memory_cluster import MemoryCluster
from libraries.chassis.servers.memory_kafka import MemoryKafka
from libraries.chassis.servers.port import Outgoing
from libraries.chassis.watching.log import configure_logs
from tests.eventually import eventually
from tests.integration.chassis.conftest import System, titled
from tests.integration.chassis.effects import SERVICE

FORMS = "forms.applications.v1"


@pytest.fixture
def cluster() -> MemoryCluster:
    return MemoryCluster({topic.name: topic.partitions for topic in TOPICS})


@asynccontextmanager
async def member(system: System, cluster: MemoryCluster) -> AsyncIterator[Running]:
    kafka = MemoryKafka(cluster, "engage-intake")
    service = Running(SERVICE, system.read(batch_records=20), configure_logs("intake", "error"), kafka=kafka)
    await service.prepare()
    await service.begin()
    try:
        await eventually(lambda: _is(service.membership.assigned_once))
        yield service
    finally:
        await service.stop()
        await service.close()


_LANES = sum(topic.partitions for topic in topics_read_by("intake"))


def put(cluster: MemoryCluster, *titles: str) -> None:
    """Sends forms, each of a key of its own."""
    sendings = [titled(title) for title in titles]
    cluster.send([Outgoing(it.topic, it.record.key, it.record.value, it.record.headers) for it in sendings])


def published(cluster: MemoryCluster) -> Counter[bytes | None]:
    """How often each of our events was sent, by its id."""
    lanes = cluster.lanes(["contacts.v1"])
    records = [record for lane in lanes for record in cluster.read(lane, 0, 10_000)]
    return Counter(dict(record.headers)["ce_id"] for record in records)


async def test_members_come_and_go_and_every_effect_is_there_once(system: System, cluster: MemoryCluster) -> None:
    titles = [f"{part} {number:03}" for part in range(4) for number in range(150)]
    async with member(system, cluster) as first:
        put(cluster, *titles[:150])
        await eventually(lambda: _written(system, 20))
        async with member(system, cluster) as second:
            # The lanes are shared out anew while the first has a backlog.
            put(cluster, *titles[150:300])
            await eventually(lambda: _is(len(first.committer.lanes) == len(second.committer.lanes) == _LANES // 2))
            await eventually(lambda: _written(system, 300))
            put(cluster, *titles[300:450])
        put(cluster, *titles[450:])
        await eventually(lambda: _is(len(first.committer.lanes) == _LANES))
        await eventually(lambda: _written(system, 600))
        await first.relay.drained()
        assert first.health.ready() == []
    assert sorted(await system.titles()) == sorted(titles)
    assert Counter(published(cluster).values()) == {1: 600}
    assert await system.fetch("SELECT * FROM outbox") == [], "whoever left has published all that it committed"


async def test_a_member_that_gets_no_lane_is_well_and_steps_in(system: System) -> None:
    cluster = MemoryCluster({topic.name: 1 for topic in TOPICS})
    async with (
        member(system, cluster) as first,
        member(system, cluster),
        member(system, cluster),
        member(system, cluster) as last,
    ):
        assert last.committer.lanes == {}
        assert last.around.troubles.lasting() == []
        put(cluster, "one")
        await eventually(lambda: _written(system, 1))
        await first.kafka.stop()
        await eventually(lambda: _is(len(last.committer.lanes) == 1))
        put(cluster, "two")
        await eventually(lambda: _written(system, 2))


async def test_a_round_whose_answer_was_lost_is_sent_again_and_told_apart(
    system: System, cluster: MemoryCluster
) -> None:
    async with member(system, cluster) as service:
        cluster.fail_next_send(landed=True)
        # The next round is one of the service's, since this one has landed before.
        with pytest.raises(Exception, match="acknowledgement"):
            put(cluster, "one")
        cluster.fail_next_send(landed=True)
        await eventually(lambda: _written(system, 1))
        await eventually(lambda: _is(sum(published(cluster).values()) == 2))
        await service.relay.drained()
    assert list(published(cluster).values()) == [2], "twice under one id, and under one number of its lane"


async def _is(value: bool) -> bool:
    return value


async def _written(system: System, count: int) -> bool:
    return len(await system.titles()) >= count
