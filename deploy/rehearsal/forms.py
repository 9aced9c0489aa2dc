"""Forms of a rehearsal, which publish what people filled in by its clock."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from types import TracebackType
from typing import Final, Self

from aiokafka import AIOKafkaProducer

from contracts.catalogue import TOPIC_BY_NAME, topic_of
from contracts.codec import Record, encode
from contracts.event import Event, encode_data, form_event_id
from contracts.message import EventData
from contracts.partitions import partition_of

_RANDOM_BITS: Final = 74


class Forms:
    """A producer for all topics of forms, under one source; what is sent has arrived when the call returns."""

    def __init__(self, servers: str, source: str) -> None:
        self._source = source
        self._producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all", linger_ms=1)

    async def __aenter__(self) -> Self:
        await self._producer.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._producer.stop()

    def event(self, data: EventData, at: datetime) -> Event[EventData]:
        """What a form sends at a moment; the same words at the same moment are the same event."""
        said = f"{self._source} {data.event_type} {encode_data(data).decode()}".encode()
        number = int.from_bytes(blake2b(said, digest_size=10).digest(), "big") >> (80 - _RANDOM_BITS)
        event_id = str(form_event_id(at, number))
        return Event(event_id, self._source, str(data.aggregate_id), at, event_id, None, None, data)

    async def send(self, data: EventData, at: datetime) -> None:
        """Sends one form."""
        await self.put(topic_of(type(data), "forms").name, encode(self.event(data, at)))

    async def put(self, topic: str, record: Record) -> None:
        """Sends a record as it is, to the partition of its key."""
        partition = partition_of(record.key, TOPIC_BY_NAME[topic].partitions)
        await self._producer.send_and_wait(topic, record.value, record.key, partition, headers=record.headers)
