"""Kafka by confluent-kafka, as the programs beside this one use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, Producer, TopicPartition


def all_of(broker: str, topics: list[str]) -> Iterator[Message]:
    """Every record of the topics, from zero to where they end now."""
    consumer = Consumer({"bootstrap.servers": broker, "group.id": "stranger", "enable.auto.commit": False})
    found = consumer.list_topics(timeout=30).topics
    places = [TopicPartition(name, number, OFFSET_BEGINNING) for name in topics for number in found[name].partitions]
    left = sum(consumer.get_watermark_offsets(place, timeout=30)[1] for place in places)
    consumer.assign(places)
    while left:
        message = consumer.poll(10)
        if message is None or message.error():
            raise SystemExit(f"{left} records did not come: {message and message.error()}")
        left -= 1
        yield message
    consumer.close()


def send(broker: str, topic: str, key: str, value: bytes, headers: dict[str, bytes]) -> None:
    """Sends a record, and waits until the broker has it."""
    # librdkafka's own default is another partitioner than the Java client's: all producers must use the same.
    producer = Producer({"bootstrap.servers": broker, "partitioner": "murmur2_random", "acks": "all"})
    given: Any = dict(headers)
    producer.produce(topic, value=value, key=key, headers=given)
    if producer.flush(30):
        raise SystemExit("the broker has not taken it")
