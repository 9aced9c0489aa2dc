"""Whether a stack is quiet: everything read, everything published, everything due sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.catalogue import SERVICES, topics_read_by
from contracts.topic import Topic

_LOOKS = 3


class NeverQuiet(AssertionError):
    """The stack did not come to rest; says what is still open."""


async def wait_until_quiet(
    database_url: str,
    bootstrap_servers: str,
    patience: float,
    *,
    but_waiting: bool = False,
    services: Collection[str] = SERVICES,
) -> None:
    """Returns once nothing was open at three looks in a row; raises NeverQuiet when nothing moves for so long.

    `but_waiting`: records may wait for what they refer to. What other services than these have open does not count.
    """
    moved, calm, seen = time.monotonic(), 0, ""
    connection = await asyncpg.connect(database_url)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap_servers)
    await consumer.start()
    try:
        while calm < _LOOKS:
            ends = await _ends(consumer)
            still = [text for name in services for text in await _open(connection, name, ends, but_waiting)]
            still += await _due(connection) if "notifications" in services else []
            # What was just read may have been answered: the ends must not move between two looks either.
            moves, seen = f"{ends}{still}" != seen, f"{ends}{still}"
            calm = 0 if still or moves else calm + 1
            moved = time.monotonic() if moves else moved
            if still and time.monotonic() - moved > patience:
                raise NeverQuiet(f"nothing moves for {patience:g} s and there is still " + "; ".join(still))
            await asyncio.sleep(0.2)
    finally:
        await consumer.stop()
        await connection.close()


async def _ends(consumer: AIOKafkaConsumer) -> dict[tuple[str, int], int]:
    topics: list[Topic] = [topic for name in SERVICES for topic in topics_read_by(name)]
    partitions = {TopicPartition(topic.name, number) for topic in topics for number in range(topic.partitions)}
    ends: dict[TopicPartition, int] = await consumer.end_offsets(list(partitions))
    return {(it.topic, it.partition): end for it, end in sorted(ends.items())}


async def _open(
    connection: asyncpg.Connection[asyncpg.Record], service: str, ends: dict[tuple[str, int], int], but_waiting: bool
) -> list[str]:
    lanes = await connection.fetch(f"SELECT topic, partition, next_offset, stopped_because FROM {service}.lane")
    positions = {(lane["topic"], lane["partition"]): lane["next_offset"] for lane in lanes}
    read = {topic.name for topic in topics_read_by(service)}
    still = [
        f"{service}: {place[0]}/{place[1]} at {positions.get(place)} of {end}"
        for place, end in ends.items()
        if place[0] in read and end and positions.get(place) != end
    ]
    still += [f"{service}: lane {lane['topic']} stopped" for lane in lanes if lane["stopped_because"]]
    outbox = await connection.fetchval(f"SELECT count(*) FROM {service}.outbox")
    held = await connection.fetchval(
        f"SELECT count(*) FROM {service}.held_record WHERE resolved_at IS NULL AND state IN ('waiting', 'behind')"
    )
    return [
        *still,
        *([f"{service}: {outbox} outbox pages"] if outbox else []),
        *([f"{service}: {held} held records"] if held and not but_waiting else []),
    ]


async def _due(connection: asyncpg.Connection[asyncpg.Record]) -> list[str]:
    due = await connection.fetchval(
        # What a person is to get in another week may wait, and so may what is said of somebody after they were
        # forgotten: for days, in case they come back.
        "SELECT (SELECT count(*) FROM notifications.follow_up WHERE due_at <= now()"
        " AND next_attempt_at < now() + interval '1 day' AND state IN ('scheduled', 'sending')"
        " AND NOT (waits_for IS NOT NULL AND EXISTS (SELECT FROM notifications.erased_person"
        " WHERE person_id IN (recipient_id, counterpart_id))))"
        " + (SELECT count(*) FROM notifications.series WHERE next_due_at <= now())"
    )
    return [f"notifications: {due} follow-ups due"] if due else []
