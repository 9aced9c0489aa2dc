"""Health from the loop itself: alive while it polls, ready while its lanes move."""

from __future__ import annotations

import time

from services.chassis.watching import metrics
from services.chassis.consumer import Consumer
from services.chassis.duties import DutyRoster
from services.chassis.ledger import QUERIES
from services.chassis.running.surroundings import Surroundings

_POLL_SECONDS = 30.0
_RELAY_SECONDS = 30.0
_FAILING_SECONDS = 5.0


class Health:
    """Judges a running service by what its loop last did."""

    def __init__(self, surroundings: Surroundings, consumer: Consumer, roster: DutyRoster) -> None:
        self._around = surroundings
        self._consumer = consumer
        self._roster = roster

    def alive(self) -> list[str]:
        """Why the process should be restarted; empty while it is alive."""
        problems = []
        if self._consumer.failed is not None:
            problems.append("the loop failed")
        tasks = self._consumer.subscriber.tasks
        if self._consumer.assigned_once and not any(not task.done() for task in tasks):
            problems.append("the consume loop has ended")
        return problems

    def ready(self) -> list[str]:
        """Why the service does not do its work at the moment; empty while it does."""
        problems = self.alive()
        now = time.monotonic()
        problems.extend(f"lane {it.topic}/{it.partition}: {text}" for it, text in self._consumer.problems.items())
        if (since := self._consumer.opening_since) is not None and now - since > _FAILING_SECONDS:
            problems.append("lanes can't be opened: is PostgreSQL there?")
        if not self._consumer.assigned_once:
            problems.append("no partitions assigned yet")
        failing = [lane.failing_since for lane in self._consumer.lanes if lane.failing_since]
        if failing and now - min(failing) > _FAILING_SECONDS:
            problems.append("transactions fail: is PostgreSQL there?")
        elif now - self._consumer.last_poll > _POLL_SECONDS:
            problems.append(f"no poll for {now - self._consumer.last_poll:.0f} s")
        if self._oldest_unrelayed() > _RELAY_SECONDS:
            problems.append("committed events are not published: is Kafka there?")
        problems.extend(
            f"lane {lane.name.topic}/{lane.name.partition} stopped: {lane.stopped_because}"
            for lane in self._consumer.lanes
            if lane.stopped_because
        )
        return problems

    def _relays(self) -> list[tuple[int, float]]:
        relays = [lane.relay for lane in self._consumer.lanes]
        relays += [lane.relay for lane in self._roster.lanes.values()]
        return [(relay.unrelayed, relay.oldest_seconds) for relay in relays]

    def _oldest_unrelayed(self) -> float:
        return max((oldest for _, oldest in self._relays()), default=0.0)

    async def measure(self) -> None:
        """Brings the gauges up to date."""
        metrics.GATHERED.set(self._consumer.gathered)
        metrics.UNRELAYED.set(sum(count for count, _ in self._relays()))
        metrics.OLDEST_UNRELAYED.set(self._oldest_unrelayed())
        metrics.LANES_STOPPED.set(sum(1 for lane in self._consumer.lanes if lane.stopped_because))
        async with self._around.database.pool.acquire() as connection:
            rows = await connection.fetch(QUERIES["held_counts"])
        counts = {row["state"]: row["records"] for row in rows}
        for state in ("dead", "waiting", "behind"):
            metrics.HELD.labels(state).set(counts.get(state, 0))
