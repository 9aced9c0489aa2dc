"""The gauges, brought up to date when somebody asks for them: what is counted elsewhere costs nothing here."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from importlib import metadata
from typing import Final

import asyncpg

from contracts.catalogue import topics_read_by
from libraries.chassis.lanes.committer import Committer
from libraries.chassis.lanes.ledger import QUERIES
from libraries.chassis.outbox.relay import Relay
from libraries.chassis.process.surroundings import Surroundings
from libraries.chassis.records.name import LaneName
from libraries.chassis.running.backlog import Backlog
from libraries.chassis.running.ownership import Ownership
from libraries.chassis.servers.port import Kafka
from libraries.chassis.watching import metrics

_PATIENCE_SECONDS: Final = 2.0
"""A scrape waits so long for each server: the other figures are wanted all the more where one is away."""


class Measuring:
    """Looks at the parts of a running service, and sets the gauges to what it sees."""

    def __init__(
        self, around: Surroundings, kafka: Kafka, ownership: Ownership, committer: Committer, relay: Relay
    ) -> None:
        self._around = around
        self._kafka = kafka
        self._ownership = ownership
        self._committer = committer
        self._relay = relay
        self._backlog = Backlog()
        self._ends: dict[LaneName, int] = {}
        self._looking: dict[str, asyncio.Task[None]] = {}
        self.version = _version()
        metrics.BUILD.labels(self.version, platform.python_version()).set(1)
        for topic in topics_read_by(around.service.name):
            # From nought: Prometheus does not see the first step of a series that begins with it.
            metrics.OFFSETS_SKIPPED.labels(topic.name)
            if topic.is_form:
                metrics.DEAD_LETTERS.labels(topic.name, "astray")

    async def measure(self) -> None:
        """Brings the gauges up to date, those of a server that does not answer as far as is known without it."""
        self._measure_parts()
        # Where Kafka is away the lag is that to the ends that were seen last.
        await self._for_a_moment("Kafka", self._look_at_ends)
        self._measure_lanes()
        await self._for_a_moment("PostgreSQL", self._measure_tables)

    async def _for_a_moment(self, server: str, look: Callable[[], Awaitable[None]]) -> None:
        """Waits for a look at a server, and not for long: it goes on, and no other begins beside it."""
        if (looking := self._looking.get(server)) is None or looking.done():
            looking = self._looking[server] = asyncio.create_task(_quietly(look))
        # Not ended: asyncpg gives a connection back only once its server has answered that, or is given up.
        await asyncio.wait([looking], timeout=_PATIENCE_SECONDS)

    def _measure_parts(self) -> None:
        metrics.GATHERED.set(self._committer.reservoir.records)
        metrics.UNRELAYED.set(self._relay.unrelayed)
        metrics.OLDEST_UNRELAYED.set(self._relay.oldest_seconds)
        metrics.FAILING.clear()
        for part, seconds in self._around.troubles.failing().items():
            metrics.FAILING.labels(part).set(seconds)
        if self._around.service.single_writer:
            metrics.SINGLE_WRITER.clear()
            state = "owner" if self._ownership.is_won else "standby"
            metrics.SINGLE_WRITER.labels(state).set(self._ownership.seconds)

    async def _look_at_ends(self) -> None:
        if names := list(self._committer.lanes):
            self._ends = {name: bounds.end for name, bounds in (await self._kafka.bounds(names)).items()}

    def _measure_lanes(self) -> None:
        lanes = self._committer.lanes.values()
        metrics.LANES.set(len(lanes))
        metrics.LANES_STOPPED.set(sum(lane.is_stopped for lane in lanes))
        for gauge in (metrics.LANE_LAG, metrics.LANE_OLDEST):
            gauge.clear()  # of lanes that went to another replica
        for (topic, partition), records, seconds in self._backlog.look(lanes, self._ends, self._around.machine_clock()):
            metrics.LANE_LAG.labels(topic, partition).set(records)
            metrics.LANE_OLDEST.labels(topic, partition).set(seconds)

    async def _measure_tables(self) -> None:
        async with self._around.database.pool.acquire() as connection:
            self._measure_held(await connection.fetch(QUERIES["held_counts"]))
            if (measure := self._around.service.measure) is not None:
                await measure(connection)

    def _measure_held(self, rows: Iterable[asyncpg.Record]) -> None:
        now = self._around.machine_clock()
        oldest = dict.fromkeys(("dead", "waiting", "behind"), now)
        metrics.HELD.clear()
        for row in rows:
            metrics.HELD.labels(row["state"], row["reason"]).set(row["records"])
            oldest[row["state"]] = min(oldest[row["state"]], row["oldest"])
        for state, since in oldest.items():
            metrics.HELD_OLDEST.labels(state).set((now - since).total_seconds())


async def _quietly(look: Callable[[], Awaitable[None]]) -> None:
    with suppress(Exception):
        await look()


def _version() -> str:
    try:
        return metadata.version("engage")
    except metadata.PackageNotFoundError:  # started from a copy that nobody has installed
        return "unknown"
