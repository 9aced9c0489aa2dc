"""Every topic from its beginning: keys, headers and values, whatever bytes they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.topic import Topic
from deploy.privacy.tally import Place, Tally
from deploy.privacy.wanted import Wanted, found_in_bytes
from deploy.topics import SEGMENT_DAYS, administration
from libraries.chassis.kafka import Cluster
from libraries.chassis.records.received import Received
from libraries.chassis.servers.any_bytes import as_received, receive_any_bytes

_RECORDS: Final = 1_000
_FETCH_BYTES: Final = 6 << 20
_PARTITION_BYTES: Final = 512 << 10
_WAIT_MS: Final = 200


async def read_topics(
    cluster: Cluster,
    names: Iterable[str],
    tell: Callable[[str], None],
    *visit: Callable[[Sequence[Received]], None],
) -> int:
    """Gives every record of these topics to all who visit, a poll at a time; how many of the topics the cluster has.

    Reads to the end that each partition has when its topic's turn comes.
    """
    partitions = await _partitions(cluster, names)
    receive_any_bytes()
    consumer = AIOKafkaConsumer(
        **cluster.options,
        enable_auto_commit=False,
        fetch_max_bytes=_FETCH_BYTES,
        max_partition_fetch_bytes=_PARTITION_BYTES,
        # What a transaction took back lies there all the same.
        isolation_level="read_uncommitted",
        auto_offset_reset="earliest",
        key_deserializer=as_received,
    )
    await consumer.start()
    try:
        for topic, present in partitions.items():
            tell(topic)
            await _read(consumer, present, visit)
    finally:
        await consumer.stop()
    return len(partitions)


async def _partitions(cluster: Cluster, names: Iterable[str]) -> Mapping[str, Sequence[TopicPartition]]:
    async with administration(cluster) as admin:
        described = {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics()}
    return {
        name: [TopicPartition(name, number) for number in range(described[name])] for name in names if name in described
    }


async def _read(
    consumer: AIOKafkaConsumer,
    partitions: Sequence[TopicPartition],
    visit: Iterable[Callable[[Sequence[Received]], None]],
) -> None:
    consumer.assign(partitions)
    ends = await consumer.end_offsets(partitions)
    begins = await consumer.beginning_offsets(partitions)
    for partition in partitions:
        consumer.seek(partition, begins[partition])
    unread = [partition for partition in partitions if begins[partition] < ends[partition]]
    while unread:
        polled = await consumer.getmany(*unread, timeout_ms=_WAIT_MS, max_records=_RECORDS)
        for received in polled.values():
            for take in visit:
                take(received)
        # By position and not by the last record: what compaction took, and a transaction's marks, are no records.
        unread = [partition for partition in unread if await consumer.position(partition) < ends[partition]]


def search_records(records: Iterable[Received], wanted: Sequence[Wanted], tally: Tally) -> None:
    """Looks for all that is wanted in each record's key, headers and value."""
    for record in records:
        tally.looked_at["records"] += 1
        if record.violation is not None:
            tally.looked_at["unreadable"] += 1
        headers = b"\0".join(name.encode(errors="replace") + b"=" + (value or b"") for name, value in record.headers)
        key = "key of a tombstone" if record.value is None else "key"
        for part, data in ((key, record.key or b""), ("headers", headers), ("value", record.value or b"")):
            if data and (found := found_in_bytes(data, wanted)):
                tally.add(found, Place(record.topic.name, part, is_topic=True), record.recorded_at)


def gone_by(topic: Topic, written: datetime) -> datetime | None:
    """When Kafka has removed what was written then, at the latest; None for a topic that is kept for ever.

    Of a compacted topic: what a later record of its key, or a tombstone, has replaced.
    """
    if topic.compacted_within_days is not None:
        return written + timedelta(days=topic.compacted_within_days)
    return None if topic.retention_days is None else written + timedelta(days=topic.retention_days + SEGMENT_DAYS)
