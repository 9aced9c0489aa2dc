"""Records of topics as they lie there, whatever bytes they are: from an offset on, to the end that there was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.catalogue import TOPIC_BY_NAME
from contracts.topic import Topic
from deploy.topics import TopicsError, administration
from libraries.chassis.kafka import Cluster
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received
from libraries.chassis.servers.any_bytes import as_received, receive_any_bytes

_RECORDS: Final = 1_000
_FETCH_BYTES: Final = 6 << 20
_WAIT_MS: Final = 200


class Extent(NamedTuple):
    """Where a partition's log begins, and the offset that its next record will have."""

    first: int
    end: int


class TopicReader:
    """Reads partitions of the catalogue's topics."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def extents(self, places: Collection[LaneName]) -> dict[LaneName, Extent]:
        """Where each of these partitions begins and ends at the moment."""
        partitions = [TopicPartition(*place) for place in places]
        firsts = await self._consumer.beginning_offsets(partitions)
        ends = await self._consumer.end_offsets(partitions)
        return {LaneName(*each): Extent(firsts[each], ends[each]) for each in partitions}

    async def read(self, extents: Mapping[LaneName, Extent]) -> AsyncIterator[Received]:
        """The records between these offsets: of each partition in its order, between partitions in none."""
        unread = {TopicPartition(*place): extent for place, extent in extents.items() if extent.first < extent.end}
        self._consumer.assign(list(unread))
        for partition, extent in unread.items():
            self._consumer.seek(partition, extent.first)
        while unread:
            polled = await self._consumer.getmany(*unread, timeout_ms=_WAIT_MS, max_records=_RECORDS)
            for partition, records in polled.items():
                for received in records:
                    if received.offset < unread[partition].end:
                        yield received
            # By position and not by the last record: what compaction took, and a transaction's marks, are no records.
            for partition in list(unread):
                if await self._consumer.position(partition) >= unread[partition].end:
                    del unread[partition]
                    # Else each fetch would wait for what may come behind its end.
                    self._consumer.pause(partition)


@asynccontextmanager
async def reader(cluster: Cluster) -> AsyncIterator[TopicReader]:
    """A connection that reads, as part of no group; raises what aiokafka raises where no broker answers."""
    receive_any_bytes()
    consumer = AIOKafkaConsumer(
        **cluster.options,
        enable_auto_commit=False,
        fetch_max_bytes=_FETCH_BYTES,
        key_deserializer=as_received,
    )
    await consumer.start()
    # It waits in its end for a task that it has made: one that never began ends it as if it had been cancelled itself.
    await asyncio.sleep(0)
    try:
        yield TopicReader(consumer)
    finally:
        await consumer.stop()


async def partitions_of(cluster: Cluster, topics: Collection[Topic]) -> list[LaneName]:
    """The partitions that the cluster has of these topics; raises TopicsError where it lacks one of them."""
    async with administration(cluster) as admin:
        counts = {each["topic"]: len(each["partitions"]) for each in await admin.describe_topics()}
    if missing := sorted(topic.name for topic in topics if topic.name not in counts):
        raise TopicsError(f"the cluster has no topic {', '.join(missing)}: `engage topics apply` makes what is missing")
    return [LaneName(topic.name, number) for topic in topics for number in range(counts[topic.name])]


def topic_of_place(place: LaneName) -> Topic:
    """The topic that a partition is of."""
    return TOPIC_BY_NAME[place.topic]
