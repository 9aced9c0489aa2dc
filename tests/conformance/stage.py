"""A service on a stage of its own: its store and handlers over PostgreSQL, a transaction a batch, and no broker."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from contracts.any_event import AnyData, decode_any
from contracts.catalogue import TOPIC_BY_NAME, TOPICS, topics_read_by
from contracts.codec import encode_attributes
from contracts.event import Event, Tombstone, encode_data
from contracts.message import EventData
from contracts.topic import Topic
from libraries.chassis.handling import Origin
from libraries.chassis.records.published import OutboxRow
from libraries.chassis.service import Service
from libraries.chassis.unit_of_work import UnitOfWork

Taken = Event[Any] | Tombstone
"""What a service takes from a topic."""


def service_named(name: str) -> Service:
    """The service as it is run."""
    service: Service = importlib.import_module(f"services.{name}.app").SERVICE
    return service


def reads(service: Service, taken: Taken) -> bool:
    """Whether a service has a handler for what came."""
    if service.handlers.every is not None:
        return topic_of_taken(taken) in topics_read_by(service.name)
    if isinstance(taken, Tombstone):
        return taken.retracted in service.handlers.tombstones
    return type(taken.data) in service.handlers


def topic_of_taken(taken: Taken) -> Topic:
    """The topic that an event or a tombstone comes on."""
    event_type = taken.retracted if isinstance(taken, Tombstone) else type(taken.data)
    return next(topic for topic in TOPICS if event_type in topic.events)


def as_any(taken: Taken) -> Event[AnyData]:
    """The same as who takes events of any type reads it from its record."""
    headers: list[tuple[str, bytes | None]] = [
        *encode_attributes(
            taken.id,
            taken.source,
            taken.type,
            0,
            taken.time,
            taken.correlation_id,
            taken.causation_id,
            taken.traceparent,
            taken.sequence,
        )
    ]
    value = None if isinstance(taken, Tombstone) else taken.payload or encode_data(taken.data)
    return decode_any(taken.subject.encode(), value, headers)


def event_of(row: OutboxRow, *, source: str) -> Taken:
    """What a service published, as its readers take it; raises ValidationError where they could not."""
    types = {event.event_type: event for event in TOPIC_BY_NAME[row.topic].events}
    attributes = (str(row.id), source, row.key, row.time, row.correlation_id, row.causation_id, row.traceparent)
    if row.payload is None:
        return Tombstone(*attributes, types[row.type])
    data: EventData = types[row.type].model_validate_json(row.payload, strict=True)
    return Event(*attributes, data, row.payload)


@dataclass
class Stage:
    """A service's database and what it published; a single writer's state is kept, or read anew for each batch."""

    service: Service
    connection: asyncpg.Connection[asyncpg.Record]
    forgetful: bool = False
    published: list[OutboxRow] = field(default_factory=list)
    statements: int = 0
    _state: Any = None
    _taken: int = 0

    async def take(self, batch: Sequence[Taken]) -> list[OutboxRow]:
        """Handles a batch in one transaction, as the chassis does; returns what it published."""
        service = self.service
        async with self.unit([taken for taken in batch if isinstance(taken, Event)]) as unit:
            for taken in batch:
                unit.because_of(taken)
                if (every := service.handlers.every) is not None:
                    every(as_any(taken), self._origin(taken), unit)
                elif isinstance(taken, Tombstone):
                    service.handlers.tombstones[taken.retracted](UUID(taken.subject), unit)
                else:
                    service.handlers[type(taken.data)](taken, unit)
        return unit.published

    @asynccontextmanager
    async def unit(self, events: Sequence[Event[Any]] = ()) -> AsyncIterator[UnitOfWork[Any]]:
        """A transaction with what these events need, committed on leaving: a duty's needs none."""
        service = self.service
        async with self.connection.transaction():
            store: Any = service.store(self.connection)
            if service.single_writer:
                store.state = await store.read_state() if self.forgetful or self._state is None else self._state
                self._state = None
            with self.connection.query_logger(self._count):
                await store.load(events, service.handlers.named(events))
                unit: UnitOfWork[Any] = UnitOfWork(service.name, store)
                yield unit
                await store.save()
            if service.single_writer:
                self._state = store.state
        self.published += unit.published

    def _origin(self, taken: Taken) -> Origin:
        self._taken += 1
        # Recorded when it happened: what a story of years ago leaves does not hang on the day of the test.
        return Origin(topic_of_taken(taken).name, 0, self._taken, taken.time)

    def _count(self, query: Any) -> None:
        # asyncpg asks for types the first time that a connection meets one; COPY is not among what it logs.
        self.statements += "pg_catalog" not in query.query

    async def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that stands in the service's own tables, in the order of their primary keys or of everything."""
        names = await self.connection.fetch(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = $1 ORDER BY 1", self.service.name
        )
        found = {}
        for (name,) in names:
            rows = await self.connection.fetch(f'SELECT * FROM {self.service.name}."{name}"')
            found[name] = sorted((tuple(map(_unless_it_is_now, row)) for row in rows), key=repr)
        return found


def _unless_it_is_now(value: object) -> object:
    # When something was written differs from one run to the next; all else in these stories happened years ago.
    return "now" if isinstance(value, datetime) and datetime.now(UTC) - value < timedelta(hours=1) else value
