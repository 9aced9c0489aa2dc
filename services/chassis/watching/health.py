"""Health from the parts themselves: alive while they run, ready while they do their work."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from services.chassis.lanes.ledger import QUERIES
from services.chassis.watching import metrics

if TYPE_CHECKING:
    from services.chassis.running.running import Running

_POLL_SECONDS: Final = 30.0
_RELAY_SECONDS: Final = 30.0


class Health:
    """Judges a running service by what its parts last did."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def alive(self) -> list[str]:
        """Why the process should be restarted; empty while it is alive."""
        return ["the loop failed"] if self._running.failed is not None else []

    def ready(self) -> list[str]:
        """Why the service does not do its work at the moment; empty while it does, or stands by for one that does."""
        running = self._running
        problems = [*self.alive(), *running.around.troubles.lasting()]
        lanes = running.committer.lanes.values()
        problems.extend(f"lane {lane.name}: {lane.problem}" for lane in lanes if lane.problem)
        problems.extend(
            f"lane {lane.name} stopped: {lane.position.stopped_because}"
            for lane in lanes
            if lane.position.stopped_because
        )
        if running.relay.oldest_seconds > _RELAY_SECONDS:
            problems.append("committed events are not published: is Kafka there?")
        if running.stands_by:
            return problems
        if not running.membership.assigned_once:
            problems.append("no partitions assigned yet")
        polled_at = running.membership.polled_at
        if polled_at is not None and (silent := time.monotonic() - polled_at) > _POLL_SECONDS:
            problems.append(f"no poll for {silent:.0f} s")
        return problems

    async def measure(self) -> None:
        """Brings the gauges up to date; raises what the database raises."""
        running = self._running
        lanes = running.committer.lanes.values()
        metrics.GATHERED.set(running.committer.reservoir.waiting)
        metrics.UNRELAYED.set(running.relay.unrelayed)
        metrics.OLDEST_UNRELAYED.set(running.relay.oldest_seconds)
        metrics.LANES_STOPPED.set(sum(lane.is_stopped for lane in lanes))
        async with running.around.database.pool.acquire() as connection:
            rows = await connection.fetch(QUERIES["held_counts"])
        counts = {row["state"]: row["records"] for row in rows}
        for state in ("dead", "waiting", "behind"):
            metrics.HELD.labels(state).set(counts.get(state, 0))
