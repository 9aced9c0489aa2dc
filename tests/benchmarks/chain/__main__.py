"""Measures the whole chain: `make bench`, or `python -m tests.benchmarks.chain --part latency --runs 1 --count 500`."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence

from rich.console import Console

from tests.benchmarks.chain.figures import results
from tests.benchmarks.chain.parts import PARTS, Part
from tests.benchmarks.chain.report import as_json, print_table
from tests.benchmarks.chain.sizes import Sizes
from tests.benchmarks.peers.comparing import BETTER_OF, PEERS, Peer

_RUNS = 3
_PEERS = "peers"


def main() -> None:
    """Runs the parts that were asked for, and prints what they found."""
    options = _options()
    # Progress goes beside the result, which may go to a file.
    progress = Console(stderr=True)
    parts = [part for part in PARTS if not options.part or part.name in options.part]
    peers = PEERS if not options.part or _PEERS in options.part else ()
    sizes = Sizes(options.count, options.backlog, options.after)
    measured = _measure(parts, sizes, options, progress) + _measure_peers(peers, sizes, options, progress)
    found = results(_with_ratio(measured))
    if options.json:
        print(as_json(found, vars(options)))
    else:
        print_table(Console(), found)
