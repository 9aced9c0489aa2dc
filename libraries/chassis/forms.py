"""Doors over HTTP put what they take on a form's topic, as that form would: one way in."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from contracts.catalogue import topic_of
from contracts.codec import encode
from contracts.event import Event
from libraries.chassis.kafka import Cluster, connected_producer

_PATIENCE_SECONDS: Final = 10.0
"""Who waits at a door is told to come again rather than kept waiting longer."""


class FormPublisher:
    """Publishes events of forms, and returns once Kafka has them; `client` is its name among Kafka's clients."""

    def __init__(self, cluster: Cluster, client: str) -> None:
        self._cluster = cluster
        self._client = client
        self._producer: AIOKafkaProducer | None = None
        self._connecting = asyncio.Lock()

    async def open(self) -> None:
        """Connects to Kafka; raises what aiokafka raises where no broker answers."""
        await self._connected()

    async def close(self) -> None:
        """Lets go of the connection."""
        if self._producer is not None:
            await self._producer.stop()

    async def publish(self, event: Event[Any]) -> None:
        """Has Kafka keep an event; raises KafkaError, OSError or TimeoutError where it does not, or may not have."""
        record = encode(event)
        topic = topic_of(type(event.data), "forms").name
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                producer = await self._connected()
                await producer.send_and_wait(topic, key=record.key, value=record.value, headers=record.headers)
        except (KafkaError, OSError, TimeoutError):
            # What a producer that failed still holds may go out later: the same event again, and no harm.
            failed, self._producer = self._producer, None
            if failed is not None:
                self._stopping = asyncio.create_task(failed.stop())
            raise

    async def _connected(self) -> AIOKafkaProducer:
        async with self._connecting:  # of many requests at once, one connects
            if self._producer is None:
                self._producer = await connected_producer(self._cluster, self._client)
            return self._producer
