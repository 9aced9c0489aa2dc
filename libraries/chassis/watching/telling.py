"""What is told of records that were dealt with: counts, and a log line where there is something to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import orjson
from structlog.typing import FilteringBoundLogger

from contracts.dead_letters import id_in
from contracts.event import Event
from libraries.chassis.records.published import OutboxRow
from libraries.chassis.records.received import Received
from libraries.chassis.watching import metrics, tracing
from libraries.chassis.watching.catalogue import observe_all
from libraries.chassis.watching.log import write_lines
from libraries.chassis.watching.trace_context import trace_of_story

_MOST_CODES: Final = 20
"""Of what has more reasons than that, the event itself says the rest."""


def count(topic: str, records: Sequence[Received]) -> None:
    """Adds records to the metrics, by what became of them."""
    for outcome, number in Counter(received.outcome for received in records).items():
        metrics.RECORDS.labels(topic, outcome).inc(number)


def count_committed(topic: str, records: Sequence[Received], now: datetime) -> None:
    """Adds records to the metrics whose transaction was committed by now: what became of them, and how long it took."""
    count(topic, records)
    for received in records:
        if received.outcome == "dead":
            metrics.DEAD_LETTERS.labels(topic, received.reason).inc()
    if not (handled := [received for received in records if received.outcome == "handled"]):
        return
    took, seconds = metrics.RECORD_TO_COMMIT.labels(topic), now.timestamp()
    # Of those that one transaction committed the oldest is shown as an example: to note each takes twice as long.
    first, *others = sorted(handled, key=lambda received: received.timestamp)
    took.observe(_since(first, seconds), _story_of(first))
    observe_all(took, [_since(received, seconds) for received in others])


def count_cycle(records: int, seconds: float) -> None:
    """Adds a committed transaction to the metrics."""
    metrics.BATCH_SECONDS.observe(seconds)
    metrics.BATCH_RECORDS.observe(records)


def tell(log: FilteringBoundLogger, records: Sequence[Received], *, seconds: float) -> None:
    """Writes what became of each record; those that nobody here handles are not worth a line."""
    milliseconds = round(seconds * 1000, 1)
    # The many by the quick way; the few that need somebody's eyes one by one, with their reason.
    for outcome in ("handled", "duplicate"):
        write_lines(
            log, outcome, (_line(received, milliseconds) for received in records if received.outcome == outcome)
        )
    for received in records:
        if received.outcome not in ("handled", "duplicate", "skipped"):
            told = {**_line(received, milliseconds), "reason": received.reason, "detail": received.detail}
            log.warning(str(received.outcome), **told)


def tell_refused(log: FilteringBoundLogger, published: Iterable[OutboxRow]) -> None:
    """Writes a line of each refusal that was just committed: whom it concerns and its codes, no words of anybody."""
    for row in published:
        if "refused" in row.type and row.payload is not None:
            said = orjson.loads(row.payload)
            log.info(
                "refused",
                action="refuse",
                event_type=row.type,
                event_id=row.id,
                causation_id=row.causation_id,
                correlation_id=row.correlation_id,
                subject=row.key,
                application_id=said.get("application_id"),
                codes=[reason["code"] for reason in said.get("reasons", ())[:_MOST_CODES]],
            )


def _since(received: Received, seconds: float) -> float:
    return max(seconds - received.recorded_seconds, 0.0)


def _story_of(received: Received) -> dict[str, str] | None:
    event = received.event
    return event and {"trace_id": trace_of_story(event.traceparent, event.correlation_id)}


def _line(received: Received, milliseconds: float) -> dict[str, object]:
    event = received.event
    line: dict[str, object] = {
        "action": "consume",
        "topic": received.topic.name,
        "partition": received.partition,
        "offset": received.offset,
        "event_type": event.type if event else None,
        "event_id": event.id if event else None,
        "correlation_id": event.correlation_id if event else None,
        # Of what can't be read its key still says whose it was.
        "subject": event.subject if event else id_in(received.key),
        "batch_ms": milliseconds,
    }
    if isinstance(event, Event) and (application_id := getattr(event.data, "application_id", None)) is not None:
        line["application_id"] = application_id
    if event is not None and (active := tracing.active()) is not None:
        place = active.place_of(event)
        return {**line, "trace_id": place.trace_id, "span_id": place.span_id}
    return line
