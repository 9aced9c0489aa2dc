"""What is told of records that were dealt with: counts, and a log line where there is something to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from structlog.typing import FilteringBoundLogger

from libraries.chassis.records.received import Received
from libraries.chassis.watching import metrics, tracing
from libraries.chassis.watching.log import write_lines
from libraries.chassis.watching.trace_context import trace_of_story


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
    for received in others:
        took.observe(_since(received, seconds))


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


def _since(received: Received, seconds: float) -> float:
    return max(seconds - received.recorded_at.timestamp(), 0.0)


def _story_of(received: Received) -> dict[str, str] | None:
    event = received.event
    return event and {"trace_id": trace_of_story(event.traceparent, event.correlation_id)}


def _line(received: Received, milliseconds: float) -> dict[str, object]:
    event = received.event
    line = {
        "action": "consume",
        "topic": received.topic.name,
        "partition": received.partition,
        "offset": received.offset,
        "event_type": event.type if event else None,
        "event_id": event.id if event else None,
        "correlation_id": event.correlation_id if event else None,
        "subject": event.subject if event else None,
        "batch_ms": milliseconds,
    }
    if event is not None and (active := tracing.active()) is not None:
        place = active.place_of(event)
        return {**line, "trace_id": place.trace_id, "span_id": place.span_id}
    return line
