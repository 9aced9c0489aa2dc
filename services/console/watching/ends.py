"""How far Kafka's topics go: offsets alone, of which whoever may describe a topic may know."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from contracts.catalogue import TOPICS
from libraries.chassis.kafka import Cluster
from services.console.watching.samples import Place

_PATIENCE_SECONDS: Final = 3.0
_PAUSE_SECONDS: Final = 10.0
"""After Kafka did not answer: for so long it is not asked again, and pages say that nobody knows."""


class Ends:
    """Asks Kafka over one connection of no group, which reads no record."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._client: AIOKafkaConsumer | None = None
        self._not_before = 0.0

    async def read(self) -> Mapping[Place, int] | None:
        """Where each partition ends; None where Kafka does not say so in a moment."""
        if time.monotonic() < self._not_before:
            return None
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                client = await self._connected()
                places = [TopicPartition(topic.name, number) for topic in TOPICS for number in range(topic.partitions)]
                return {
                    Place(each.topic, each.partition): end for each, end in (await client.end_offsets(places)).items()
                }
        except (KafkaError, OSError, TimeoutError):
            self._not_before = time.monotonic() + _PAUSE_SECONDS
            await self.close()
            return None

    async def close(self) -> None:
        """Lets go of the connection."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(KafkaError, OSError, TimeoutError):
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await client.stop()

    async def _connected(self) -> AIOKafkaConsumer:
        if self._client is None:
            client = AIOKafkaConsumer(**self._cluster.options, client_id="engage-console", enable_auto_commit=False)
            try:
                await client.start()
            except BaseException:
                await client.stop()
                raise
            self._client = client
        return self._client
