"""What strangers put among the traffic: batches that can't be read, bombs, names that are no text, edges of time."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.produce import ProduceRequest

from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import Record
from tests.batches import GZIP, LZ4, ZSTD, batch, raw_batch, record
from tests.forms import application, mentor, sending
from tests.hostile import EDGES, wild
from tests.kafka import Sending

TOPICS = ("forms.applications.v1", "forms.mentors.v1")
"""Each read by one service alone: so each record has one dead letter."""

_BOMB = bytes(20 << 20)


class Strange(NamedTuple):
    """A batch on its way to a partition; a broker may refuse it."""

    place: TopicPartition
    data: bytes


def at_an_edge(name: str, chance: random.Random) -> Sending:
    """A form with a time that no contract of ours takes, in its header or in a field."""
    edge = chance.choice(EDGES)
    if chance.random() < 0.5:
        topic, whole, _ = sending(application(f"edge {name}"))
        headers = [(header, edge.encode() if header == "ce_time" else value) for header, value in whole.headers]
        return Sending(topic, _marked(Record(whole.key, whole.value, headers), name))
    topic, whole, _ = sending(mentor(f"edge {name}", skills=(), capacity=1))
    return Sending(topic, _marked(whole, name, enrolled_at=edge))


def batches(number: int, chance: random.Random) -> list[Strange]:
    """Some batches of a round."""
    return [_strange(f"{number}-{index}", chance) for index in range(chance.randint(3, 6))]


async def send(bootstrap_servers: str, strange: Sequence[Strange], seconds: float) -> None:
    """Sends batches over so many seconds; what a broker does not take, or is away for, is not sent again."""
    client = AIOKafkaClient(bootstrap_servers=bootstrap_servers)
    try:
        await client.bootstrap()
        await client.set_topics(TOPICS)
        for place, data in strange:
            await asyncio.sleep(seconds / len(strange))
            with suppress(KafkaError, OSError, TimeoutError):
                request = ProduceRequest(None, -1, 1_000, [(place.topic, [(place.partition, data)])])
                await asyncio.wait_for(client.send(client.cluster.leader_for_partition(place), request), 2.0)
    finally:
        await client.close()


def _strange(name: str, chance: random.Random) -> Strange:
    topic = chance.choice(TOPICS)
    place = TopicPartition(topic, chance.randrange(TOPIC_BY_NAME[topic].partitions))
    value = b'"broken %s"' % name.encode()
    # An id of its own, by which it is told apart from other strange ones.
    headers = ((b"ce_id", str(UUID(int=chance.getrandbits(128))).encode()),)
    one = [record(0, value, headers=headers)]
    return Strange(
        place,
        chance.choice(
            (
                batch([record(0, value, headers=(*headers, (b"caf\xe9", b"")))]),
                batch([record(0, value, headers=(*headers, *(((b"more", b""),) * 1_500)))], compression=LZ4),
                batch([record(0, value + _BOMB, headers=headers)], compression=ZSTD),
                batch([record(0, value, key=None, headers=headers)], compression=GZIP),
                batch(one)[:-1] + b"?",
                batch(one, attributes=6),
                raw_batch(b"no zstd", 2, compression=ZSTD),
            )
        ),
    )


def _marked(whole: Record, name: str, **changes: object) -> Record:
    document = {**json.loads(wild(whole).value or b"{}"), **changes, "note": f"broken {name}"}
    # Without a space after the colon the mark would look otherwise.
    return Record(whole.key, json.dumps(document).encode(), whole.headers)
