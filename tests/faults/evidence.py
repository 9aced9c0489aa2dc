"""What a stack leaves behind, read without its own code: every record of every topic, and rows of its tables."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Message, TopicPartition

from contracts.catalogue import TOPIC_BY_NAME
from contracts.partitions import partition_of

BROKEN = b'"broken '
"""The mark of a record that no service can read, at the beginning of its value or somewhere in it."""

_MOST_BYTES = 1_000_000

TOPICS = (
    "forms.applications.v1",
    "forms.decisions.v1",
    "forms.reports.v1",
    "forms.mentors.v1",
    "forms.erasures.v1",
    "applications.v1",
    "needs.v1",
    "assignments.v1",
    "pairs.v1",
    "follow-ups.v1",
    "contacts.v1",
    "descriptions.v1",
    "erasures.v1",
    "refusals.v1",
    "intake.dead-letters.v1",
    "matching.dead-letters.v1",
    "mentoring.dead-letters.v1",
    "notifications.dead-letters.v1",
)


@dataclass(frozen=True)
class Found:
    """One record: where it lies, its headers as text, its value as bytes."""

    topic: str
    partition: int
    offset: int
    key: str
    headers: dict[str, str]
    value: bytes
    timestamp: int = 0
    """When it was sent, by its producer's clock: milliseconds since 1970."""

    @property
    def identity(self) -> tuple[str, str]:
        """What makes an event the same one however often it lies there."""
        return self.headers.get("ce_source", ""), self.headers.get("ce_id", "")

    @property
    def kind(self) -> str:
        """The event's type without what all have in common: `application.registered`."""
        return self.headers.get("ce_type", "").removeprefix("engage.").removesuffix(".v1")

    @cached_property
    def data(self) -> dict[str, Any]:
        """The JSON data; empty where there is none."""
        try:
            data = json.loads(self.value)
        except ValueError:
            return {}
        return data if isinstance(data, dict) else {}

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}@{self.offset} {self.kind} {self.headers.get('ce_id')}"


def read_topics(bootstrap_servers: str) -> dict[str, list[Found]]:
    """Every record of every topic from zero to its present end, in the order of each partition."""
    consumer = Consumer(
        {"bootstrap.servers": bootstrap_servers, "group.id": "checker", "enable.auto.commit": False, "log_level": 0}
    )
    try:
        found = sorted(_read(consumer), key=lambda it: (it.topic, it.partition, it.offset))
    finally:
        consumer.close()
    return {topic: [it for it in found if it.topic == topic] for topic in TOPICS}


def is_astray(it: Found) -> bool:
    """Whether a form's record lies on another partition than its key's: it is refused, and counts for nothing."""
    return it.partition != partition_of(it.key.encode(), TOPIC_BY_NAME[it.topic].partitions)


def of(events: Iterable[Found], kind: str) -> list[Found]:
    """The events of a kind, in their order."""
    return [it for it in events if it.kind == kind]


def _read(consumer: Consumer) -> Iterable[Found]:
    unread = _ends(consumer)
    ends = dict(unread)
    # All at once: librdkafka takes seconds to turn from one assignment to the next.
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for topic, number in unread])
    while unread:
        message = consumer.poll(30)
        if message is None:
            raise TimeoutError(f"not read to their ends: {sorted(unread)}")
        if (error := message.error()) is not None:
            raise KafkaException(error)
        topic, number, offset = message.topic() or "", message.partition() or 0, message.offset() or 0
        if offset < ends[topic, number]:
            # Of a bomb its beginning says enough.
            value = _bytes(message.value())[:_MOST_BYTES]
            yield Found(
                topic, number, offset, _text(message.key()), _headers(message, value), value, message.timestamp()[1]
            )
        if offset + 1 >= ends[topic, number]:
            unread.pop((topic, number), None)


def _ends(consumer: Consumer) -> dict[tuple[str, int], int]:
    known = consumer.list_topics(timeout=30).topics
    places = [(topic, number) for topic in TOPICS for number in known[topic].partitions]
    ends = {place: consumer.get_watermark_offsets(TopicPartition(*place), timeout=30)[1] for place in places}
    return {place: end for place, end in ends.items() if end}


def _headers(message: Message, value: bytes) -> dict[str, str]:
    # The client can't tell of a name that is no text, and of what is broken nobody asks for headers.
    pairs: Any = [] if value.startswith(BROKEN) else message.headers() or []
    return {name: _text(value) for name, value in pairs}


def _bytes(value: str | bytes | None) -> bytes:
    return value.encode() if isinstance(value, str) else value or b""


def _text(value: str | bytes | None) -> str:
    return _bytes(value).decode(errors="replace")
