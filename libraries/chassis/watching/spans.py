"""The spans of a transaction, as OpenTelemetry names what is messaging: one for all of it, one for each record."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Final

from contracts.event import Event, Tombstone
from contracts.message import EventData
from libraries.chassis.records.published import OutboxRow
from libraries.chassis.records.received import UNFORESEEN, Received
from libraries.chassis.watching import tracing
from libraries.chassis.watching.trace_context import Place, place_in, place_of, span_before
from libraries.chassis.watching.tracing import Span, Tracing

_MOST_LINKS: Final = 128
"""What OpenTelemetry keeps of a span's links."""


def tell_of(records: Sequence[Received], seconds: float) -> None:
    """Tells of a transaction that has just been committed, which took so long, where somebody wants to know."""
    active = tracing.active()
    if active is None:
        return
    ended = time.time_ns()
    started = ended - int(seconds * 1e9)
    # Before the spans of the records, which are linked to it.
    batch = tracing.new_place()
    told = [received for received in records if received.event is not None and received.outcome != "skipped"]
    for received in told:
        assert received.event is not None
        span = _decision(active, received, received.event, batch, (started, ended))
        if span.place.is_sampled:
            active.record(span)
    if told:
        active.record(_transaction(active, batch, told, (started, ended)))


def tell_of_due(published: Sequence[OutboxRow], began: int) -> None:
    """Tells of what was done by the clock: a span for each cause, since that is where what follows comes from."""
    active = tracing.active()
    if active is None:
        return
    # One of each cause will do: all that it publishes belongs to one story.
    for row in {row.causation_id: row for row in published}.values():
        if row.causation_id is not None and not active.has_told(row.causation_id):
            story = row.traceparent
            place = place_of(active.service, row.causation_id, traceparent=story, correlation_id=row.correlation_id)
            parent = None if story is None else place_in(story).span_id
            said: dict[str, str | int] = {
                "engage.subject": row.key,
                "messaging.message.conversation_id": str(row.correlation_id),
            }
            name = f"decide {row.type.removeprefix('engage.')} by the clock"
            active.record(Span(name, "internal", place, parent, began, time.time_ns(), said))


def _transaction(active: Tracing, place: Place, records: Sequence[Received], during: tuple[int, int]) -> Span:
    topics = {received.topic.name for received in records}
    # A transaction takes records of any number of topics, and the attribute has room for one.
    topic = topics.pop() if len(topics) == 1 else None
    attributes = {
        **_messaging(active, "commit", topic),
        "messaging.batch.message_count": len(records),
    }
    links = tuple(_links(records))[:_MOST_LINKS]
    return Span(f"commit {topic}" if topic else "commit", "consumer", place, None, *during, attributes, links)


def _links(records: Sequence[Received]) -> Iterator[Place]:
    """Where each record was published, as far as it says so."""
    for received in records:
        event = received.event
        if event is not None and (hop := event.hop or event.traceparent) is not None:
            yield place_in(hop)


def _decision(
    active: Tracing,
    received: Received,
    event: Event[EventData] | Tombstone,
    batch: Place,
    during: tuple[int, int],
) -> Span:
    started, ended = active.take_decided(event.id) or during
    attributes = {
        **_messaging(active, "decide", received.topic.name),
        "messaging.destination.partition.id": str(received.partition),
        "messaging.kafka.offset": received.offset,
        "messaging.message.id": str(event.id),
        "messaging.message.conversation_id": str(event.correlation_id),
        "engage.event.type": event.type,
        "engage.subject": event.subject,
        "engage.outcome": str(received.outcome),
    }
    if received.reason:
        attributes["engage.reason"] = received.reason
    # What was refused is no failure: a collector that counts errors would count what forms got wrong.
    failed = received.reason if received.reason in UNFORESEEN else None
    name = f"decide {event.type.removeprefix('engage.')}"
    place = active.place_of(event)
    return Span(name, "consumer", place, span_before(event), started, ended, attributes, (batch,), failed)


def _messaging(active: Tracing, name: str, topic: str | None) -> dict[str, str | int]:
    named: dict[str, str | int] = {
        "messaging.system": "kafka",
        "messaging.operation.name": name,
        "messaging.operation.type": "process",
        "messaging.consumer.group.name": f"engage-{active.service}",
    }
    return {**named, "messaging.destination.name": topic} if topic else named
