"""The matching engine alone, against OR-Tools' minimum-cost flow on the same problem in the same run.

Ours compares four levels, the lottery among them, and gives prices that prove its result; the floor compares the
first three and proves nothing. Each problem is solved in a process of its own, for its peak memory. Run it with
`make bench` or `python -m tests.benchmarks.engine [UNITS NEEDS REGIME]`.
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
from typing import TypeVar

from services.engine.certificate import violations
from services.engine.independent import best_objective
from services.engine.instance import Instance
from services.engine.levels import LOTTERY_BITS, Levels, pack, unpack
from services.engine.solving import solve
from tests.benchmarks._measuring import percentile

Value = TypeVar("Value")
_PLACES_A_UNIT = {"scarce": 0.05, "tight": 1.0, "abundant": 2.0}
_EDGES = 10
_SIZES = ((1_000, 100), (10_000, 500), (100_000, 2_000))
_LIVE = (100_000, 2_000)
_CHANGES = 3_000


def main() -> None:
    """Measures and prints."""
    print(f"{'units x needs':>16} {'regime':>9} {'ours':>9} {'OR-Tools':>9} {'ratio':>6} {'proof':>7} {'peak':>8}")
    for units, needs in _SIZES:
        for regime in _PLACES_A_UNIT:
            command = [sys.executable, "-m", "tests.benchmarks.engine", str(units), str(needs), regime]
            found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            ours, floor, proof = found["ours"], found["floor"], found["proof"]
            print(
                f"{units:>8} x {needs:<5} {regime:>9} {ours:8.2f}s {floor:8.2f}s {ours / floor:6.2f} "
                f"{proof:6.2f}s {found['peak_mb']:5.0f} MB"
            )
    _live("scarce")


def solve_one(units: int, needs: int, regime: str) -> None:
    """Solves one problem both ways, and prints the seconds and the peak memory as JSON."""
    problem = _problem(units, needs, regime, random.Random(1))
    gc.collect()
    gc.freeze()
    optimum, ours = _timed(lambda: solve(problem))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assignment = list(optimum.assignment())
    prices = {need: unpack(optimum.price(need)) for need in problem.places}
    wrong, proof = _timed(lambda: violations(problem, assignment, prices))
    best, floor = _timed(lambda: best_objective(problem))
    assert wrong == []
    assert problem.objective(assignment)._replace(lottery=0) == best
    print(json.dumps({"ours": ours, "floor": floor, "proof": proof, "peak_mb": peak}))


def _live(regime: str) -> None:
    """Arrivals and withdrawals in a live optimum."""
    chance = random.Random(2)
    problem = _problem(*_LIVE, regime, chance)
    optimum = solve(problem)
    arrivals, withdrawals = [], []
    gc.collect()
    gc.freeze()
    for number in range(_LIVE[0], _LIVE[0] + _CHANGES):
        edges = {need: pack(value) for need, value in _edges(_LIVE[1], chance).items()}
        arrivals.append(_timed(lambda number=number, edges=edges: optimum.put(number, edges))[1])  # type: ignore[misc]
    held = sorted({unit for unit, _ in optimum.assignment()})
    for unit in chance.sample(held, _CHANGES):
        withdrawals.append(_timed(lambda unit=unit: optimum.remove(unit))[1])  # type: ignore[misc]
    for name, seconds in (("arrival", arrivals), ("withdrawal", withdrawals)):
        middle, worst = percentile(seconds, 0.5) * 1e6, percentile(seconds, 0.99) * 1e6
        print(f"live, {_LIVE[0]} units, {regime:>9}: {name:>10} p50 {middle:8.0f} µs, p99 {worst:8.0f} µs")


def _problem(units: int, needs: int, regime: str, chance: random.Random) -> Instance[int, int]:
    capacity = max(1, round(units * _PLACES_A_UNIT[regime] / needs))
    edges = {unit: _edges(needs, chance) for unit in range(units)}
    return Instance(edges, {need: (chance.randint(1, 6), *(0,) * (capacity - 1)) for need in range(needs)})


def _edges(needs: int, chance: random.Random) -> dict[int, Levels]:
    return {
        need: Levels(fit=chance.randint(300, 1000), lottery=chance.getrandbits(LOTTERY_BITS))
        for need in chance.sample(range(needs), _EDGES)
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
