"""Throughput against replicas and partitions: python -m tests.benchmarks.replicas [SERVICE ...] [--share 0.2] [--json].

The chain runs once; what each service then read is sent again to one, two and four processes of that service, on eight
partitions and on two. Each process has its own share of a core, as it would have on machines of its own, so that it is
the service that is measured and not how many cores are left: PostgreSQL, the broker and this program take the rest.
Needs root, for the kernel's control groups.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Final

from rich.console import Console
from rich.table import Table

from contracts.catalogue import PROGRAMME
from tests.benchmarks._measuring import process_seconds, stack
from tests.benchmarks.replay import PAUSED, Recording, record, replay
from tests.benchmarks.replicas.joined import joined
from tests.benchmarks.replicas.share import NoShareError, share_of_core

_PLANS: Final = ((1, 8), (2, 8), (4, 8), (1, 2), (2, 2), (4, 2))
"""Replicas and partitions of each topic."""


@dataclass(frozen=True, slots=True)
class Found:
    """Applications a second of so many replicas on so many partitions, and how many of the replicas did the work."""

    service: str
    replicas: int
    partitions: int
    rate: float
    at_work: int


def main() -> None:
    """Measures and prints."""
    options = _options()
    console = Console(stderr=True)
    with stack(PROGRAMME, PAUSED, partitions=8) as made:
        recording = asyncio.run(record(made, options.count))
    found: list[Found] = []
    try:
        for service in options.services:
            for replicas, partitions in _PLANS:
                runs = [_run(service, replicas, partitions, recording, options) for _ in range(options.runs)]
                found.append(sorted(runs, key=lambda run: run.rate)[len(runs) // 2])
                console.print(_line(found[-1]), style="dim", highlight=False)
    except NoShareError as error:
        sys.exit(str(error))
    if options.json:
        json.dump([asdict(each) for each in found], sys.stdout, indent=2)
    else:
        _print(found, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.replicas")
    parser.add_argument("services", nargs="*", default=PROGRAMME, help=f"some of {', '.join(PROGRAMME)}")
    parser.add_argument("--share", type=float, default=0.2, help="of a core for each process (0.2)")
    parser.add_argument("--count", type=int, default=1_500, help="applications (1,500)")
    parser.add_argument("--runs", type=int, default=1, help="runs of each, of which the median counts (1)")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _run(service: str, replicas: int, partitions: int, recording: Recording, options: argparse.Namespace) -> Found:
    with ExitStack() as all_of_it:
        made = all_of_it.enter_context(stack((service,), PAUSED, partitions=partitions))
        processes = all_of_it.enter_context(joined(made, service, replicas))
        for process in processes:
            all_of_it.enter_context(share_of_core(process.process_id, options.share))
        before = [process_seconds(process.process_id) for process in processes]
        used, _ = asyncio.run(replay(made, service, recording))
        worked = [process_seconds(each.process_id) - since for each, since in zip(processes, before, strict=True)]
    # Who stands by still asks, and is told that another has the work.
    at_work = sum(seconds > max(worked) / 4 for seconds in worked)
    return Found(service, replicas, partitions, options.count / used.at, at_work)


def _line(each: Found) -> str:
    return f"{each.service}: {each.replicas} on {each.partitions}: {each.rate:.0f} a second, {each.at_work} at work"


def _print(found: Sequence[Found], options: argparse.Namespace) -> None:
    table = Table(title=f"Applications a second, each process on {options.share:.0%} of a core")
    table.add_column("service")
    for replicas, partitions in _PLANS:
        table.add_column(f"{replicas} on {partitions}", justify="right")
    for service in dict.fromkeys(each.service for each in found):
        own = [each for each in found if each.service == service]
        table.add_row(service, *(f"{each.rate:.0f} ({each.rate / own[0].rate:.2f})" for each in own))
    Console().print(table)
    print(f"in brackets: beside one on eight; load now {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
