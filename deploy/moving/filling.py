"""Fills empty partitions so that each ends at the offset that it is to end at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Final, NamedTuple

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import RecordsToDelete

from contracts.catalogue import TOPIC_BY_NAME, TOPICS
from deploy.moving.record_files import Kept
from deploy.topic_plan import deletable
from deploy.topic_records import partitions_of, reader
from deploy.topics import TopicsError, administration
from libraries.chassis.kafka import Cluster, connected_producer
from libraries.chassis.records.name import LaneName

_ROUND: Final = 1_000
_BATCH_BYTES: Final = 900_000
_PATIENCE_MS: Final = 30_000
_FILLER_KEY: Final = b"-"
"""Compacted topics take no record without a key."""


class Filling(NamedTuple):
    """What a partition is to hold: so many records, as the last ones before the offset `end`."""

    place: LaneName
    end: int
    size: int
    records: Callable[[], AsyncIterator[Kept]]

    @property
    def first(self) -> int:
        """The offset of the first of them."""
        return self.end - self.size


async def check_empty(cluster: Cluster) -> None:
    """Raises TopicsError where a partition has ever had a record, or a topic is missing."""
    async with reader(cluster) as topics:
        extents = await topics.extents(await partitions_of(cluster, TOPICS))
    if used := sorted({place.topic for place, extent in extents.items() if extent.end}):
        raise TopicsError(
            f"{', '.join(used)}: not empty, and only new topics are filled; those that were filled in part, delete "
            "with Kafka's own tools, and make anew with `engage topics apply`"
        )


async def fill(cluster: Cluster, fillings: Sequence[Filling]) -> None:
    """Fills empty partitions; raises TopicsError where Kafka refuses, and what aiokafka raises.

    What was gone before, by retention or compaction, is made up for in front of what is left, and deleted again. So no
    offset is less than it was, and numbers that derive from offsets go on growing.
    """
    async with deletable(cluster, [TOPIC_BY_NAME[each.place.topic] for each in fillings]):
        producer = await connected_producer(cluster, "engage-filling", max_batch_size=_BATCH_BYTES)
        try:
            for each in fillings:
                await _fill_up(producer, each.place, each.first)
                await _send(producer, each)
        finally:
            await producer.stop()
        await _delete(cluster, {each.place: each.first for each in fillings if each.first})


async def _fill_up(producer: AIOKafkaProducer, place: LaneName, count: int) -> None:
    """Sends so many empty records, as many at a time as go in a batch."""
    while count > 0:
        batch = producer.create_batch()
        while count > 0 and batch.append(key=_FILLER_KEY, value=None, timestamp=None) is not None:
            count -= 1
        await (await producer.send_batch(batch, place.topic, partition=place.partition))


async def _send(producer: AIOKafkaProducer, filling: Filling) -> None:
    topic, partition = filling.place
    sent = []
    async for record in filling.records():
        at = record.timestamp if record.timestamp >= 0 else None
        sent.append(
            await producer.send(
                topic, record.value, record.key, partition=partition, timestamp_ms=at, headers=record.headers
            )
        )
        if len(sent) >= _ROUND:
            for each in sent:
                await each
            sent.clear()
    for each in sent:
        await each


async def _delete(cluster: Cluster, before: Mapping[LaneName, int]) -> None:
    if before:
        wanted = {TopicPartition(*place): RecordsToDelete(offset) for place, offset in before.items()}
        async with administration(cluster) as admin:
            await admin.delete_records(wanted, timeout_ms=_PATIENCE_MS)
