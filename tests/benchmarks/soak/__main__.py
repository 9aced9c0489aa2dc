"""Hours of mixed traffic: python -m tests.benchmarks.soak [--minutes 120] [--rate 10] [--json].

Ends with 1 where memory, connections or what waits to be read went on growing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Final

from rich.console import Console
from rich.table import Table

from contracts.catalogue import PROGRAMME
from deploy.local.stack import Stack
from tests.benchmarks._measuring import memory_mb, stack
from tests.benchmarks.chain.running import Chain, running_chain, warm_up
from tests.benchmarks.soak.traffic import send

_GROWTH: Final = 0.05
"""What the last quarter may hold above the second: pools of the allocator still fill a little in the first."""

_BARS: Final = "▁▂▃▄▅▆▇█"
_WIDTH: Final = 20


@dataclass(frozen=True, slots=True)
class Sample:
    """A look: seconds from the start, applications sent, MB by service, connections, records not read, MB of data."""

    at: float
    sent: int
    memory: dict[str, float]
    connections: int
    waiting: int
    data: float


async def soak(made: Stack, seconds: float, rate: float, every: float, console: Console) -> list[Sample]:
    """Looks again and again while traffic goes on."""
    samples: list[Sample] = []
    async with running_chain(made) as chain, chain.officer():
        await warm_up(chain)
        began = time.monotonic()
        sending = asyncio.create_task(send(chain, rate, began + seconds))
        while not sending.done():
            await asyncio.wait([sending], timeout=every)
            samples.append(await _look(made, chain, time.monotonic() - began))
            console.print(_line(samples[-1]), style="dim", highlight=False)
        await sending
    return samples


async def _look(made: Stack, chain: Chain, at: float) -> Sample:
    memory = {name: memory_mb(service.process_id) for name, service in made.services.items()}
    row = await chain.connection.fetchrow(
        "SELECT (SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'engage_%') AS connections,"
        " pg_database_size(current_database()) / 1e6::float8 AS data"
    )
    waiting = sum([await chain.waiting(name) for name in made.services])
    return Sample(at, chain.sent, memory, row["connections"] if row else 0, waiting, row["data"] if row else 0.0)


def _line(sample: Sample) -> str:
    memory = ", ".join(f"{name} {megabytes:.0f} MB" for name, megabytes in sample.memory.items())
    return (
        f"{sample.at / 60:.1f} min: {sample.sent:,} applications; {memory}; {sample.connections} connections, "
        f"{sample.waiting} records wait, {sample.data:,.0f} MB of data"
    )


def series(samples: Sequence[Sample]) -> Iterator[tuple[str, list[float], float]]:
    """What must stay flat: a name, its values over time, and by how much it may grow at the least."""
    for name in PROGRAMME:
        yield f"{name}, MB", [it.memory[name] for it in samples], 4.0
    yield "connections", [float(it.connections) for it in samples], 2.0
    yield "records that wait", [float(it.waiting) for it in samples], 500.0


def growth(values: Sequence[float]) -> tuple[float, float]:
    """The medians of the second quarter and of the last one."""
    quarter = max(len(values) // 4, 1)
    return median(values[quarter : 2 * quarter] or values), median(values[-quarter:])


def is_flat(values: Sequence[float], at_least: float) -> bool:
    """Whether the last quarter holds hardly more than the second."""
    before, after = growth(values)
    return after <= before + max(before * _GROWTH, at_least)


def table(samples: Sequence[Sample]) -> Table:
    """What should be flat, with its course."""
    drawn = Table("", "second quarter", "last quarter", "course", "flat", title=_line(samples[-1]))
    for name, values, at_least in series(samples):
        before, after = growth(values)
        drawn.add_row(
            name, f"{before:,.0f}", f"{after:,.0f}", _course(values), "yes" if is_flat(values, at_least) else "NO"
        )
    return drawn


def _course(values: Sequence[float]) -> str:
    picked = [values[len(values) * place // _WIDTH] for place in range(_WIDTH)] if len(values) > _WIDTH else values
    most = max(*picked, 1.0)
    return "".join(_BARS[min(int(value / most * len(_BARS)), len(_BARS) - 1)] for value in picked)


def main() -> int:
    """Runs the traffic; 1 where something grew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--rate", type=float, default=10.0, help="applications a second")
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two looks")
    parser.add_argument("--json", action="store_true", help="write every look as JSON")
    arguments = parser.parse_args()
    console = Console(stderr=True)
    with stack(PROGRAMME, {}, partitions=8) as made:
        samples = asyncio.run(soak(made, arguments.minutes * 60, arguments.rate, arguments.every, console))
    if arguments.json:
        sys.stdout.write(json.dumps([asdict(it) for it in samples]) + "\n")
    else:
        Console().print(table(samples))
    return int(not all(is_flat(values, at_least) for _, values, at_least in series(samples)))


if __name__ == "__main__":
    sys.exit(main())
