"""Topics as the catalogue has them, made on a Kafka cluster."""

from __future__ import annotations

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contracts.catalogue import TOPICS, Topic

_DAY_MS = 24 * 60 * 60 * 1000


async def create_missing(bootstrap_servers: str, replication: int) -> list[str]:
    """Creates the catalogue's topics that the cluster lacks; returns their names."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        present = set(await admin.list_topics())
        missing = [topic for topic in TOPICS if topic.name not in present]
        if missing:
            await admin.create_topics([_new(topic, replication) for topic in missing])
        return [topic.name for topic in missing]
    finally:
        await admin.close()


def _new(topic: Topic, replication: int) -> NewTopic:
    retention = -1 if topic.retention_days is None else topic.retention_days * _DAY_MS
    return NewTopic(
        name=topic.name,
        num_partitions=topic.partitions,
        replication_factor=replication,
        topic_configs={
            "cleanup.policy": "compact" if topic.compacted else "delete",
            "retention.ms": str(retention),
        },
    )
