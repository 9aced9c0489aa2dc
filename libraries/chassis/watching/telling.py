"""What is told of records that were dealt with: counts, and a log line where there is something to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from structlog.typing import FilteringBoundLogger

from libraries.chassis.records.received import Received
from libraries.chassis.watching import metrics
from libraries.chassis.watching.log import write_lines


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


def _line(received: Received, milliseconds: float) -> dict[str, object]:
    event = received.event
    return {
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
