"""Apache Kafka as it is started here: its topics, its groups, and what a broker's death leaves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from contracts.catalogue import TOPIC_BY_NAME, TOPICS
from deploy.local.apache_kafka import ApacheKafka
from deploy.local.processes import ProcessError
from deploy.topics import TopicsError, create_missing
from tests.eventually import eventually
from tests.integration.test_local_stack import wait_until_gone
from tests.kafka import read_all

TOPIC = "applications.v1"
FEW = [TOPIC_BY_NAME[TOPIC]]
DAY_MS = 24 * 60 * 60 * 1000


@pytest.fixture(scope="module")
def kafka() -> Iterator[ApacheKafka]:
    with ApacheKafka(TOPICS) as cluster:
        yield cluster


def test_a_cluster_starts_whose_id_begins_with_a_hyphen(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = SimpleNamespace(uuid4=lambda: UUID(bytes=b"\xf8" + bytes(15)))
    monkeypatch.setattr("deploy.local.apache_kafka.cluster.uuid", drawn)
    with ApacheKafka(TOPICS) as cluster:
        assert cluster.bootstrap_servers


@asynccontextmanager
async def administration(kafka: ApacheKafka) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def described(kafka: ApacheKafka) -> dict[str, Sequence[Any]]:
    async with administration(kafka) as admin:
        return {topic["topic"]: topic["partitions"] for topic in await admin.describe_topics()}


async def configured(kafka: ApacheKafka, name: str) -> dict[str, str]:
    async with administration(kafka) as admin:
        answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    return {entry[0]: entry[1] for entry in answers[0].resources[0][4]}


async def produce(kafka: ApacheKafka, values: Sequence[bytes]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, enable_idempotence=True, acks="all")
    await producer.start()
    try:
        for future in [await producer.send(TOPIC, value, key=value) for value in values]:
            await future
    finally:
        await producer.stop()


async def values_in(kafka: ApacheKafka) -> list[bytes]:
    return sorted(record.value or b"" for record in await read_all(kafka.bootstrap_servers, TOPIC))


def numbered(first: int, last: int) -> list[bytes]:
    return [b"%04d" % number for number in range(first, last)]


async def test_topics_are_those_of_the_catalogue(kafka: ApacheKafka) -> None:
    partitions = {name: len(found) for name, found in (await described(kafka)).items()}
    assert {topic.name: topic.partitions for topic in TOPICS} == {
        name: count for name, count in partitions.items() if name in TOPIC_BY_NAME
    }
    for topic in TOPICS:
        settings = await configured(kafka, topic.name)
        assert settings["cleanup.policy"] == ("compact" if topic.compacted else "delete"), topic.name
        kept = -1 if topic.retention_days is None else topic.retention_days * DAY_MS
        assert settings["retention.ms"] == str(kept), topic.name


async def test_nothing_is_created_that_is_there(kafka: ApacheKafka) -> None:
    assert await create_missing(kafka.cluster, 1) == []


async def test_a_refused_topic_is_told_with_kafkas_reason(kafka: ApacheKafka) -> None:
    other = [replace(TOPIC_BY_NAME[TOPIC], name="other.v1")]
    with pytest.raises(TopicsError, match=r"create topics: other\.v1: .*replication factor"):
        await create_missing(kafka.cluster, 3, other)


async def test_emptied_topics_begin_again_at_zero(kafka: ApacheKafka) -> None:
    await produce(kafka, numbered(0, 20))
    assert await values_in(kafka) == numbered(0, 20)
    kafka.empty_topics()
    assert await values_in(kafka) == []
    await produce(kafka, numbered(0, 5))
    records = await read_all(kafka.bootstrap_servers, TOPIC)
    assert {record.offset for record in records if record.partition == records[0].partition} >= {0}


async def test_members_of_a_group_share_the_partitions_and_take_over(kafka: ApacheKafka) -> None:
    async with member(kafka) as first:
        await eventually(lambda: shared(first, into=[4]))
        async with member(kafka) as second:
            await eventually(lambda: shared(first, second, into=[2, 2]))
            assert not first.assignment() & second.assignment()
        await eventually(lambda: shared(first, into=[4]))


@asynccontextmanager
async def member(kafka: ApacheKafka) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        TOPIC,
        bootstrap_servers=kafka.bootstrap_servers,
        group_id="sharing",
        session_timeout_ms=2000,
        heartbeat_interval_ms=300,
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def shared(*members: AIOKafkaConsumer, into: list[int]) -> bool:
    return sorted(len(one.assignment()) for one in members) == into


async def test_a_killed_broker_goes_on_with_what_it_acknowledged(kafka: ApacheKafka) -> None:
    kafka.empty_topics()
    servers, process_ids = kafka.bootstrap_servers, kafka.process_ids
    await produce(kafka, numbered(0, 500))
    kafka.kill_broker(1)
    assert kafka.process_ids == ()
    wait_until_gone(*process_ids)
    kafka.restart_brokers(1)
    assert kafka.bootstrap_servers == servers
    assert await values_in(kafka) == numbered(0, 500)
    await produce(kafka, numbered(500, 600))
    assert await values_in(kafka) == numbered(0, 600)
    with pytest.raises(ProcessError, match="runs already"):
        kafka.restart_brokers(1)


async def test_any_one_of_three_brokers_may_die() -> None:
    with ApacheKafka(FEW, brokers=3, partitions=3) as cluster:
        partitions = (await described(cluster))[TOPIC]
        assert [len(partition["replicas"]) for partition in partitions] == [3, 3, 3]
        await produce(cluster, numbered(0, 100))
        for number in (1, 2):
            cluster.kill_broker(number)
            assert len(cluster.process_ids) == 2
            await produce(cluster, numbered(100 * number, 100 * number + 100))
            cluster.restart_brokers(number)
            await eventually(lambda: in_sync(cluster))
        assert await values_in(cluster) == numbered(0, 300)


async def in_sync(cluster: ApacheKafka) -> bool:
    """Whether every replica has caught up, so that the next broker may die."""
    return all(len(partition["isr"]) == 3 for partition in (await described(cluster))[TOPIC])


def test_nothing_is_left_of_a_stopped_cluster(kafka: ApacheKafka) -> None:
    cluster = ApacheKafka(FEW)
    with cluster:
        (process_id,) = cluster.process_ids
        command = Path(f"/proc/{process_id}/cmdline").read_text().split("\0")
        directory = Path(next(part for part in command if part.endswith("server.properties"))).parent
        assert directory.is_dir()
        with pytest.raises(ProcessError, match="runs already"):
            cluster.start()
        with pytest.raises(LookupError, match="no broker 2"):
            cluster.kill_broker(2)
    wait_until_gone(process_id)
    assert not directory.exists()
    assert cluster.process_ids == ()
    with pytest.raises(ProcessError, match="does not run"):
        _ = cluster.bootstrap_servers
    assert len(kafka.process_ids) == 1, "the other cluster goes on"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_brokers_do_not_outlive_a_killed_parent() -> None:
    code = (
        "import time\n"
        "from deploy.local.apache_kafka import ApacheKafka\n"
        "print(*ApacheKafka([]).start().process_ids, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        process_ids = [int(process_id) for process_id in parent.stdout.readline().split()]
        parent.kill()
    assert len(process_ids) == 1
    wait_until_gone(*process_ids)
