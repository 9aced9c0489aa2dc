"""Where Kafka's log does not meet a lane: what it has forgotten before we read it, and topics that were made anew."""

from __future__ import annotations

from structlog.typing import FilteringBoundLogger

from libraries.chassis.lanes.lane import Lane
from libraries.chassis.servers.port import Bounds
from libraries.chassis.watching import metrics


def compare(lane: Lane, log: Bounds, tell: FilteringBoundLogger) -> None:
    """Tells of what is missing; a lane that lies behind the end of the log is given a problem, and is stopped by it."""
    line = tell.bind(lane=str(lane.name))
    missing = log.first - lane.next_offset
    if missing > 0 and not lane.topic.compacted:
        metrics.OFFSETS_SKIPPED.labels(lane.name.topic).inc(missing)
        line.warning("records are missing", action="gap", expected=lane.next_offset, offset=log.first)
    if lane.next_offset > log.end:
        lane.problem = (
            f"the log ends at {log.end}, before the lane's position {lane.next_offset}: was the topic made anew?"
        )
        line.critical(lane.problem, action="stop-lane")
