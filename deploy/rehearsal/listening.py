"""What a rehearsal's services have told, read from the topics as any subscriber may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.catalogue import TOPIC_BY_NAME, TOPICS
from contracts.codec import decode
from contracts.event import Event
from contracts.message import EventData
from contracts.topic import Topic


class Told(NamedTuple):
    """An event and the topic that it came on."""

    topic: str
    event: Event[EventData]


class Listener:
    """Reads topics from their beginning: all that services publish and that name nobody, unless others are given."""

    def __init__(self, servers: str, topics: Sequence[Topic] | None = None) -> None:
        self._consumer = AIOKafkaConsumer(bootstrap_servers=servers, fetch_max_wait_ms=10, enable_auto_commit=False)
        read = topics or _TOLD
        self._places = [TopicPartition(topic.name, number) for topic in read for number in range(topic.partitions)]
        self._read = dict.fromkeys(self._places, 0)
        self._seen: set[str] = set()

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        self._consumer.assign(self._places)
        await self._consumer.seek_to_beginning(*self._places)
        self._consumer.pause(*self._places)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._consumer.stop()

    async def new(self, ends: Mapping[TopicPartition, int]) -> list[Told]:
        """What has come since the last time, up to these ends: each event once, in an order that is always the same."""
        told: list[Told] = []
        while behind := [place for place in self._places if self._read[place] < ends[place]]:
            # Where nothing is to be read nothing is asked for: a broker would be asked all the time.
            self._consumer.pause(*self._places)
            self._consumer.resume(*behind)
            for place, batch in (await self._consumer.getmany(*behind, timeout_ms=200)).items():
                self._read[place] = batch[-1].offset + 1
                for record in batch:
                    event = decode(TOPIC_BY_NAME[place.topic], record.key, record.value, record.headers)
                    if isinstance(event, Event) and event.id not in self._seen:
                        self._seen.add(event.id)
                        told.append(Told(place.topic, event))
        self._consumer.pause(*self._places)
        # Not as it came: between partitions there is no order, and whoever answers must answer the same every time.
        return sorted(told, key=lambda each: (each.event.time, each.event.type, each.event.id))


_TOLD = [topic for topic in TOPICS if not topic.is_form and (topic.privacy == "public" or "dead-letters" in topic.name)]
