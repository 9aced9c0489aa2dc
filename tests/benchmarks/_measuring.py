"""What the benchmarks share: a stack on a real disk, and what the kernel and PostgreSQL count."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import asyncpg

from contracts.catalogue import TOPICS
from deploy.local.broker import EmbeddedBroker
from deploy.local.stack import Stack
from deploy.local.standing import Broker

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
_TICKS = os.sysconf("SC_CLK_TCK")
# Pages written back to 5 make the kernel forget the peak so far; the number is its own.
_FORGET_PEAK = "5"


@contextmanager
def stack(
    services: Sequence[str], environment: Mapping[str, str], *, partitions: int, broker: Broker | None = None
) -> Iterator[Stack]:
    """The system with PostgreSQL on the disk and fsync on.

    The embedded broker, which stands in where none is given, keeps 5 MB a partition and drops the oldest: more
    `partitions` hold a larger load.
    """
    with tempfile.TemporaryDirectory() as directory:
        made = Stack(
            durable=True,
            services=services,
            directory=Path(directory),
            environment={"ENGAGE_LOG_LEVEL": "info", **environment},
            broker=broker or EmbeddedBroker({topic.name: partitions for topic in TOPICS}),
        )
        made.start()
        try:
            yield made
        finally:
            made.stop()


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds of processor time by name (services, `postgresql`, `broker`), bytes of WAL, and the clock."""

    seconds: dict[str, float]
    wal: int
    at: float

    def since(self, before: Usage) -> Usage:
        """What was used between two moments; `at` is then the seconds between them."""
        used = {name: value - before.seconds[name] for name, value in self.seconds.items()}
        return Usage(used, self.wal - before.wal, self.at - before.at)


async def usage(stack: Stack, connection: Connection) -> Usage:
    """What the services, PostgreSQL and the broker have used so far."""
    seconds = {name: process_seconds(process.process_id) for name, process in stack.services.items()}
    seconds["postgresql"] = sum(process_seconds(pid, ended=True) for pid in _family(stack.postgresql.process_id))
    if isinstance(stack.broker, EmbeddedBroker):
        seconds["broker"] = process_seconds(stack.broker.process_id)
    wal = await connection.fetchval("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
    return Usage(seconds, int(wal), time.perf_counter())


def process_seconds(process_id: int, *, ended: bool = False) -> float:
    """Seconds of processor time that a process has used, and with `ended` its children that have ended."""
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    own = int(fields[11]) + int(fields[12])
    children = int(fields[13]) + int(fields[14]) if ended else 0
    return (own + children) / _TICKS


def _family(postmaster: int) -> list[int]:
    children = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == postmaster:
            children.append(int(path.parent.name))
    return [postmaster, *children]


def memory_mb(process_id: int) -> float:
    """The memory that a process holds now, in MB."""
    return _status_mb(process_id, "VmRSS:")


def peak_memory_mb(process_id: int) -> float:
    """The most memory that a process has held since its start or `forget_peak_memory`, in MB."""
    return _status_mb(process_id, "VmHWM:")


def forget_peak_memory(process_id: int) -> None:
    """Begins a process's peak anew."""
    Path(f"/proc/{process_id}/clear_refs").write_text(_FORGET_PEAK)


def _status_mb(process_id: int, name: str) -> float:
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return 0.0


async def consumed(connection: Connection, service: str, topic: str) -> int:
    """How many records of a topic a service has committed."""
    return (await consumed_topics(connection, service)).get(topic, 0)


async def consumed_topics(connection: Connection, service: str) -> dict[str, int]:
    """How many records of each topic a service has committed."""
    rows = await connection.fetch(f"SELECT topic, sum(next_offset)::bigint FROM {service}.lane GROUP BY topic")
    return {row[0]: row[1] for row in rows}


async def until(look: Callable[[], Awaitable[int]], target: int, *, seconds: float = 300.0) -> None:
    """Waits until `look()` gives at least `target`; raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while (seen := await look()) < target:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{seen} and not {target} after {seconds:g} s")
        await asyncio.sleep(0.02)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of all values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
