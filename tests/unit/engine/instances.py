"""Small and middling problems, drawn at random, and the exhaustive search that solves the small ones."""

from __future__ import annotations

import random
from itertools import combinations

from services.engine.instance import Instance
from services.engine.levels import LOTTERY_BITS, Levels

Edges = dict[int, dict[int, Levels]]


def worth(chance: random.Random, *, kept: float = 0.3) -> Levels:
    return Levels(0, int(chance.random() < kept), chance.randint(300, 1000), chance.getrandbits(LOTTERY_BITS))


def places(chance: random.Random, most: int) -> tuple[int, ...]:
    """At most so many places: the first few count by urgency, as where a need asks for a least number of projects."""
    count, urgent = chance.randint(0, most), chance.choice((1, 1, 2, 3))
    urgency = chance.randint(0, 6)
    return tuple(urgency if place < urgent else 0 for place in range(count))


def instance(
    chance: random.Random, *, units: int, needs: int, most_places: int, density: float, coalitions: float = 0.15
) -> Instance[int, int]:
    edges = {unit: {need: worth(chance) for need in range(needs) if chance.random() < density} for unit in range(units)}
    capacities = {unit: chance.randint(2, 3) for unit in range(units) if chance.random() < coalitions}
    return Instance(edges, {need: places(chance, most_places) for need in range(needs)}, capacities)


def search(problem: Instance[int, int]) -> set[tuple[int, int]]:
    """The one best assignment, by trying all; compares levels as tuples, with nothing packed."""
    needs = list(problem.places)
    best: dict[tuple[int, ...], tuple[Levels, tuple[tuple[int, int], ...]]] = {(0,) * len(needs): (Levels(), ())}
    for unit, edges in problem.edges.items():
        able = [need for need in edges if need in problem.places]
        capacity = problem.capacities.get(unit, 1)
        choices = [chosen for size in range(capacity + 1) for chosen in combinations(able, size)]
        following = dict(best)
        for counts, (total, pairs) in best.items():
            for chosen in choices:
                if any(counts[needs.index(need)] >= len(problem.places[need]) for need in chosen):
                    continue
                after, value = list(counts), total
                for need in chosen:
                    place = needs.index(need)
                    value = value.plus(edges[need]).plus(Levels(problem.places[need][after[place]]))
                    after[place] += 1
                found = (value, (*pairs, *((unit, need) for need in chosen)))
                if tuple(after) not in following or following[tuple(after)][0] < value:
                    following[tuple(after)] = found
        best = following
    return set(max(best.values())[1])
