"""What the chassis asks of Kafka: one small port, behind which FastStream's broker stands, or a memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received

# Bytes of one record, with key and headers: brokers take a mebibyte by default, with some of their own in it.
LARGEST_RECORD = 1_000_000


class Outgoing(NamedTuple):
    """A record to be sent: its partition follows from its key as Kafka's default partitioner has it (murmur2)."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class NotSent(Exception):
    """Kafka did not acknowledge, or may not have: the same must be sent again, from the start."""


class NotAccepted(NotSent):
    """Kafka refuses one of the records for what it is (its size): sending it again does not help.

    `index` is the record's place among those that were to be sent.
    """

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index


class NotPolled(Exception):
    """Kafka gave no answer, or a refusal: nothing was lost, and what was not given yet comes with a later poll."""


class Bounds(NamedTuple):
    """The first offset that a partition still has, and the one that its next record will get."""

    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told which lanes this member has.

    `assigned` (with none, where others have all) ends before any record of theirs is polled; `revoked` ends
    before anybody else is assigned them, unless that takes longer than the group is patient.
    """

    assigned: Callable[[Sequence[LaneName]], Awaitable[None]]
    revoked: Callable[[Sequence[LaneName]], Awaitable[None]]


class Kafka(Protocol):
    """A cluster as one member of one consumer group sees it.

    Every method but `start` may be called only between `start` and `stop`, and `bounds` only once lanes were
    assigned. A lane that was just assigned is paused: who listens seeks and resumes it, or it begins where the
    group's last commit said, else at its first record.
    """

    async def start(self) -> None:
        """Connects a producer; raises NotSent where no broker answers."""

    async def stop(self) -> None:
        """Leaves the group and lets go of the connections, in bounded time; what was not acknowledged may be lost.

        Tells the listener nothing.
        """

    async def ask(self) -> None:
        """Asks whether a broker answers; raises NotPolled where none does within a second or two."""

    async def join(self, topics: Sequence[str], listener: Listener) -> None:
        """Becomes a member of the group, which shares the topics' partitions out among its members.

        A listener must not raise: its lanes would stay paused. Raises NotPolled where no broker answers.
        """

    async def take(self, topics: Sequence[str], listener: Listener) -> None:
        """Takes all partitions of the topics, whoever else reads them: for an owner that nobody may share with.

        Partitions that come later are assigned when they are noticed, within a minute. Raises NotPolled where no
        broker answers.
        """

    async def poll(self, seconds: float) -> Mapping[LaneName, Sequence[Received]]:
        """The records that have come, each lane's in the order of their offsets; nothing after so many seconds.

        Never what was fetched before the last `seek` of its lane. Never raises for what a record, a batch, a
        codec or a header is: what can't be read is a Received with a `violation`, and is stepped over. Raises
        NotPolled where the cluster refuses, or fails in a way of its own: poll again after a pause.
        """

    def pause(self, lanes: Iterable[LaneName]) -> None:
        """Polls nothing of these lanes until they are resumed; lanes that are not ours are passed over."""

    def resume(self, lanes: Iterable[LaneName]) -> None:
        """Polls these lanes again; lanes that are not ours are passed over."""

    def seek(self, lane: LaneName, offset: int) -> None:
        """Polls a lane from an offset on, forgetting what was fetched of it; passed over where it is not ours."""

    async def bounds(self, lanes: Sequence[LaneName]) -> Mapping[LaneName, Bounds]:
        """Where each lane's log begins and ends now; raises NotPolled where no broker says it."""

    async def partitions(self, topic: str) -> int:
        """How many partitions a topic has; raises NotSent where no broker says it."""

    async def send(self, records: Sequence[Outgoing]) -> int:
        """Sends records, as many from the start as go in one round; returns how many are acknowledged.

        All or nothing of those is acknowledged; the records of one partition never overtake each other, whatever
        fails. Raises NotSent, then the same records are sent again, from the start; the connection renews itself.
        """

    async def commit(self, offsets: Mapping[LaneName, int]) -> None:
        """Tells the group how far lanes are: a hint for lag tools, so a commit that fails is passed over."""
