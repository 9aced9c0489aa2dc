"""What is published, as the outbox keeps it, and what it is published because of."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import NAMESPACE_OID, UUID, uuid5

from contracts.event import Event, Tombstone, root_of
from contracts.message import EventData
from contracts.sources import is_a_services


class OutboxRow(NamedTuple):
    """An event to be published, in the columns of the outbox (and of Debezium's outbox router).

    A `payload` of None is a tombstone. The lane gives the sequence when the unit commits, to what is `numbered`.
    """

    id: UUID
    topic: str
    key: str
    type: str
    time: datetime
    correlation_id: str
    causation_id: str | None
    traceparent: str | None
    payload: bytes | None
    numbered: bool = True


class Cause(NamedTuple):
    """Why something is published: the event (or the due matter) behind it and the story it belongs to.

    The ids of all that follows derive from `identity`; what follows names `id` as its cause, or, where there is none,
    the identity.
    """

    identity: UUID
    time: datetime
    correlation_id: str
    traceparent: str | None = None
    id: str | None = None

    @classmethod
    def of(cls, event: Event[EventData] | Tombstone) -> Cause:
        """The cause that an event is."""
        own = is_a_services(event.source)
        root = event.identity if own else root_of(event.source, event.id)
        return cls(root, event.time, event.correlation_id, event.traceparent, event.id)

    @classmethod
    def named(cls, name: str, at: datetime) -> Cause:
        """The cause of what the clock and no event caused: a story of its own, whose id derives from what it is."""
        identifier = uuid5(NAMESPACE_OID, name)
        return cls(identifier, at, str(identifier))
