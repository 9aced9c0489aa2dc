"""The port `Kafka` in memory: for one process, and for tests that need no broker."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received
from libraries.chassis.servers.memory_cluster import MemoryCluster
from libraries.chassis.servers.port import LARGEST_RECORD, Bounds, Listener, NotAccepted, NotPolled, NotSent, Outgoing

_POLLED_RECORDS = 2_000  # bounded as a real poll is, so that who reads meets more than one
_RECORD_OVERHEAD = 32  # about what the log's format adds to a record's own bytes


class MemoryKafka:
    """A cluster in memory as one member of a group sees it, with every guarantee of the port.

    A poll ends as soon as a record is there, without a clock of its own; a rebalance begins as soon as a member
    comes or goes. Where the cluster is away nothing can be sent or learned, and polls give nothing.
    """

    def __init__(self, cluster: MemoryCluster, group: str) -> None:
        self.topics: Sequence[str] = ()
        self._cluster = cluster
        self._group = cluster.group(group)
        self._listener: Listener | None = None
        self._takes = False
        self._noticing: asyncio.Task[None] | None = None
        self._positions: dict[LaneName, int] = {}
        self._paused: set[LaneName] = set()
        self._unsettled: set[LaneName] = set()
        self._news = asyncio.Event()

    async def start(self) -> None:
        """Connects; raises NotSent where the cluster is away."""
        if self._cluster.is_away:
            raise NotSent("the cluster in memory is away")
        self._cluster.members.add(self)

    async def stop(self) -> None:
        """Leaves the group; the others get its lanes without waiting for anything of this one."""
        self._cluster.members.discard(self)
        if self._noticing is not None:
            self._noticing.cancel()
        self._positions.clear()
        self._group.leave(self)

    async def ask(self) -> None:
        """Asks whether the cluster answers."""
        self._check_presence()

    async def join(self, topics: Sequence[str], listener: Listener) -> None:
        """Becomes a member of the group."""
        self._check_presence()
        self.topics, self._listener = topics, listener
        await self._group.join(self)

    async def take(self, topics: Sequence[str], listener: Listener) -> None:
        """Takes all partitions of the topics."""
        self._check_presence()
        self.topics, self._listener, self._takes = topics, listener, True
        await self.receive(self._cluster.lanes(topics))

    async def let_go(self) -> None:
        """Gives all lanes back, once who listens has let go of them."""
        lanes = sorted(self._positions)
        if self._listener is not None and lanes:
            self._unsettled.update(lanes)  # nothing comes of what is about to be another's
            await self._listener.revoked(lanes)
        for lanes_of in (self._positions, self._paused, self._unsettled):
            lanes_of.clear()

    async def receive(self, lanes: Sequence[LaneName]) -> None:
        """Takes lanes on: nothing of them is polled before who listens has opened all and resumed them."""
        if self not in self._cluster.members:
            return  # it stopped meanwhile
        assert self._listener is not None
        self._unsettled.update(lanes)
        self._paused.update(lanes)
        for lane in lanes:
            self._positions[lane] = self._group.committed.get(lane, 0)
        try:
            await self._listener.assigned(sorted(lanes))
        finally:
            self._unsettled.difference_update(lanes)
            self.wake()

    def wake(self) -> None:
        """Lets a poll that waits look again."""
        self._notice_partitions()
        self._news.set()

    def _notice_partitions(self) -> None:
        if not self._takes or (self._noticing is not None and not self._noticing.done()):
            return
        if new := [lane for lane in self._cluster.lanes(self.topics) if lane not in self._positions]:
            # In a task of its own, since who listens may wait for who polls.
            self._noticing = asyncio.create_task(self.receive(new))

    async def poll(self, seconds: float) -> Mapping[LaneName, Sequence[Received]]:
        """The records that have come; nothing after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not (polled := self._drain()):
                    self._news.clear()
                    await self._news.wait()
                return polled
        return {}

    def _drain(self) -> dict[LaneName, list[Received]]:
        polled: dict[LaneName, list[Received]] = {}
        left = 0 if self._cluster.is_away else _POLLED_RECORDS
        for lane in [lane for lane in self._positions if lane not in self._paused | self._unsettled]:
            if left and (records := self._cluster.read(lane, self._positions[lane], left)):
                polled[lane] = records
                left -= len(records)
                # Last in line for the next poll, so that a long lane does not hold up the others.
                del self._positions[lane]
                self._positions[lane] = records[-1].offset + 1
        return polled

    def pause(self, lanes: Iterable[LaneName]) -> None:
        """Polls nothing of these lanes until they are resumed."""
        self._paused.update(lane for lane in lanes if lane in self._positions)

    def resume(self, lanes: Iterable[LaneName]) -> None:
        """Polls these lanes again."""
        self._paused.difference_update(lane for lane in lanes if lane in self._positions)
        self._news.set()

    def seek(self, lane: LaneName, offset: int) -> None:
        """Polls a lane from an offset on."""
        if lane in self._positions:
            self._positions[lane] = offset
            self._news.set()

    async def bounds(self, lanes: Sequence[LaneName]) -> Mapping[LaneName, Bounds]:
        """Where each lane's log begins and ends now."""
        self._check_presence()
        return {lane: self._cluster.bounds(lane) for lane in lanes}

    async def partitions(self, topic: str) -> int:
        """How many partitions a topic has."""
        if self._cluster.is_away:
            raise NotSent("the cluster in memory is away")
        return self._cluster.partitions(topic)

    async def send(self, records: Sequence[Outgoing]) -> int:
        """Sends records, all of them up to one that is too large."""
        fitting = 0
        for record in records:
            if (size := _size(record)) > LARGEST_RECORD:
                if fitting == 0:
                    raise NotAccepted(0, f"a record of {size} bytes for {record.topic}: at most {LARGEST_RECORD} go")
                break
            fitting += 1
        self._cluster.send(records[:fitting])
        return fitting

    async def commit(self, offsets: Mapping[LaneName, int]) -> None:
        """Tells the group how far lanes are."""
        if not self._cluster.is_away:
            self._group.committed.update((lane, offset) for lane, offset in offsets.items() if lane in self._positions)

    def _check_presence(self) -> None:
        if self._cluster.is_away:
            raise NotPolled("the cluster in memory is away")


def _size(record: Outgoing) -> int:
    headers = sum(len(name) + len(value) for name, value in record.headers)
    return len(record.key) + len(record.value or b"") + headers + _RECORD_OVERHEAD
