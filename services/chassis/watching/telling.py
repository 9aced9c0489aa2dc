"""What is told of records that were dealt with: counts, and a log line where there is something to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from structlog.typing import FilteringBoundLogger

from services.chassis.lanes.received import Received
from services.chassis.watching import metrics


def count(topic: str, records: Sequence[Received]) -> None:
    """Adds records to the metrics, by what became of them."""
    for outcome, number in Counter(received.outcome for received in records).items():
        metrics.RECORDS.labels(topic, outcome).inc(number)


def count_cycle(records: int, seconds: float) -> None:
    """Adds a committed transaction to the metrics."""
    metrics.BATCH_SECONDS.observe(seconds)
    metrics.BATCH_RECORDS.observe(records)


def tell(log: FilteringBoundLogger, records: Sequence[Received], *, seconds: float) -> None:
    """Writes what became of each record; those that nobody here handles are not worth a line."""
    duration = round(seconds * 1000, 1)
    for received in records:
        event = received.event
        if received.outcome == "skipped":
            continue
        line = log.info if received.outcome in ("handled", "duplicate") else log.warning
        line(
            str(received.outcome),
            action="consume",
            topic=received.topic.name,
            partition=received.partition,
            offset=received.offset,
            event_type=event.type if event else None,
            event_id=event.id if event else None,
            correlation_id=event.correlation_id if event else None,
            subject=event.subject if event else None,
            batch_ms=duration,
            **({"reason": received.reason, "detail": received.detail} if received.reason else {}),
        )
