"""A service as the chassis sees it: a name, handlers, a store, and what it does by the clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias, TypeVar
from uuid import UUID

from contracts.catalogue import topics_read_by
from contracts.event import Event
from contracts.message import EventData
from services.chassis.door import HttpSide, Premises
from services.chassis.store import Connection, Store
from services.chassis.unit_of_work import UnitOfWork

Handler: TypeAlias = Callable[[Event[Any], UnitOfWork[Any]], None]
"""One function an event: reads and changes the unit's store, publishes; no input or output of its own."""


TombstoneHandler: TypeAlias = Callable[[UUID, UnitOfWork[Any]], None]
"""One function a compacted topic's event: what to do when the thing of this id is gone."""


class Refused(Exception):
    """The event can't be processed, now or later: it becomes a dead letter with this code and detail.

    `detail` never quotes personal data. A handler raises it, or NotYet, before it changes or publishes anything:
    the records beside this one are committed without it.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class NotYet(Exception):
    """What the event refers to is not known yet: the record waits, and is tried again."""

    def __init__(self, entity: str, identifier: UUID) -> None:
        super().__init__(f"{entity} {identifier} is not known yet")
        self.reference = f"{entity}:{identifier}"


class Due(Protocol):
    """One thing that is due; `name` says which, the same whenever it is found, such as `expiry of 0197…`."""

    @property
    def name(self) -> str:
        """What it is called where it had to be set aside: ids and codes, nothing personal."""


Item = TypeVar("Item", bound=Due)


class DutyLane(Protocol):
    """A lane without an input partition, on which a duty commits units of work, one after the other.

    Of a single writer it is the writer's own lane, and a unit's store holds the writer's state.
    """

    partition: int

    def unit_of_work(self) -> AbstractAsyncContextManager[UnitOfWork[Any]]:
        """A unit of work in the committer's turn: it commits on leaving and rolls back on an exception.

        Raises LaneLost where another replica has taken the lane over.
        """

    async def carry_out(
        self,
        find: Callable[[UnitOfWork[Any]], Awaitable[Sequence[Item]]],
        do: Callable[[UnitOfWork[Any], Sequence[Item]], Awaitable[None]],
    ) -> int:
        """Does what is due in one unit of work; returns how much it was. Nothing is written where nothing is found.

        `find` gives the same again, in the same order, as long as it is not done. Where `do` fails, it is called for
        fewer, by halves, until what fails is alone: that is set aside with its reason, as a dead letter is, and is
        passed over from then on, until an operator has it tried again. Raises transient errors.
        """


class Duty(Protocol):
    """Something a service does by the clock, such as sending what is due.

    The work is divided over `lanes`; at any time each lane has one owner among all replicas.
    """

    name: str
    lanes: int

    async def perform(self, lane: DutyLane) -> datetime | None:
        """Does one portion of this lane's work; returns when the next is due, at once where more may be waiting.

        It is called at that moment, or earlier where a store's `deadlines` said so since; None leaves it to those.
        Whatever it says, it is called again within some seconds, for what other processes and operators have changed.
        """

    async def close(self) -> None:
        """Lets go of what it holds (connections …)."""


@dataclass(frozen=True, slots=True)
class Service:
    """What makes a service: the chassis does the rest."""

    name: str
    handlers: Mapping[type[EventData], Handler]
    store: Callable[[Connection], Store]
    tombstones: Mapping[type[EventData], TombstoneHandler] = field(default_factory=dict)
    duties: Sequence[Callable[[], Duty]] = field(default=())
    http: Callable[[Premises], HttpSide] | None = None
    single_writer: bool = False
    """One replica at a time reads all its topics, keeps `store.state` in memory and publishes in one sequence."""
    slow: frozenset[type[EventData]] = frozenset()
    """Events whose handlers may take long: they run beside the loop, which goes on saying that it lives."""

    def __post_init__(self) -> None:
        # At the start, since a handler that nothing can reach would be missed by nobody.
        readable = {event for topic in topics_read_by(self.name) for event in topic.events}
        if stray := [event.__name__ for event in (*self.handlers, *self.tombstones) if event not in readable]:
            raise ValueError(f"{self.name} handles {', '.join(stray)}, which no topic it reads carries")
