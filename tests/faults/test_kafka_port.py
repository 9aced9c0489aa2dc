"""The port on Apache Kafka: what it does while brokers die, topics grow, and records are refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from contracts.catalogue import TOPIC_BY_NAME
from deploy.local.apache_kafka import ApacheKafka
from libraries.chassis.records.name import LaneName
from libraries.chassis.servers import faststream_kafka
from libraries.chassis.servers.faststream_kafka import FastStreamKafka
from libraries.chassis.servers.port import NotAccepted, NotSent, Outgoing
from tests.eventually import eventually
from tests.integration.kafka.conftest import LANES, OTHER, PACE, TOPIC, Owner, numbered, read, started, values

TOPICS = [TOPIC_BY_NAME[TOPIC], TOPIC_BY_NAME[OTHER]]


@pytest.fixture
def cluster() -> Iterator[ApacheKafka]:
    with ApacheKafka(TOPICS) as kafka:
        yield kafka


@asynccontextmanager
async def administration(cluster: ApacheKafka) -> Any:
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap_servers)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


def member(cluster: ApacheKafka) -> FastStreamKafka:
    return FastStreamKafka(cluster.cluster, "group", PACE)


async def send_persistently(kafka: FastStreamKafka, records: Sequence[Outgoing]) -> int:
    """Sends all, in rounds of fifty, as a relay does; how often a round failed."""
    sent = failures = 0
    while sent < len(records):
        try:
            sent += await kafka.send(records[sent : sent + 50])
        except NotSent:
            failures += 1
            await asyncio.sleep(0.2)
    return failures


async def test_a_broker_that_dies_neither_loses_nor_reorders(cluster: ApacheKafka) -> None:
    async with started(member(cluster)) as kafka:
        assert isinstance(kafka, FastStreamKafka)
        await Owner(kafka).join()
        await kafka.send(numbered(0, 50))
        cluster.kill_broker(1)
        assert await kafka.poll(0.3) is not None
        sending = asyncio.create_task(send_persistently(kafka, numbered(50, 1_000)))
        await asyncio.to_thread(cluster.restart_brokers, 1)
        await sending
        kafka.pause(LANES)
        for lane in LANES:
            kafka.seek(lane, 0)
        kafka.resume(LANES)
        ends = await kafka.bounds(LANES)
        received = await read(kafka, sum(end for _, end in ends.values()))
    first_seen = [list(dict.fromkeys(values(records))) for records in received.values()]
    assert sorted(number for numbers in first_seen for number in numbers) == list(range(1_000))
    assert all(numbers == sorted(numbers) for numbers in first_seen)


async def test_an_owner_is_given_partitions_that_come_later(
    cluster: ApacheKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faststream_kafka, "NOTICE_MS", 300)
    new = LaneName(TOPIC, 4)
    again: list[LaneName] = []
    async with started(member(cluster)) as kafka, administration(cluster) as admin:
        owner = await Owner(kafka).take()
        kafka.pause(LANES[:1])
        await kafka.send(numbered(0, 100))
        flowing = sum(end for _, end in (await kafka.bounds(LANES[1:])).values())
        assert set(await read(kafka, flowing)) == set(LANES[1:])
        await admin.create_partitions({TOPIC: NewPartitions(total_count=5)})

        async def given() -> bool:
            again.extend(await kafka.poll(0.1))
            return new in owner.lanes

        await eventually(given)
        # What was read is not read again, what was paused still is, and all goes on.
        assert not again
        kafka.resume(LANES[:1])
        assert set(await read(kafka, 100 - flowing)) == set(LANES[:1])


async def test_a_record_that_the_broker_refuses_is_found_among_others(cluster: ApacheKafka) -> None:
    async with started(member(cluster)) as kafka, administration(cluster) as admin:
        narrow = ConfigResource(ConfigResourceType.TOPIC, TOPIC, configs={"max.message.bytes": "20000"})
        await admin.alter_configs([narrow])
        records = numbered(0, 40)
        records[17] = Outgoing(TOPIC, b"large", bytes(30_000), [])
        refused: list[bytes] = []
        while records:
            try:
                del records[: await kafka.send(records)]
            except NotAccepted as refusal:
                refused.append(records.pop(refusal.index).key)
            except NotSent:
                pass
        await Owner(kafka).join()
        received = await read(kafka, 39)
    assert refused == [b"large"]
    assert {number for records in received.values() for number in values(records)} == set(range(40)) - {17}
