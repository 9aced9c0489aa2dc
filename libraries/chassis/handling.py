"""What a service does with each event: registered where the function stands, with what it needs loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar, overload
from uuid import UUID

from contracts.any_event import AnyData
from contracts.event import Event
from contracts.message import EventData
from contracts.topic import Topic
from libraries.chassis.store import Named, Store
from libraries.chassis.unit_of_work import UnitOfWork

Handler: TypeAlias = Callable[[Event[Any], UnitOfWork[Any]], None]
"""One function an event: reads and changes the unit's store, publishes; no input or output of its own."""


TombstoneHandler: TypeAlias = Callable[[UUID, UnitOfWork[Any]], None]
"""One function a compacted topic's event: what to do when the thing of this id is gone."""


class Origin(NamedTuple):
    """Which record an event came in, and when that was produced, by its own timestamp."""

    topic: str
    partition: int
    offset: int
    recorded_at: datetime


AnyHandler: TypeAlias = Callable[[Event[AnyData], Origin, UnitOfWork[Any]], None]
"""One function for every event, of whatever type and version, tombstones with them."""


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


StoreOf = TypeVar("StoreOf", bound=Store)
Data = TypeVar("Data", bound=EventData)
Given = TypeVar("Given")
AlsoGiven = TypeVar("AlsoGiven")


class Lookup(NamedTuple, Generic[StoreOf, Given]):
    """What a handler needs: `named` is what the store has to load, `get` then gives it to the handler.

    `get` raises NotYet where the event has to wait for it, or Refused.
    """

    named: Sequence[tuple[str, UUID]]
    get: Callable[[StoreOf], Given]


def must_be_known(
    entity: str, identifier: UUID, find: Callable[[StoreOf], Given | None], *named: tuple[str, UUID]
) -> Lookup[StoreOf, Given]:
    """What `find` gives of a store that has loaded what is `named`; the event waits for it where that is nothing."""

    def get(store: StoreOf) -> Given:
        known = find(store)
        if known is None:
            raise NotYet(entity, identifier)
        return known

    return Lookup(named, get)


def both(first: Lookup[StoreOf, Given], second: Lookup[StoreOf, AlsoGiven]) -> Lookup[StoreOf, tuple[Given, AlsoGiven]]:
    """Two needs of one handler, which gets a pair; what is missed first is missed in this order."""
    return Lookup((*first.named, *second.named), lambda store: (first.get(store), second.get(store)))


@dataclass(frozen=True, slots=True)
class Handling:
    """That a function handles an event: `needs` is None where all that it looks at is in memory."""

    event: type[EventData]
    function: Callable[..., None]
    needs: Callable[[Any], Lookup[Any, Any]] | None = None
    slow: bool = False
    retracted: bool = False


_HANDLED = "__handled__"
"""The attribute of a function that holds what it was registered for, until `handlers_in` asks."""

Function = TypeVar("Function", bound=Callable[..., None])
Plain: TypeAlias = Callable[[Event[Data], UnitOfWork[StoreOf]], None]
With: TypeAlias = Callable[[Event[Data], UnitOfWork[StoreOf], Given], None]


@overload
def handles(event: type[Data], *, slow: bool = False) -> Callable[[Plain[Data, StoreOf]], Plain[Data, StoreOf]]: ...


@overload
def handles(
    event: type[Data], *, needs: Callable[[Data], Lookup[StoreOf, Given]], slow: bool = False
) -> Callable[[With[Data, StoreOf, Given]], With[Data, StoreOf, Given]]: ...


def handles(
    event: type[EventData], *, needs: Callable[[Any], Lookup[Any, Any]] | None = None, slow: bool = False
) -> Callable[[Any], Any]:
    """Registers the function below it for an event, with what it needs loaded, which it gets as its third argument.

    `needs` is asked twice an event: for what to load, and for what to give. A field that the event does not have, a
    handler that takes something else than its need gives, or takes what no need gives, is an error of the type
    checker. What is `slow` runs beside the loop, which goes on saying that it lives.
    """
    return lambda function: _register(function, Handling(event, function, needs, slow))


