"""Tracing: where this process is in which trace, and the spans that it tells of; nothing of it while it is off."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, TypeVar

from contracts.event import Event, Tombstone
from contracts.message import EventData
from libraries.chassis.records.published import Cause
from libraries.chassis.watching.trace_context import Place, place_in, place_of

Kind: TypeAlias = Literal["consumer", "client", "internal"]
Attributes: TypeAlias = Mapping[str, str | int]

Collected = TypeVar("Collected", dict[str, tuple[int, int]], set[str])

_MOST_OPEN: Final = 10_000
"""Decisions of transactions that were given up for good are dropped: more than a cycle has records."""


@dataclass(slots=True)
class Span:
    """Something that was done, from when to when (nanoseconds since 1970); `failed` is the class of an error."""

    name: str
    kind: Kind
    place: Place
    parent: str | None
    started: int
    ended: int
    attributes: dict[str, str | int] = field(default_factory=dict)
    links: Sequence[Place] = ()
    failed: str | None = None


class Tracing:
    """The traces of one service's process; `record` takes the spans that have ended, and waits for nothing."""

    def __init__(self, service: str, record: Callable[[Span], None]) -> None:
        self.service = service
        self.record = record
        self._decided: dict[str, tuple[int, int]] = {}
        self._told: set[str] = set()

    def place_of(self, event: Event[EventData] | Tombstone) -> Place:
        """The span of what this service does about an event."""
        return place_of(self.service, event.id, traceparent=event.traceparent, correlation_id=event.correlation_id)

    @contextmanager
    def deciding(self, event: Event[EventData] | Tombstone) -> Iterator[None]:
        """While a handler is at work; its span is told once its transaction was committed, and of the last try only."""
        started = time.time_ns()
        with _within(self.place_of(event)):
            try:
                yield
            finally:
                _bounded(self._decided)[event.id] = started, time.time_ns()

    def take_decided(self, event_id: str) -> tuple[int, int] | None:
        """From when to when a handler was at work on an event, once."""
        return self._decided.pop(event_id, None)

    def has_told(self, cause_id: str) -> bool:
        """Whether what a cause led to was a span already, such as a mail's delivery; asked once."""
        was_told = cause_id in self._told
        self._told.discard(cause_id)
        return was_told

    @contextmanager
    def span(self, name: str, kind: Kind, attributes: Attributes, because_of: Cause | None) -> Iterator[Span | None]:
        """Something that takes a while: what a cause led to, else a part of the span that is at hand."""
        around, place = here(), new_place()
        parent = None
        if because_of is not None:
            named, story = because_of.id or str(because_of.identity), because_of.correlation_id
            traceparent = because_of.traceparent
            _bounded(self._told).add(named)
            place = place_of(self.service, named, traceparent=traceparent, correlation_id=story)
            parent = None if traceparent is None else place_in(traceparent).span_id
        elif around is not None:
            place, parent = place._replace(trace_id=around.trace_id, is_sampled=around.is_sampled), around.span_id
        span = Span(name, kind, place, parent, time.time_ns(), 0, dict(attributes))
        with _within(place):
            try:
                yield span
            except BaseException as error:
                span.failed = type(error).__qualname__  # its text may quote a person
                raise
            finally:
                span.ended = time.time_ns()
                self.record(span)


_place: ContextVar[Place | None] = ContextVar("place", default=None)
_active: Tracing | None = None
_NOTHING: Final[AbstractContextManager[None]] = nullcontext()


def switch(tracing: Tracing | None) -> None:
    """Switches tracing on, or off again."""
    global _active
    _active = tracing


def active() -> Tracing | None:
    """What traces are told to; None while that is off."""
    return _active


def here() -> Place | None:
    """Where this process is at the moment; None outside of any span."""
    return _place.get()


def deciding(event: Event[EventData] | Tombstone) -> AbstractContextManager[None]:
    """While a handler is at work on an event."""
    return _NOTHING if _active is None else _active.deciding(event)


def span(
    name: str,
    *,
    kind: Kind = "internal",
    because_of: Cause | None = None,
    **attributes: str | int,
) -> AbstractContextManager[Span | None]:
    """Something that takes a while: what a cause led to, else a part of the span at hand.

    Attributes are ids, codes and numbers, nothing personal.
    """
    if _active is None:
        return _NOTHING
    named = {f"engage.{name}": value for name, value in attributes.items()}
    return _active.span(name, kind, named, because_of)


@contextmanager
def _within(place: Place) -> Iterator[None]:
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


def _bounded(collected: Collected) -> Collected:
    if len(collected) >= _MOST_OPEN:
        collected.clear()
    return collected


def new_place() -> Place:
    """A span of a trace of its own."""
    return Place(_new_id(16), _new_id(8))


def _new_id(size: int) -> str:
    return os.urandom(size).hex()
