"""The same forms over ever larger tables: python -m tests.benchmarks.years [--applications 3000 100000 …] [--json]."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import asyncpg
from rich.console import Console
from rich.table import Table

from contracts.catalogue import PROGRAMME
from deploy.local.stack import Stack
from tests.benchmarks._measuring import Connection, memory_mb, peak_memory_mb, stack
from tests.benchmarks.chain.running import Chain, running_chain
from tests.benchmarks.years.multiplying import keep_seed, multiply

_SEED: Final = 2_000
_PORTION: Final = 2_000
_COPIES: Final = 5
"""Copies a statement: ten thousand applications, with some hundred thousand rows."""

_WAL_BETWEEN_CHECKPOINTS: Final = "16GB"

Figures = dict[str, float]


async def years(
    made: Stack, sizes: Sequence[int], living: float, settings: Mapping[str, str], console: Console
) -> list[Figures]:
    """What the services and PostgreSQL need for the same forms, after so many applications each."""
    found: list[Figures] = []
    async with _server(made) as server, running_chain(made) as chain, chain.officer():
        await chain.work_off(_SEED)
        await _tuned(server, chain.connection, settings)
        seeded, copies = await keep_seed(chain.connection), 0
        for size in sizes:
            wanted = max(0, round(size / seeded) - 1)
            _stop(made)
            began = time.monotonic()
            while copies < wanted:
                last, statement = min(copies + _COPIES, wanted), copies // _COPIES
                alive = int((statement + 1) * living) > int(statement * living)
                await multiply(chain.connection, copies + 1, last, living=alive)
                copies = last
                console.print(f"{(copies + 1) * seeded:,} applications, {time.monotonic() - began:.0f} s", style="dim")
            await chain.connection.execute("VACUUM (ANALYZE)")
            await server.execute("CHECKPOINT")
            found.append({"applications": (copies + 1) * seeded, **(await _look(made, chain))})
            console.print(f"{found[-1]}", style="dim", highlight=False)
    return found


@asynccontextmanager
async def _server(made: Stack) -> AsyncIterator[Connection]:
    """A connection that may set what is the server's own."""
    name = urlsplit(made.migrations_url).path.removeprefix("/")
    connection = await asyncpg.connect(made.postgresql.database_url(name))
    try:
        yield connection
    finally:
        await connection.close()


async def _look(made: Stack, chain: Chain) -> Figures:
    started = {name: _started(made, name) for name in PROGRAMME}
    figures: Figures = {f"start.{name}": seconds for name, seconds in started.items()}
    await chain.work_off(300)  # plans and caches of services that just began
    figures |= {f"memory.rest.{name}": memory_mb(made.services[name].process_id) for name in PROGRAMME}
    pages = await _pages(chain.connection)
    used = await chain.work_off(_PORTION)
    figures["pages"] = (await _pages(chain.connection) - pages) / _PORTION
    figures |= {f"cpu.{name}": 1e6 * seconds / _PORTION for name, seconds in used.seconds.items()}
    figures |= {f"memory.peak.{name}": peak_memory_mb(made.services[name].process_id) for name in PROGRAMME}
    figures["wal"] = used.wal / _PORTION
    figures["rate"] = _PORTION / used.at
    figures["gigabytes"] = await chain.connection.fetchval("SELECT pg_database_size(current_database())::float8 / 1e9")
    return figures


async def _tuned(server: Connection, connection: Connection, settings: Mapping[str, str]) -> None:
    """Lets the database take copies fast: what is measured is what it holds, not how that was made."""
    for name, value in {"max_wal_size": _WAL_BETWEEN_CHECKPOINTS, **settings}.items():
        await server.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    await server.execute("SELECT pg_reload_conf()")
    await connection.execute("SET synchronous_commit = off")


async def _pages(connection: Connection) -> int:
    # What a backend counted is known to the others once it has told them.
    await asyncio.sleep(1.5)
    return int(
        await connection.fetchval(
            "SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()"
        )
    )


def _stop(made: Stack) -> None:
    for service in made.services.values():
        service.terminate()


def _started(made: Stack, name: str) -> float:
    began = time.monotonic()
    made.services[name].start()
    made.wait_until_ready(name, 600.0)
    return time.monotonic() - began


def table(found: Sequence[Mapping[str, float]]) -> Table:
    """A line a figure, a column a size."""
    drawn = Table("", *(f"{figures['applications']:,.0f}" for figures in found), title="applications in the tables")
    for name in found[0]:
        if name != "applications":
            drawn.add_row(name, *(f"{figures[name]:,.1f}" for figures in found))
    return drawn


def main() -> None:
    """Loads and measures; writes a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applications", type=int, nargs="+", default=[3_000, 100_000, 1_000_000])
    parser.add_argument("--living", type=float, default=0.1, help="the share of the copies that is not over")
    parser.add_argument("--server", action="append", default=[], help="a setting of PostgreSQL, as name=value")
    parser.add_argument("--json", action="store_true", help="write the figures as JSON")
    arguments = parser.parse_args()
    with stack(PROGRAMME, {"ENGAGE_MAIL_PAUSED": "true"}, partitions=8) as made:
        settings = dict(each.split("=", 1) for each in arguments.server)
        sizes, console = sorted(arguments.applications), Console(stderr=True)
        found = asyncio.run(years(made, sizes, arguments.living, settings, console))
    if arguments.json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        Console().print(table(found))


if __name__ == "__main__":
    main()
