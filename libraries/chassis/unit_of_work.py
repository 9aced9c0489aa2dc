"""The unit of work: what a handler may do, committed with everything else of its transaction or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

import orjson

from contracts.catalogue import topic_of
from contracts.event import Derivation, Event, Tombstone, derived_id, encode_data
from contracts.message import EventData
from contracts.topic import Topic
from libraries.chassis.records.published import Cause, OutboxRow
from libraries.chassis.store import Store

StoreType = TypeVar("StoreType", bound=Store)


class PlainEvent(NamedTuple):
    """An event, its key and its data: every field of its model, by the name it has in JSON, in the model's order.

    A value is what `orjson` writes as the model would: times are in UTC.
    """

    event: type[EventData]
    key: UUID
    values: Mapping[str, object]


class UnitOfWork(Generic[StoreType]):
    """Everything a handler has: the store of this transaction, `publish`, the cause's time, and new ids.

    Ids and times derive from the cause, so the same events lead to the same effects byte for byte.
    """

    def __init__(self, service: str, store: StoreType) -> None:
        self.store = store
        self.published: list[OutboxRow] = []
        self._service = service
        self._cause: Cause | None = None
        self._ids: Derivation | None = None
        self._ordinal = 0

    def because_of(self, cause: Event[EventData] | Tombstone | Cause) -> None:
        """Names the cause of what follows; the chassis does it before each handler."""
        if not isinstance(cause, Cause):
            cause = Cause.of(cause)
        self._cause = cause
        self._ids = None
        self._ordinal = 0

    @property
    def now(self) -> datetime:
        """When the cause happened: the only clock a handler knows."""
        return self.cause.time

    @property
    def cause(self) -> Cause:
        """The cause at hand; raises RuntimeError outside a handler."""
        if self._cause is None:
            raise RuntimeError("nothing can be published without a cause")
        return self._cause

    def new_id(self) -> UUID:
        """The id of something that this cause creates: a UUIDv8, the same at every replay."""
        if (ids := self._ids) is None:
            cause = self.cause
            ids = self._ids = Derivation(cause.identity, cause.time, source=self._service)
        self._ordinal += 1
        return ids.id(self._ordinal)

    def publish(self, data: EventData) -> None:
        """Publishes an event on the topic that the catalogue gives it, once this transaction commits."""
        self._add(_topic(type(data), self._service), str(data.aggregate_id), data.event_type, encode_data(data))

    def publish_plain(self, said: PlainEvent) -> None:
        """Publishes an event of plain values, which its handler knows to be right: no reader would refuse them.

        To make, check and write a model takes six times as long. Whatever a test publishes this way is held against
        its model: see `tests/conftest.py`.
        """
        event, key, values = said
        payload = orjson.dumps(values, _written, orjson.OPT_UTC_Z)
        self._add(_topic(event, self._service), str(key), event.event_type, payload)

    def publish_instead(self, data: EventData, at: datetime) -> None:
        """Publishes an event in the place of another, which a handler publishes where topics are read in another order.

        So what follows keeps its ids and numbers, however often a service is built anew from its topics. This one is
        known by what it says: with the other's id or number readers would take it for what they have seen.
        """
        self.new_id()  # the other's, which nothing else may have
        self.publish_as_said(data, at)

    def publish_as_said(self, data: EventData, at: datetime) -> None:
        """Publishes an event whose id derives from what it says: the same words are the same event, others another.

        For what several causes may lead to, whichever is read last, and for what hangs on what was read before: a
        service that is built anew may say it otherwise, and never under an id that has said something else. It has no
        number, by which readers would miss what another cause had said under a higher one.
        """
        payload = encode_data(data)
        self._add_apart(_topic(type(data), self._service), data.aggregate_id, data.event_type, payload, at)

    def retract(self, event: type[EventData], key: UUID) -> None:
        """Publishes a tombstone for a key of the compacted topic that carries `event`."""
        self._add(_compacted(event, self._service), str(key), event.event_type, None)

    def retract_as_said(self, event: type[EventData], key: UUID, ends: str, at: datetime) -> None:
        """Publishes a tombstone that is known by the record that it `ends`: once for each, as `publish_as_said` does.

        Whoever has seen an earlier one, and then what it ends again, takes this one too.
        """
        self._add_apart(_compacted(event, self._service), key, event.event_type, None, at, ends=ends)

    def _add(self, topic: Topic, key: str, event_type: str, payload: bytes | None) -> None:
        cause = self.cause
        self.published.append(
            OutboxRow(
                self.new_id(),
                topic.name,
                key,
                event_type,
                cause.time,
                cause.correlation_id,
                cause.id or str(cause.identity),
                cause.traceparent,
                payload,
            )
        )

    def _add_apart(
        self, topic: Topic, key: UUID, event: str, payload: bytes | None, at: datetime, *, ends: str = ""
    ) -> None:
        """Adds what is known by its own words, outside of what the lane numbers."""
        said = f"{event} of {key}: {ends if payload is None else payload.decode()}"
        identifier = derived_id(Cause.named(said, at).identity, at, source=self._service, ordinal=0)
        cause = self.cause
        told = cause.correlation_id, cause.id or str(cause.identity), cause.traceparent, payload
        self.published.append(OutboxRow(identifier, topic.name, str(key), event, at, *told, numbered=False))


def _written(value: object) -> str:
    # The driver reads ids as a kind of UUID of its own, which orjson does not know.
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"no plain value: {type(value).__name__}")


_topics: dict[tuple[type[EventData], str], Topic] = {}


def _topic(event: type[EventData], service: str) -> Topic:
    # A dictionary rather than a scan of the catalogue for each event: 0.1 µs against 3.
    if (topic := _topics.get((event, service))) is None:
        topic = _topics[event, service] = topic_of(event, service)
    return topic


def _compacted(event: type[EventData], service: str) -> Topic:
    topic = _topic(event, service)
    if not topic.compacted:
        raise ValueError(f"{topic.name} is not compacted: a tombstone has no meaning there")
    return topic
