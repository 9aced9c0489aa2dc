"""Reconciles a restored database with topics that go on behind it, while no service runs.

Forms are read again from where each service stood, so nothing has to be done for them. What our services published
after that moment is passed over by all of them: its transactions are gone and are carried out once more, and what they
publish then is new. Events that a reader had not come to, and whose transactions are in the database, are copied behind
it, under the same ids and numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple
from uuid import UUID

import orjson
from aiokafka import AIOKafkaProducer

from contracts.catalogue import SERVICES, TOPICS
from contracts.topic import Topic
from deploy.restores.memory import Memory
from deploy.restores.positions import read_positions
from deploy.restores.report import Forgotten, Report
from deploy.restores.stopped import check_stopped
from deploy.topic_records import Extent, TopicReader, partitions_of, reader, topic_of_place
from libraries.chassis.kafka import Cluster, connected_producer
from libraries.chassis.operations import begin_lanes_at
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received
from libraries.chassis.store import Connection
from services.notifications.operations import Departed, note_departed

OURS: Final[tuple[Topic, ...]] = tuple(topic for topic in TOPICS if not topic.is_form)
"""The topics that our services write and nobody else does."""

_SENT: Final = b"engage.follow-up.sent.v1"
_ROUND: Final = 500


class Found(NamedTuple):
    """Where the forgotten records of each partition lie, and the mails that they say have left."""

    forgotten: Mapping[LaneName, Extent]
    mails: Sequence[Departed]


async def reconcile(
    connection: Connection,
    cluster: Cluster,
    restored_to: datetime,
    *,
    dry: bool = False,
    keep: Callable[[Report], object] = lambda report: None,
) -> Report:
    """Looks for what the database has forgotten and, unless it is `dry`, lets every service begin behind it.

    `connection` is the operators'. `keep` is given the report before anything is passed over: afterwards nothing says
    any more what was forgotten. Doing it twice changes nothing the second time. Raises SettingsError where a service
    is connected, TopicsError where a topic is missing; raises what asyncpg, aiokafka and `keep` raise.
    """
    await check_stopped(connection)
    positions = await read_positions(connection)
    memory = Memory(positions, restored_to)
    async with reader(cluster) as topics:
        extents = await topics.extents(await partitions_of(cluster, OURS))
        unread = {
            place: Extent(_first_unread(place, positions, extent), extent.end) for place, extent in extents.items()
        }
        found = await _look(topics, unread, memory)
        before = {
            place: Extent(unread[place].first, each.first)
            for place, each in found.forgotten.items()
            if topic_of_place(place).consumers  # what nobody of ours reads, nobody misses
        }
        copied: Counter[LaneName] = Counter()
        if not dry:
            copied = await _copy(cluster, topics, before)
    report = _report(restored_to, found, copied)
    keep(report)
    if not dry:
        await _move_on(connection, found)
    return report


def _report(restored_to: datetime, found: Found, copied: Mapping[LaneName, int]) -> Report:
    spans = [
        Forgotten(topic=place.topic, partition=place.partition, first=each.first, end=each.end, copied=copied[place])
        for place, each in sorted(found.forgotten.items())
    ]
    return Report(restored_to=restored_to, forgotten=tuple(spans), mails=len(found.mails))


def _first_unread(place: LaneName, positions: Mapping[str, Mapping[LaneName, int]], extent: Extent) -> int:
    """The first offset that one of a partition's readers has not come to."""
    reached = [positions[service].get(place, extent.first) for service in topic_of_place(place).consumers]
    return max(extent.first, min(reached, default=extent.first))


async def _look(topics: TopicReader, unread: Mapping[LaneName, Extent], memory: Memory) -> Found:
    forgotten: dict[LaneName, Extent] = {}
    mails: list[Departed] = []
    async for record in topics.read(unread):
        place = record.lane
        if place not in forgotten and not memory.has(record):
            forgotten[place] = Extent(record.offset, unread[place].end)
        if place in forgotten and ("ce_type", _SENT) in record.headers:
            mails.append(_departed(record))
    return Found(forgotten, mails)


def _departed(record: Received) -> Departed:
    said = orjson.loads(record.value or b"{}")
    told_at = datetime.fromtimestamp(record.recorded_seconds, UTC)
    return Departed(UUID(said["follow_up_id"]), said["message_id"], told_at)


async def _copy(cluster: Cluster, topics: TopicReader, extents: Mapping[LaneName, Extent]) -> Counter[LaneName]:
    """Copies records behind the end of their partition, each as it is; returns how many, by partition."""
    producer, copied = await connected_producer(cluster, "engage-restore"), Counter[LaneName]()
    try:
        waiting: list[Received] = []
        async for record in topics.read(extents):
            copied[record.lane] += 1
            waiting.append(record)
            if len(waiting) >= _ROUND:
                await _send(producer, waiting)
                waiting.clear()
        await _send(producer, waiting)
    finally:
        await producer.stop()
    return copied


async def _send(producer: AIOKafkaProducer, records: Sequence[Received]) -> None:
    sent = [
        await producer.send(
            record.topic.name, record.value, record.key, partition=record.partition, headers=list(record.headers)
        )
        for record in records
    ]
    for each in sent:
        await each


async def _move_on(connection: Connection, found: Found) -> None:
    async with connection.transaction():
        # Once more: one that came meanwhile, as what restarts containers does, has read what is passed over.
        await check_stopped(connection)
        for service in SERVICES:
            await connection.execute("SELECT set_config('search_path', $1, true)", service)
            ends = {
                place: extent.end
                for place, extent in found.forgotten.items()
                if service in topic_of_place(place).consumers
            }
            await begin_lanes_at(connection, ends)
        await connection.execute("SELECT set_config('search_path', 'notifications', true)")
        await note_departed(connection, found.mails)
