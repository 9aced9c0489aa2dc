"""Topics as the catalogue has them, made on a Kafka cluster."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code
from aiokafka.protocol.metadata import MetadataRequest

from contracts.catalogue import TOPICS
from contracts.topic import Topic
from libraries.chassis.kafka import Cluster

_DAY_MS: Final = 24 * 60 * 60 * 1000
SEGMENT_DAYS: Final = 1
"""Kafka removes whole segments: so long after its retention a record is there still, whatever comes behind it."""

_PATIENCE_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.02


class TopicsError(RuntimeError):
    """Kafka refused to make or to delete topics; names each with its reason."""


async def create_missing(cluster: Cluster, replication: int, topics: Iterable[Topic] = TOPICS) -> list[str]:
    """Creates those topics that the cluster lacks; returns their names once every broker serves them.

    Raises TopicsError where Kafka refuses one; the others are made all the same.
    """
    async with administration(cluster) as admin:
        present = set(await admin.list_topics())
        missing = {topic.name: topic for topic in topics if topic.name not in present}
        if not missing:
            return []
        answer = await admin.create_topics([_new(topic, replication) for topic in missing.values()])
    # Somebody else may have made one meanwhile.
    refusals = {name: (code, message) for name, code, message in answer.topic_errors}
    created = _accepted("create", refusals, TopicAlreadyExistsError.errno)
    await _until_served(cluster, {name: missing[name].partitions for name in created})
    return created


async def delete_present(cluster: Cluster, names: Iterable[str]) -> list[str]:
    """Deletes those of the named topics that the cluster has, with their records and what groups committed on them.

    Returns their names once no broker serves them. Raises TopicsError where Kafka refuses one.
    """
    async with administration(cluster) as admin:
        answer = await admin.delete_topics(list(names))
    refusals = {name: (code, None) for name, code in answer.topic_error_codes}
    deleted = _accepted("delete", refusals, UnknownTopicOrPartitionError.errno)
    await _until_served(cluster, dict.fromkeys(deleted, 0))
    return deleted


@asynccontextmanager
async def administration(cluster: Cluster) -> AsyncIterator[AIOKafkaAdminClient]:
    """A connection that may look at topics and change them."""
    admin = AIOKafkaAdminClient(**cluster.options)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


def _accepted(action: str, answers: Mapping[str, tuple[int, str | None]], needless: int) -> list[str]:
    # aiokafka gives Kafka's answer as it is and raises nothing.
    refusals = [
        f"{name}: {message or for_code(code).__name__}"
        for name, (code, message) in answers.items()
        if code not in (0, needless)
    ]
    if refusals:
        raise TopicsError(f"Kafka refused to {action} topics: {'; '.join(refusals)}")
    return [name for name, (code, _) in answers.items() if code == 0]


async def _until_served(cluster: Cluster, partitions: Mapping[str, int]) -> None:
    """Waits until every broker knows a leader for so many partitions of each topic; zero when it is gone."""
    # Brokers hear of a change one after the other, and a consumer that asks too early looks again only after
    # minutes.
    client = AIOKafkaClient(**cluster.options)
    await client.bootstrap()
    try:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while waiting := await _otherwise_served(client, partitions):
            if time.monotonic() > deadline:
                raise TopicsError(f"after {_PATIENCE_SECONDS:g} s brokers disagree about {', '.join(sorted(waiting))}")
            await asyncio.sleep(_POLL_SECONDS)
    finally:
        await client.close()


async def _otherwise_served(client: AIOKafkaClient, partitions: Mapping[str, int]) -> set[str]:
    differing: set[str] = set()
    for broker in client.cluster.brokers():
        try:
            answer = await client.send(broker.nodeId, MetadataRequest(None))
        except KafkaError:
            continue  # it died: nobody else can ask it either
        led = {
            topic["topic"]: sum(partition["leader"] >= 0 for partition in topic["partitions"])
            for topic in answer.to_object()["topics"]
        }
        differing |= {name for name, wanted in partitions.items() if led.get(name, 0) != wanted}
    return differing


def configuration(topic: Topic, replication: int) -> dict[str, str]:
    """What Kafka must be told of a topic, beside its partitions and replicas."""
    retention = -1 if topic.retention_days is None else topic.retention_days * _DAY_MS
    segments = {} if topic.retention_days is None else {"segment.ms": str(SEGMENT_DAYS * _DAY_MS)}
    compaction = {} if topic.compacted_within_days is None else _compacted_within(topic.compacted_within_days)
    return {
        "cleanup.policy": "compact" if topic.compacted else "delete",
        "retention.ms": str(retention),
        **segments,
        **compaction,
        # Two replicas must have a record before it counts as written, where any one may then be lost.
        "min.insync.replicas": "2" if replication > 2 else "1",
    }


def _compacted_within(days: int) -> dict[str, str]:
    """What makes Kafka compact in time: half of it until a segment may be compacted, half until its tombstones go."""
    half = str(days * _DAY_MS // 2)
    return {"max.compaction.lag.ms": half, "delete.retention.ms": half}


def _new(topic: Topic, replication: int) -> NewTopic:
    return NewTopic(
        name=topic.name,
        num_partitions=topic.partitions,
        replication_factor=replication,
        topic_configs=configuration(topic, replication),
    )
