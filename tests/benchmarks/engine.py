"""The matching engine alone, against OR-Tools' minimum-cost flow on the same problem in the same run.

Ours compares all levels, the lottery among them, and gives prices that prove its result; the floor compares
coverage and fit in one call to the library, and proves nothing. Each problem is solved in a process of its own, for
its peak memory. Run it with `make bench` or `python -m tests.benchmarks.engine [GUESTS HOSTS REGIME]`.
"""

from __future__ import annotations

import gc
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from math import gcd
from typing import TypeVar

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from libraries.engine.certificate import violations
from libraries.engine.instance import Columns, Instance
from libraries.engine.solving import solve
from libraries.engine.stepwise import optimum_of
from libraries.engine.worth import LOTTERY_BITS, Worth, pack
from tests.benchmarks._measuring import percentile

Value = TypeVar("Value")
_PLACES_A_GUEST = {"scarce": 0.05, "tight": 1.0, "abundant": 2.0}
_EDGES = 10
_SIZES = ((1_000, 100), (10_000, 500), (100_000, 2_000), (1_000_000, 2_000))
_LIVE = (100_000, 2_000)
_CHANGES = 3_000


def main() -> None:
    """Measures and prints."""
    print(f"{'guests x hosts':>16} {'regime':>9} {'ours':>9} {'OR-Tools':>9} {'ratio':>6} {'proof':>7} {'peak':>7}")
    for guests, hosts in _SIZES:
        for regime in _PLACES_A_GUEST:
            command = [sys.executable, "-m", "tests.benchmarks.engine", str(guests), str(hosts), regime]
            found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            ours, floor, proof = found["ours"], found["floor"], found["proof"]
            print(
                f"{guests:>8} x {hosts:<5} {regime:>9} {ours:8.2f}s {floor:8.2f}s {ours / floor:6.2f} "
                f"{proof:6.2f}s {found['peak_mb']:5.0f} MB"
            )
    _live("scarce")


def solve_one(guests: int, hosts: int, regime: str) -> None:
    """Solves one problem both ways, and prints the seconds and the peak memory as JSON."""
    problem = _problem(guests, hosts, regime)
    gc.collect()
    gc.freeze()
    solution, ours = _timed(lambda: solve(problem))
    wrong, proof = _timed(lambda: violations(problem, solution))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    best, floor = _timed(lambda: _best_by_ortools(problem))
    assert wrong == []
    found = problem.objective(solution.assignment)
    assert (found.coverage, found.fit) == best
    print(json.dumps({"ours": ours, "floor": floor, "proof": proof, "peak_mb": peak}))


def _best_by_ortools(problem: Instance[int, int]) -> tuple[int, int]:
    """Coverage and fit of one call to the library, as its manual has it: arcs in bulk, weights for levels."""
    guests, hosts = len(problem.guests), len(problem.hosts)
    points = np.array([places[0] for places in problem.places])
    others = np.array([len(places) - 1 for places in problem.places])
    weight = 1 + int(problem.levels.fit.max()) * min(guests, int((others + 1).sum()))
    outside = guests + hosts
    flow = SimpleMinCostFlow()
    every_guest, every_host = np.arange(guests), guests + np.arange(hosts)
    one, to_outside = np.ones(guests, dtype=np.int64), np.full(guests, outside)
    arcs = flow.add_arcs_with_capacity_and_guest_cost(
        problem.guest, guests + problem.host, np.ones(problem.pairs, dtype=np.int64), -problem.levels.fit
    )
    flow.add_arcs_with_capacity_and_guest_cost(every_guest, to_outside, one, 0 * one)
    first = flow.add_arcs_with_capacity_and_guest_cost(every_host, to_outside[:hosts], one[:hosts], -points * weight)
    flow.add_arcs_with_capacity_and_guest_cost(every_host, to_outside[:hosts], others, 0 * others)
    flow.set_nodes_supplies(every_guest, one)
    flow.set_node_supply(outside, -guests)
    assert flow.solve() == flow.OPTIMAL
    return int(points @ flow.flows(first)), int(problem.levels.fit @ flow.flows(arcs))


def _live(regime: str) -> None:
    """Arrivals and withdrawals in a live optimum."""
    chance = random.Random(2)
    optimum = optimum_of(_problem(*_LIVE, regime))
    arrivals, withdrawals = [], []
    gc.collect()
    gc.freeze()
    for number in range(_LIVE[0], _LIVE[0] + _CHANGES):
        edges = {host: pack(value) for host, value in _edges(_LIVE[1], chance).items()}
        arrivals.append(_timed(lambda number=number, edges=edges: optimum.put(number, edges))[1])  # type: ignore[misc]
    held = sorted({guest for guest, _ in optimum.assignment()})
    for guest in chance.sample(held, _CHANGES):
        withdrawals.append(_timed(lambda guest=guest: optimum.remove(guest))[1])  # type: ignore[misc]
    for name, seconds in (("arrival", arrivals), ("withdrawal", withdrawals)):
        middle, worst = percentile(seconds, 0.5) * 1e6, percentile(seconds, 0.99) * 1e6
        print(f"live, {_LIVE[0]} guests, {regime:>9}: {name:>10} p50 {middle:8.0f} µs, p99 {worst:8.0f} µs")


def _problem(guests: int, hosts: int, regime: str) -> Instance[int, int]:
    chance = np.random.default_rng(1)
    capacity = max(1, round(guests * _PLACES_A_GUEST[regime] / hosts))
    # Ten hosts for each guest, a step apart that shares no factor with their number.
    steps = np.array([step for step in range(1, hosts) if gcd(step, hosts) == 1])
    start, step = chance.integers(0, hosts, (guests, 1)), chance.choice(steps, (guests, 1))
    pairs = guests * _EDGES
    nothing = np.zeros(pairs, dtype=np.int64)
    return Instance(
        guests=range(guests),
        hosts=range(hosts),
        guest=np.repeat(np.arange(guests), _EDGES),
        host=np.sort(np.remainder(start + step * np.arange(_EDGES), hosts), axis=1).ravel(),
        levels=Columns(
            nothing, nothing, nothing, chance.integers(300, 1001, pairs), chance.integers(0, 1 << LOTTERY_BITS, pairs)
        ),
        rooms=np.ones(guests, dtype=np.int64),
        places=[(points, *(0,) * (capacity - 1)) for points in chance.integers(1, 7, hosts).tolist()],
    )


def _edges(hosts: int, chance: random.Random) -> dict[int, Worth]:
    return {
        host: Worth(fit=chance.randint(300, 1000), lottery=chance.getrandbits(LOTTERY_BITS))
        for host in chance.sample(range(hosts), _EDGES)
    }


def _timed(work: Callable[[], Value]) -> tuple[Value, float]:
    started = time.perf_counter()
    value = work()
    return value, time.perf_counter() - started


if __name__ == "__main__":
    if len(sys.argv) > 1:
        solve_one(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
    else:
        main()