def handles_tombstones_of(event: type[EventData]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Registers the function below it for tombstones of a compacted topic's event; it gets the id of what is gone."""
    return lambda function: _register(function, Handling(event, function, retracted=True))


def handles_every_event(function: AnyHandler) -> AnyHandler:
    """Registers the function below it for all that comes on the service's topics, known to a contract or not.

    Such a service has no other handler: nothing that it reads is left out, and nothing becomes a dead letter for what
    its contracts do not know yet.
    """
    return _register(function, Handling(AnyData, function))


def _register(function: Function, handling: Handling) -> Function:
    function.__dict__.setdefault(_HANDLED, []).append(handling)
    return function


class Handlers(Mapping[type[EventData], Handler]):
    """What a service does with each event, by the event's class; `tombstones` by that of what is gone.

    `first` is called with an event and its unit before its handler and after all that it needs was found. `every`
    is the one handler of a service that takes all alike. Raises ValueError where two functions handle one event.
    """

    def __init__(self, handlings: Iterable[Handling], *, first: Handler | None = None) -> None:
        self._first = first
        self._handlings: dict[type[EventData], Handling] = {}
        self._handlers: dict[type[EventData], Handler] = {}
        self.tombstones: dict[type[EventData], TombstoneHandler] = {}
        self.every: AnyHandler | None = None
        self._skipped: dict[str, frozenset[bytes | None]] = {}
        for handling in handlings:
            if handling.event is AnyData:
                self.every = handling.function
                continue
            known = self.tombstones if handling.retracted else self._handlings
            if handling.event in known:
                raise ValueError(f"{handling.event.__name__} has two handlers, and needs one")
            if handling.retracted:
                self.tombstones[handling.event] = handling.function
            else:
                self._handlings[handling.event] = handling
                self._handlers[handling.event] = self._handler(handling)
        if self.every is not None and (self._handlers or self.tombstones):
            raise ValueError("who handles every event has no other handler")

    def __getitem__(self, event: type[EventData]) -> Handler:
        return self._handlers[event]

    def __iter__(self) -> Iterator[type[EventData]]:
        return iter(self._handlers)

    def __len__(self) -> int:
        return len(self._handlers)

    def skipped(self, topic: Topic) -> frozenset[bytes | None]:
        """The types of events, as headers have them, that a topic carries and nobody here handles."""
        # Asked for each record, and for each topic always the same.
        if (types := self._skipped.get(topic.name)) is None:
            # A compacted topic's tombstones carry the type of what they retract, so its types are always read.
            stray = () if topic.compacted else (event for event in topic.events if event not in self._handlers)
            types = self._skipped[topic.name] = frozenset(event.event_type.encode() for event in stray)
        return types

    def named(self, events: Iterable[Event[EventData]]) -> Named:
        """What the handlers of these events need loaded."""
        found: dict[str, set[UUID]] = {}
        for event in events:
            handling = self._handlings.get(type(event.data))
            if handling is not None and handling.needs is not None:
                for entity, identifier in handling.needs(event.data).named:
                    found.setdefault(entity, set()).add(identifier)
        return Named(found)

    def is_slow(self, event: type[EventData]) -> bool:
        """Whether an event's handler may take long."""
        handling = self._handlings.get(event)
        return handling is not None and handling.slow

    def _handler(self, handling: Handling) -> Handler:
        first, function, needs = self._first, handling.function, handling.needs
        if first is None and needs is None:
            return function

        def handle(event: Event[Any], unit: UnitOfWork[Any]) -> None:
            given = () if needs is None else (needs(event.data).get(unit.store),)
            if first is not None:
                first(event, unit)
                # Asked again, for that may have changed what was given.
                given = () if needs is None else (needs(event.data).get(unit.store),)
            function(event, unit, *given)

        return handle


def handlers_in(place: ModuleType, *, first: Handler | None = None) -> Handlers:
    """All that is registered in a module, or in the modules of a package; see Handlers."""
    modules = [place]
    if path := getattr(place, "__path__", None):
        modules += [import_module(f"{place.__name__}.{found.name}") for found in iter_modules(path)]
    # By the module in which it was written, since one module may import the handlers of another.
    functions = [
        value
        for module in modules
        for value in vars(module).values()
        if getattr(value, "__module__", None) == module.__name__ and hasattr(value, _HANDLED)
    ]
    return Handlers([handling for function in functions for handling in getattr(function, _HANDLED)], first=first)
