"""A subscriber in Python: catches up from zero, follows, and prints a line for each event.

    pip install aiokafka engage-contracts
    python subscriber.py BROKER TOPIC...

A line is `topic type key id`, or `topic gone key` where a tombstone says that the key's thing is gone.
Publication is at least once, so an event may come again: what was seen among the last 100,000 is dropped.
A subscriber that acts on events keeps `ce_source` and `ce_id` where it keeps what it did, in one transaction.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import OrderedDict

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import ContractViolation, decode
from contracts.event import Tombstone

REMEMBERED = 100_000


class Seen:
    """The events that were seen last, by their identity."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._events: OrderedDict[tuple[str, str], None] = OrderedDict()

    def is_new(self, source: str, identifier: str) -> bool:
        """Whether an event comes for the first time, as far as is remembered."""
        if (source, identifier) in self._events:
            return False
        self._events[source, identifier] = None
        if len(self._events) > self._most:
            self._events.popitem(last=False)
        return True


async def follow(broker: str, topics: list[str], ended: asyncio.Event) -> None:
    """Reads the topics from zero and goes on until `ended`."""
    consumer = AIOKafkaConsumer(bootstrap_servers=broker, enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = [
            TopicPartition(name, number) for name in topics for number in range(TOPIC_BY_NAME[name].partitions)
        ]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        seen = Seen(REMEMBERED)
        while not ended.is_set():
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    tell(record, seen)
    finally:
        await consumer.stop()


def tell(record: object, seen: Seen) -> None:
    """Prints a record, unless it came before or is of a type that this program does not know."""
    try:
        event = decode(TOPIC_BY_NAME[record.topic], record.key, record.value, record.headers)  # type: ignore[attr-defined]
    except ContractViolation as violation:
        if violation.code != "unknown-type":  # a type that is newer than this program is none of its business
            raise
        return
    if seen.is_new(event.source, str(event.id)):
        topic = record.topic  # type: ignore[attr-defined]
        gone = isinstance(event, Tombstone)
        print(
            f"{topic} gone {event.subject}" if gone else f"{topic} {event.type} {event.subject} {event.id}", flush=True
        )


async def main(broker: str, *topics: str) -> None:
    """Follows until SIGTERM or SIGINT."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await follow(broker, list(topics), ended)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
