"""A service as the chassis sees it: a name, handlers, a store, and what it does by the clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from contracts.catalogue import topics_read_by
from contracts.sources import ANY_FORM, Sources
from libraries.chassis.door import HttpSide, Premises
from libraries.chassis.handling import Handlers
from libraries.chassis.store import Connection, Store
from libraries.chassis.unit_of_work import UnitOfWork
from libraries.programme.programme import Sealed


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

    @property
    def set_aside(self) -> Collection[str]:
        """The names of what could not be done, and is passed over: a portion that has none of it keeps others going."""

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
    handlers: Handlers
    store: Callable[[Connection], Store]
    duties: Sequence[Callable[[], Duty]] = field(default=())
    http: Callable[[Premises], HttpSide] | None = None
    measure: Callable[[Connection], Awaitable[None]] | None = None
    """Brings the service's own figures up to date, which only its tables know; called at each scrape."""
    housekeeping: frozenset[str] = frozenset()
    """The duties, by their names, that only clear up what is old: nobody waits for them, also in a rehearsal."""
    sources: Sources = ANY_FORM
    """Who may send what on the topics of forms."""
    programme: Sealed | None = None
    """What its processes decide by, which has to be the same in all of them; None where it has no such thing."""
    single_writer: bool = False
    """One replica at a time reads all its topics, keeps `store.state` in memory and publishes in one sequence."""

    def __post_init__(self) -> None:
        # At the start, since a handler that nothing can reach would be missed by nobody.
        readable = {event for topic in topics_read_by(self.name) for event in topic.events}
        if stray := [event.__name__ for event in (*self.handlers, *self.handlers.tombstones) if event not in readable]:
            raise ValueError(f"{self.name} handles {', '.join(stray)}, which no topic it reads carries")
