"""Measures the whole chain: `make bench`, or `python -m tests.benchmarks.chain --part latency --runs 1 --count 500`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from rich.console import Console

from tests.benchmarks.chain.figures import Result, results
from tests.benchmarks.chain.parts import PARTS
from tests.benchmarks.chain.report import as_json, print_table
from tests.benchmarks.chain.sizes import Sizes
from tests.benchmarks.peers.comparing import ENGINES, PEERS, Peer
from tests.benchmarks.peers.installing import install

_RUNS = 3
_PEERS = "peers"
Measure = Callable[[], dict[str, float]]


def main() -> None:
    """Measures the parts that were asked for, and prints what was found; ends with 1 where a part failed."""
    options = _options()
    # Progress goes beside the result, which may go to a file.
    progress = Console(stderr=True, highlight=False)
    runs: list[dict[str, float]] = []
    failed = False
    for words, measure in _steps(options):
        began = time.monotonic()
        try:
            with progress.status(words):
                runs.append(measure())
        except Exception as error:
            # An hour's other figures are still worth reading.
            failed = True
            progress.print(f"{words} failed: {type(error).__name__}: {error}", style="red", markup=False)
        else:
            progress.print(f"{words}: {time.monotonic() - began:.0f} s", style="dim")
    found = _with_ratio(runs)
    if options.json:
        print(as_json(found, vars(options)))
    else:
        print_table(Console(), found)
    sys.exit(1 if failed else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.chain", description=__doc__)
    names = [*(part.name for part in PARTS), _PEERS]
    parser.add_argument("--part", action="append", choices=names, help="only this part; may be given again")
    parser.add_argument("--runs", type=int, help=f"runs, of which the medians count ({_RUNS}; of the backlog 1)")
    parser.add_argument("--count", type=int, default=10_000, help="applications; all else in proportion (10,000)")
    parser.add_argument("--after", type=int, help="applications after which the cost is compared (16,000)")
    parser.add_argument("--backlog", type=int, help="records behind which each service starts (200,000)")
    parser.add_argument("--kafka", choices=("embedded", "apache"), default="embedded", help="the broker (embedded)")
    parser.add_argument("--json", action="store_true", help="for machines, with every run")
    return parser.parse_args()


def _steps(options: argparse.Namespace) -> Iterator[tuple[str, Measure]]:
    """All that is to be measured, with its name; one run after the other, so that a noisy minute falls on one run."""
    sizes = Sizes(options.count, options.backlog, options.after)
    for run in range(1, (options.runs or _RUNS) + 1):
        for part in PARTS:
            if _is_wanted(part.name, options) and (run == 1 or options.runs or not part.once):
                yield f"run {run}: {part.words}", partial(part.run, sizes, apache=options.kafka == "apache")
        for peer in PEERS if _is_wanted(_PEERS, options) else ():
            yield f"run {run}: {peer.words}", partial(_compare, peer, sizes.flows)


def _is_wanted(name: str, options: argparse.Namespace) -> bool:
    return not options.part or name in options.part


def _compare(peer: Peer, flows: int) -> dict[str, float]:
    return {f"peers.{peer.name}": peer.rate(install(), flows)}


def _with_ratio(runs: Sequence[Mapping[str, float]]) -> list[Result]:
    """What was found, and how many times the better engine we are, of the medians of both."""
    medians = {result.figure.key: result.value for result in results(runs)}
    engines = [medians[key] for name in ENGINES if (key := f"peers.{name}") in medians]
    if not engines or "chain.rate" not in medians:
        return results(runs)
    return results([*runs, {"peers.ratio": medians["chain.rate"] / max(engines)}])


if __name__ == "__main__":
    main()
