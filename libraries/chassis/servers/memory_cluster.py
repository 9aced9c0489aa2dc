"""Topics, their records and their groups in memory, shared by the members within one process."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from contracts.catalogue import TOPIC_BY_NAME
from contracts.headers import Headers
from contracts.partitions import partition_of
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received
from libraries.chassis.servers.port import Bounds, NotSent, Outgoing


class Stored(NamedTuple):
    """A record in its log; `timestamp` is in milliseconds."""

    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class Member(Protocol):
    """What a group asks of its members."""

    topics: Sequence[str]

    async def let_go(self) -> None:
        """Gives all lanes back, and polls nothing until new ones are given."""

    async def receive(self, lanes: Sequence[LaneName]) -> None:
        """Takes lanes on."""

    def wake(self) -> None:
        """Looks at the logs again."""


class MemoryCluster:
    """The catalogue's topics that are named, each with so many partitions, and nothing in them.

    Keeps every record until `drop`, in the order of its sending, for as long as the process lives. It can be
    away, and can lose the next round of records or its acknowledgement, as a cluster can.
    """

    def __init__(
        self, topics: Mapping[str, int], now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    ) -> None:
        self._now_ms = now_ms
        self._logs = {topic: [_Log() for _ in range(count)] for topic, count in topics.items()}
        self._groups: dict[str, Group] = {}
        self.members: set[Member] = set()
        self.is_away = False
        self._refuse_next = self._forget_next = False

    def go_away(self) -> None:
        """From now on nothing can be sent, nothing comes, nothing is told."""
        self.is_away = True

    def come_back(self) -> None:
        """Answers again, with every record that it had."""
        self.is_away = False
        self._wake()

    def fail_next_send(self, *, landed: bool) -> None:
        """Lets the next `send` fail: before its records are appended, or after, its acknowledgement being lost."""
        self._refuse_next, self._forget_next = not landed, landed

    def grow(self, topic: str, partitions: int) -> None:
        """Gives a topic more partitions, which groups and owners notice by themselves."""
        self._logs[topic].extend(_Log() for _ in range(partitions - self.partitions(topic)))
        for group in self._groups.values():
            group.rebalance_soon(topic)
        self._wake()

    def drop(self, lane: LaneName, before: int) -> None:
        """Forgets the records before an offset, as retention does."""
        log = self._log(lane)
        del log.records[: max(before - log.first, 0)]
        log.first = max(before, log.first)

    def append(self, lane: LaneName, records: Iterable[Stored]) -> None:
        """Appends whatever anybody sends to a partition, be it the right one or not."""
        self._log(lane).records.extend(records)
        self._wake()

    def send(self, records: Sequence[Outgoing]) -> None:
        """Appends each record to its key's partition; raises NotSent, and then none or all may be there."""
        if self.is_away or self._refuse_next:
            self._refuse_next = False
            raise NotSent("the cluster in memory is away")
        by_lane: defaultdict[LaneName, list[Stored]] = defaultdict(list)
        now = self._now_ms()
        for topic, key, value, headers in records:
            lane = LaneName(topic, partition_of(key, self.partitions(topic)))
            by_lane[lane].append(Stored(now, key, value, tuple(headers)))
        for lane, stored in by_lane.items():
            self.append(lane, stored)
        if self._forget_next:
            self._forget_next = False
            raise NotSent("the cluster in memory has lost its acknowledgement")

    def read(self, lane: LaneName, offset: int, most: int) -> list[Received]:
        """The records of a lane from an offset on, or from the first that it still has."""
        log, topic = self._log(lane), TOPIC_BY_NAME[lane.topic]
        # Beyond the log on either side a real consumer begins at the earliest, as it is set to.
        start = offset if log.first <= offset <= log.end else log.first
        stored = log.records[start - log.first : start - log.first + most]
        return [
            Received(topic, lane.partition, start + place, record.timestamp, record.key, record.value, record.headers)
            for place, record in enumerate(stored)
        ]

    def bounds(self, lane: LaneName) -> Bounds:
        """Where a lane's log begins and ends now."""
        log = self._log(lane)
        return Bounds(log.first, log.end)

    def partitions(self, topic: str) -> int:
        """How many partitions a topic has."""
        return len(self._logs[topic])

    def lanes(self, topics: Iterable[str]) -> list[LaneName]:
        """All partitions of topics."""
        return [LaneName(topic, number) for topic in topics for number in range(self.partitions(topic))]

    def group(self, name: str) -> Group:
        """A group by its name, made when it is first asked for."""
        return self._groups.setdefault(name, Group(self))

    def _log(self, lane: LaneName) -> _Log:
        return self._logs[lane.topic][lane.partition]

    def _wake(self) -> None:
        for member in self.members:
            member.wake()


class Group:
    """Members that share the partitions of their topics; how far each lane is, as they committed it."""

    def __init__(self, cluster: MemoryCluster) -> None:
        self._cluster = cluster
        self._members: list[Member] = []
        self._sharing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self.committed: dict[LaneName, int] = {}

    async def join(self, member: Member) -> None:
        """Adds a member, and returns when all have what is theirs now."""
        self._members.append(member)
        await self._share_out()

    def leave(self, member: Member) -> None:
        """Removes a member at once; the others get its lanes soon."""
        if member in self._members:
            self._members.remove(member)
            self._share_out_soon()

    def rebalance_soon(self, topic: str) -> None:
        """Shares out anew, where a member reads the topic."""
        if any(topic in member.topics for member in self._members):
            self._share_out_soon()

    def _share_out_soon(self) -> None:
        # In a task of its own: who listens may wait for what the caller does next.
        task = asyncio.create_task(self._share_out())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _share_out(self) -> None:
        """First all give back all they have, then each is given its share: no lane ever has two owners."""
        async with self._sharing:
            members = list(self._members)
            await asyncio.gather(*(member.let_go() for member in members))  # a barrier: nobody is given before
            shares: dict[int, list[LaneName]] = {place: [] for place in range(len(members))}
            topics = {topic for member in members for topic in member.topics}
            for number, lane in enumerate(self._cluster.lanes(sorted(topics))):
                readers = [place for place, member in enumerate(members) if lane.topic in member.topics]
                shares[readers[number % len(readers)]].append(lane)
            await asyncio.gather(*(members[place].receive(lanes) for place, lanes in shares.items()))


@dataclass(slots=True)
class _Log:
    first: int = 0
    records: list[Stored] = field(default_factory=list)

    @property
    def end(self) -> int:
        return self.first + len(self.records)
