"""A service as the chassis sees it: a name, handlers, a store, and what it does by the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from uuid import UUID

from contracts.catalogue import topics_read_by
from contracts.event import Event
from contracts.message import EventData
from services.chassis.store import Connection, Store
from services.chassis.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from services.chassis.surroundings import Surroundings

Handler: TypeAlias = Callable[[Event[Any], UnitOfWork[Any]], None]
"""One function an event: reads and changes the unit's store, publishes; no input or output of its own."""


TombstoneHandler: TypeAlias = Callable[[UUID, UnitOfWork[Any]], None]
"""One function a compacted topic's event: what to do when the thing of this id is gone."""


class Refused(Exception):
    """The event can't be processed, now or later: it becomes a dead letter with this code and detail.

    `detail` never quotes personal data.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class NotYet(Exception):
    """What the event refers to is not known yet: the record waits, and is tried again."""

    def __init__(self, entity: str, identifier: UUID) -> None:
        super().__init__(f"{entity} {identifier} is not known yet")
        self.reference = f"{entity}:{identifier}"


class DutyLane(Protocol):
    """A lane without an input partition, on which a duty commits units of work."""

    partition: int

    def unit_of_work(self) -> AbstractAsyncContextManager[UnitOfWork[Any]]:
        """A unit of work that commits on leaving and rolls back on an exception.

        Raises LaneLost where another replica has taken the lane over.
        """


class Duty(Protocol):
    """Something a service does by the clock, such as sending what is due.

    The work is divided over `lanes`; at any time each lane has one owner among all replicas.
    """

    lanes: int

    async def perform(self, lane: DutyLane) -> bool:
        """Does one portion of this lane's work; True where more may be waiting."""

    async def close(self) -> None:
        """Lets go of what it holds (connections …)."""


class HttpSide(Protocol):
    """What a service answers over HTTP beside health and metrics: an ASGI application with a life of its own.

    It gets every request whose path begins with `prefix`.
    """

    prefix: str

    async def open(self) -> None:
        """Gets ready, once the database is open."""

    async def close(self) -> None:
        """Lets go of what it holds."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers one request."""


@dataclass(frozen=True, slots=True)
class Service:
    """What makes a service: the chassis does the rest."""

    name: str
    handlers: Mapping[type[EventData], Handler]
    store: Callable[[Connection], Store]
    tombstones: Mapping[type[EventData], TombstoneHandler] = field(default_factory=dict)
    duties: Sequence[Callable[[], Duty]] = field(default=())
    http: Callable[[Surroundings], HttpSide] | None = None

    def __post_init__(self) -> None:
        readable = {event for topic in topics_read_by(self.name) for event in topic.events}
        if stray := [event.__name__ for event in (*self.handlers, *self.tombstones) if event not in readable]:
            raise ValueError(f"{self.name} handles {', '.join(stray)}, which no topic it reads carries")
