"""What only a cluster in memory can be told to do: to fail, to grow, to forget."""

from __future__ import annotations

import pytest

from libraries.chassis.records.name import LaneName
from libraries.chassis.servers.memory_cluster import MemoryCluster, Stored
from libraries.chassis.servers.memory_kafka import MemoryKafka
from libraries.chassis.servers.port import Bounds, NotPolled, NotSent
from tests.eventually import eventually
from tests.integration.kafka.conftest import LANES, TOPIC, Owner, numbered, read, started, to_lane, values


@pytest.fixture
def cluster() -> MemoryCluster:
    return MemoryCluster({TOPIC: 4}, now_ms=lambda: 1_700_000_000_000)


@pytest.mark.parametrize("landed", [True, False])
async def test_a_round_that_fails_is_there_whole_or_not_at_all(cluster: MemoryCluster, landed: bool) -> None:
    async with started(MemoryKafka(cluster, "group")) as kafka:
        await Owner(kafka).join()
        cluster.fail_next_send(landed=landed)
        with pytest.raises(NotSent):
            await kafka.send(numbered(0, 30))
        assert await kafka.send(numbered(0, 30)) == 30
        received = await read(kafka, 60 if landed else 30)
    assert sum(len(records) for records in received.values()) == (60 if landed else 30)
    for records in received.values():
        first, again = values(records)[: len(records) // 2], values(records)[len(records) // 2 :]
        assert first == again if landed else values(records) == sorted(values(records))


async def test_nothing_goes_or_comes_while_the_cluster_is_away(cluster: MemoryCluster) -> None:
    async with started(MemoryKafka(cluster, "group")) as kafka:
        await Owner(kafka).join()
        await kafka.send(to_lane(LANES[0], 2))
        cluster.go_away()
        assert await kafka.poll(0.05) == {}
        with pytest.raises(NotSent):
            await kafka.send(to_lane(LANES[0], 2))
        with pytest.raises(NotSent):
            await kafka.partitions(TOPIC)
        with pytest.raises(NotPolled):
            await kafka.bounds(LANES)
        await kafka.commit({LANES[0]: 2})
        cluster.come_back()
        assert values((await read(kafka, 2))[LANES[0]]) == [0, 1]
    async with started(MemoryKafka(cluster, "group")) as successor:
        await Owner(successor, begin=None).take()
        assert values((await read(successor, 2))[LANES[0]]) == [0, 1]


async def test_what_is_forgotten_is_stepped_over(cluster: MemoryCluster) -> None:
    async with started(MemoryKafka(cluster, "group")) as kafka:
        await Owner(kafka).join()
        await kafka.send(to_lane(LANES[0], 5))
        cluster.drop(LANES[0], before=3)
        assert await kafka.bounds(LANES[:1]) == {LANES[0]: Bounds(3, 5)}
        assert [record.offset for record in (await read(kafka, 2))[LANES[0]]] == [3, 4]


async def test_strangers_may_send_anything_anywhere(cluster: MemoryCluster) -> None:
    stranger = Stored(-1, None, b"\xff", (("name", None),))
    async with started(MemoryKafka(cluster, "group")) as kafka:
        await Owner(kafka).join()
        cluster.append(LANES[3], [stranger])
        ((received,),) = (await read(kafka, 1)).values()
    assert (received.timestamp, received.key, received.value, received.headers) == stranger
    assert (received.partition, received.offset) == (3, 0)


@pytest.mark.parametrize("takes", [True, False])
async def test_new_partitions_are_noticed(cluster: MemoryCluster, takes: bool) -> None:
    new = LaneName(TOPIC, 4)
    async with started(MemoryKafka(cluster, "group")) as kafka:
        owner = Owner(kafka)
        await (owner.take() if takes else owner.join())
        await kafka.send(to_lane(LANES[0], 3))
        assert len((await read(kafka, 3))[LANES[0]]) == 3
        cluster.grow(TOPIC, 5)
        await eventually(lambda: given(owner, new))
        cluster.append(new, [Stored(0, b"key", b"7", ())])
        kafka.seek(LANES[0], 2)
        received = await read(kafka, 2)
    assert values(received[new]) == [7]


async def given(owner: Owner, lane: LaneName) -> bool:
    return lane in owner.lanes


async def test_a_long_lane_holds_up_no_other(cluster: MemoryCluster) -> None:
    async with started(MemoryKafka(cluster, "group")) as kafka:
        await Owner(kafka).join()
        cluster.append(LANES[0], [Stored(0, b"key", b"%d" % number, ()) for number in range(5_000)])
        cluster.append(LANES[1], [Stored(0, b"key", b"1", ())])
        assert set(await kafka.poll(1.0)) | set(await kafka.poll(1.0)) == set(LANES[:2])
