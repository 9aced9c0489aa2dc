"""The peers alone: `python -m tests.benchmarks.peers [--peer dbos] [--count 500] [--runs 3] [--json]`."""

from __future__ import annotations

import argparse
import json
from statistics import median

from rich.console import Console

from tests.benchmarks.peers.comparing import PEERS
from tests.benchmarks.peers.installing import install


def main() -> None:
    """Installs the peers the first time, runs each, and prints its rate."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.peers", description=__doc__)
    parser.add_argument("--peer", action="append", choices=[peer.name for peer in PEERS], help="only this one")
    parser.add_argument("--count", type=int, default=1_000, help="flows a run (1,000)")
    parser.add_argument("--runs", type=int, default=3, help="runs, of which the median counts (3)")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args()
    progress = Console(stderr=True)
    progress.print("installing the peers, unless they are installed", style="dim")
    installation = install()
    rates: dict[str, list[float]] = {}
    for peer in PEERS:
        if options.peer and peer.name not in options.peer:
            continue
        for run in range(1, options.runs + 1):
            progress.print(f"{peer.words}: run {run} of {options.runs}", style="dim")
            rates.setdefault(peer.name, []).append(peer.rate(installation, options.count))
    if options.json:
        print(json.dumps({name: {"median": median(runs), "runs": runs} for name, runs in rates.items()}))
        return
    for name, runs in rates.items():
        each = ", ".join(f"{rate:,.0f}" for rate in runs)
        print(f"{name:12} {median(runs):8,.0f} thin flows a second ({each})")


if __name__ == "__main__":
    main()
