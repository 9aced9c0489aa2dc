"""A form's and a subscriber's side of Kafka, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.produce import ProduceRequest

from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import Record, decode
from contracts.event import Event, Tombstone
from contracts.message import EventData
from contracts.partitions import partition_of
from tests.eventually import eventually

_NOT_LEADER = 6


class Sending(NamedTuple):
    """A record and the topic it goes to."""

    topic: str
    record: Record
    partition: int | None = None


async def send(bootstrap_servers: str, sendings: Sequence[Sending]) -> None:
    """Sends records in their order, each to its key's partition unless it names another."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap_servers, acks="all", linger_ms=5)
    await producer.start()
    try:
        futures = []
        for topic, record, partition in sendings:
            count = len(await producer.partitions_for(topic))
            place = partition_of(record.key or b"", count) if partition is None else partition
            futures.append(
                await producer.send(topic, key=record.key, value=record.value, headers=record.headers, partition=place)
            )
        for future in futures:
            await future
    finally:
        await producer.stop()


async def read_all(bootstrap_servers: str, topic: str) -> list[ConsumerRecord[bytes, bytes]]:
    """Every record of a topic from zero to its present end, partition by partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap_servers, fetch_max_wait_ms=10)
    await consumer.start()
    try:
        count = len(await _partitions(consumer, topic))
        partitions = [TopicPartition(topic, number) for number in range(count)]
        ends = await consumer.end_offsets(partitions)
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        records: list[ConsumerRecord[bytes, bytes]] = []
        unread = [partition for partition in partitions if ends[partition]]
        while unread:
            for batch in (await consumer.getmany(timeout_ms=50)).values():
                records.extend(batch)
            unread = [partition for partition in unread if await consumer.position(partition) < ends[partition]]
        return sorted(records, key=lambda record: (record.partition, record.offset))
    finally:
        await consumer.stop()


async def send_batch(client: AIOKafkaClient, place: TopicPartition, data: bytes) -> bool:
    """Sends a batch of records as it is; whether the broker took it."""
    code = 0

    async def answered() -> bool:
        nonlocal code
        leader = client.cluster.leader_for_partition(place)
        request = ProduceRequest(None, 1, 30_000, [(place.topic, [(place.partition, data)])])
        [(_, [(_, code, *_)])] = (await client.send(leader, request)).topics
        if code == _NOT_LEADER:  # of a topic that was just made, not all brokers know yet
            await client.force_metadata_update()
        return bool(code != _NOT_LEADER)

    await eventually(answered)
    return bool(code == 0)


async def read_events(bootstrap_servers: str, topic: str) -> list[Event[EventData] | Tombstone]:
    """Every event of a topic, duplicates included, each checked against its contract."""
    return [
        decode(TOPIC_BY_NAME[topic], record.key, record.value, record.headers)
        for record in await read_all(bootstrap_servers, topic)
    ]


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    # Metadata of a topic is fetched when it is first asked for.
    await consumer._client.force_metadata_update()
    await consumer._client.add_topic(topic)
    return consumer.partitions_for_topic(topic) or set()
