"""Whether a cluster answers: asked by a client of its own, whose questions wait behind nothing else."""

from __future__ import annotations

import asyncio
from typing import Final

from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.metadata import MetadataRequest

from libraries.chassis.kafka import Cluster
from libraries.chassis.servers.ending import ended
from libraries.chassis.servers.port import NotPolled, NotSent
from libraries.chassis.watching.log import named

_ANSWER_SECONDS: Final = 1.0
"""How long a broker may take to answer a question that it need not look anything up for."""


class Reach:
    """One connection to each broker, which is renewed after each question that was not answered."""

    def __init__(self, cluster: Cluster, client: str) -> None:
        self._cluster = cluster
        self._name = client
        self._client: AIOKafkaClient | None = None

    async def start(self) -> None:
        """Learns which brokers there are; raises NotSent where none answers."""
        timeout = int(_ANSWER_SECONDS * 1000)
        client = AIOKafkaClient(**self._cluster.options, client_id=self._name, request_timeout_ms=timeout)
        try:
            await client.bootstrap()
        except Exception as error:
            await client.close()
            raise NotSent(f"no broker answers at {self._cluster.bootstrap_servers}: {named(error)}") from error
        self._client = client

    async def stop(self, seconds: float) -> None:
        """Lets go of the connections, within so many seconds."""
        client, self._client = self._client, None
        if client is not None:
            await ended(client.close(), seconds)

    async def ask(self) -> None:
        """Asks every broker for the names of all; raises NotPolled where none of them answers in time."""
        if (client := self._client) is None:
            raise NotPolled("not started")
        nothing = MetadataRequest([], allow_auto_topic_creation=False)  # of no topic
        brokers = [broker.nodeId for broker in client.cluster.brokers()]
        answers = await asyncio.gather(*(client.send(it, nothing) for it in brokers), return_exceptions=True)
        if all(isinstance(answer, BaseException) for answer in answers):
            raise NotPolled(f"none of {len(answers)} brokers answers")
