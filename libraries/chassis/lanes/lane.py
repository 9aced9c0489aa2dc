"""A lane in memory: where it stands, what waits to be taken, what of it is held, and whether it is under suspicion."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from contracts.topic import Topic
from libraries.chassis.lanes.held_keys import HeldKeys
from libraries.chassis.lanes.ledger import Position
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received

TOGETHER: Final = 2
"""So often a whole cycle may end its process before the records of its lanes are taken one at a time, alone."""

MOST_BYTES: Final = 8 << 20
"""So many bytes may wait in a process: large records must not fill the memory before they are many."""

ALONE: Final = 3
"""So often a record may end its process while nothing else is tried beside it, until it is set aside."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What a lane may ask of Kafka: to hold back, to go on, to begin again at an offset."""

    pause: Callable[[], None]
    resume: Callable[[], None]
    seek: Callable[[int], None]


@dataclass(slots=True)
class Reservoir:
    """How much waits in all lanes of a process together: that, and not so much a lane, bounds its memory."""

    most: int
    records: int = 0
    bytes: int = 0

    @property
    def is_full(self) -> bool:
        """Whether partitions are to be held back."""
        return self.records >= self.most or self.bytes >= MOST_BYTES

    @property
    def is_low(self) -> bool:
        """Whether they may flow again: not at once, so that they don't stop and go with every record."""
        return self.records <= self.most // 2 and self.bytes <= MOST_BYTES // 2

    def fill(self, records: Iterable[Received]) -> None:
        """Records have come to wait."""
        for received in records:
            self.records += 1
            self.bytes += len(received.value or b"")

    def draw(self, records: Iterable[Received]) -> None:
        """Records wait no more."""
        for received in records:
            self.records -= 1
            self.bytes -= len(received.value or b"")


@dataclass(slots=True)
class Lane:
    """One partition of one topic as this service consumes it, while it is ours.

    What waits in it is only a copy of what Kafka has: it is dropped whenever the lane is left or begun again.
    `due` are the held records that are being tried, with the attempts before, and whether others may be tried with
    them; `released_at` is when some last were. `partitions` is how many its topic has. `proven` since something was
    committed in this process: then it is not what ends processes.
    """

    name: LaneName
    topic: Topic
    flow: Flow
    position: Position
    held: HeldKeys
    reservoir: Reservoir
    partitions: int
    waiting: deque[Received] = field(default_factory=deque)
    due: deque[tuple[int, int, bool]] = field(default_factory=deque)
    released_at: float = 0.0
    passed_to: int = 0
    proven: bool = False
    begun_at: int | None = None
    problem: str | None = None
    is_paused: bool = True

    @property
    def next_offset(self) -> int:
        """The offset of the first record that is not dealt with."""
        return max(self.position.next_offset, self.passed_to)

    @property
    def is_stopped(self) -> bool:
        """Whether it takes nothing more until an operator has seen to it."""
        return self.position.stopped_because is not None or self.problem is not None

    @property
    def is_suspected(self) -> bool:
        """Whether what comes next must be tried one by one, since something here may end the process."""
        # What this process has begun and outlived, or committed beside, is not suspected for older attempts.
        at = self.position
        return at.suspected_to > self.next_offset or (
            at.attempts >= TOGETHER and not self.proven and self.begun_at is None
        )

    def offer(self, records: Sequence[Received]) -> None:
        """Takes over records that follow the last ones; holds the partition back where enough wait.

        A slow lane so holds up neither the poll nor other lanes, and memory stays bounded.
        """
        # A fetch that was under way when the lane stopped still brings some: Kafka keeps them for later.
        if not self.is_stopped:
            self.waiting.extend(records)
            self.reservoir.fill(records)
            if self.reservoir.is_full and not self.is_paused:
                self.is_paused = True
                self.flow.pause()

    def take(self, most: int) -> list[Received]:
        """The first records that wait, those already dealt with passed over."""
        taken: list[Received] = []
        while self.waiting and len(taken) < most:
            received = self.waiting.popleft()
            self.reservoir.draw((received,))
            # A partition that was begun again may bring once more what is dealt with already.
            if received.offset >= self.next_offset:
                taken.append(received)
        return taken

    def drop(self) -> None:
        """Lets go of what waits: Kafka has it."""
        self.reservoir.draw(self.waiting)
        self.waiting.clear()

    def go_on(self) -> None:
        """Lets the partition flow where there is room and nothing has stopped the lane."""
        if self.is_paused and not self.is_stopped and self.reservoir.is_low:
            self.is_paused = False
            self.flow.resume()

    def begin_again(self) -> None:
        """Drops what waits and has Kafka begin where the lane stands."""
        # Dropped first: what waits would come again behind itself.
        self.drop()
        self.flow.seek(self.next_offset)
        self.go_on()

    def reopened(self, position: Position) -> None:
        """It was opened anew: what is known of it is what its row says, as after a start."""
        # Nothing remembered may outlive it: another owner may have had the lane in between.
        self.position, self.problem, self.passed_to = position, None, 0
        self.due.clear()
        self.proven, self.begun_at = False, None

    def stop(self) -> None:
        """Takes nothing more."""
        # Its memory is given back to the lanes that go on.
        self.drop()
        self.is_paused = True
        self.flow.pause()

    def moved(self, position: Position) -> None:
        """A transaction of this lane was committed."""
        self.position, self.proven, self.begun_at = position, True, None

    def begin(self) -> bool:
        """An attempt at what comes next begins, and counts until something is committed; False where it has begun."""
        # One attempt however often it is tried here: while this process lives, it is not what ends it.
        if self.begun_at == self.next_offset:
            return False
        self.begun_at = self.next_offset
        self.position = replace(self.position, attempts=self.position.attempts + 1)
        return True

    def suspect(self, records: Sequence[Received]) -> None:
        """Begins to suspect each of the records that a process died of before it could commit them."""
        # From nought: the attempts so far were those of all together, and each is now counted alone.
        self.position = replace(self.position, attempts=0, suspected_to=records[-1].following)


class Part(NamedTuple):
    """Records of one lane, in the order of their offsets, none of them dealt with."""

    lane: Lane
    records: Sequence[Received]
