"""The port `Kafka` by FastStream's broker: it says how to reach and secure a cluster, and builds the consumer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from faststream.kafka import KafkaBroker

from libraries.chassis.kafka import Cluster
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received
from libraries.chassis.servers.pace import Pace
from libraries.chassis.servers.poller import Poller
from libraries.chassis.servers.port import Bounds, Listener, Outgoing
from libraries.chassis.servers.reach import Reach
from libraries.chassis.servers.sender import NOTICE_MS, Sender


class FastStreamKafka:
    """A cluster as one member sees it; `name` is the group that it joins, and the client's own name."""

    def __init__(self, cluster: Cluster, name: str, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._sender = Sender(cluster, name)
        self._reach = Reach(cluster, name)
        self._broker = KafkaBroker(
            # FastStream takes a text for one address, whatever commas are in it.
            cluster.bootstrap_servers.split(","),
            security=cluster.security,
            client_id=name,
            metadata_max_age_ms=NOTICE_MS,
            consumer_only=True,  # its producer would be a second one, and topics are made by who deploys
            allow_auto_create_topics=False,
            logger=None,
            apply_types=False,
        )
        self._poller = Poller(self._broker, name, self._pace)

    async def start(self) -> None:
        """Connects a producer; raises NotSent where no broker answers."""
        await self._sender.start()
        await self._reach.start()
        await self._broker.connect()

    async def stop(self) -> None:
        """Leaves the group and lets go of the connections."""
        seconds = self._pace.stop_ms / 1000
        await asyncio.gather(self._sender.stop(seconds), self._poller.stop(seconds), self._reach.stop(seconds))

    async def ask(self) -> None:
        """Asks whether a broker answers."""
        await self._reach.ask()

    async def join(self, topics: Sequence[str], listener: Listener) -> None:
        """Becomes a member of the group."""
        await self._poller.join(topics, listener)

    async def take(self, topics: Sequence[str], listener: Listener) -> None:
        """Takes all partitions of the topics."""
        await self._poller.take({topic: await self.partitions(topic) for topic in topics}, listener)

    async def poll(self, seconds: float) -> Mapping[LaneName, Sequence[Received]]:
        """The records that have come; nothing after so many seconds."""
        return await self._poller.poll(seconds)

    def pause(self, lanes: Iterable[LaneName]) -> None:
        """Polls nothing of these lanes until they are resumed."""
        self._poller.pause(lanes)

    def resume(self, lanes: Iterable[LaneName]) -> None:
        """Polls these lanes again."""
        self._poller.resume(lanes)

    def seek(self, lane: LaneName, offset: int) -> None:
        """Polls a lane from an offset on."""
        self._poller.seek(lane, offset)

    async def bounds(self, lanes: Sequence[LaneName]) -> Mapping[LaneName, Bounds]:
        """Where each lane's log begins and ends now."""
        return await self._poller.bounds(lanes)

    async def partitions(self, topic: str) -> int:
        """How many partitions a topic has."""
        return await self._sender.partitions(topic)

    async def send(self, records: Sequence[Outgoing]) -> int:
        """Sends records, as many from the start as go in one round."""
        return await self._sender.send(records)

    async def commit(self, offsets: Mapping[LaneName, int]) -> None:
        """Tells the group how far lanes are."""
        await self._poller.commit(offsets)
