"""Small and middling problems, drawn at random, and the exhaustive search that solves the small ones."""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any, Generic

from libraries.engine.instance import Bounds, Instance, NeedId, UnitId
from libraries.engine.levels import LOTTERY_BITS, Levels


@dataclass(frozen=True)
class Problem(Generic[UnitId, NeedId]):
    """An instance in a form that is easy to change."""

    edges: Mapping[UnitId, Mapping[NeedId, Levels]]
    places: Mapping[NeedId, tuple[int, ...]]
    capacities: Mapping[UnitId, int] = field(default_factory=dict)
    groups: Mapping[Hashable, Bounds[NeedId]] = field(default_factory=dict)

    @cached_property
    def instance(self) -> Instance[UnitId, NeedId]:
        return Instance.of(self.edges, self.places, self.capacities, self.groups)


def problem_of(instance: Instance[Any, Any]) -> Problem[Any, Any]:
    edges: dict[Any, dict[Any, Levels]] = {unit: {} for unit in instance.units}
    columns = [column.tolist() for column in (instance.unit, instance.need, *instance.levels)]
    for unit, need, *levels in zip(*columns, strict=True):
        edges[instance.units[unit]][instance.needs[need]] = Levels(*levels)
    places = dict(zip(instance.needs, instance.places, strict=True))
    return Problem(edges, places, dict(zip(instance.units, instance.rooms.tolist(), strict=True)), instance.groups)


def worth(chance: random.Random, *, kept: float = 0.3) -> Levels:
    kept_before = int(chance.random() < kept)
    return Levels(kept=kept_before, fit=chance.randint(300, 1000), lottery=chance.getrandbits(LOTTERY_BITS))


def places(chance: random.Random, most: int) -> tuple[int, ...]:
    """At most so many places: the first few count by urgency, as where a need asks for a least number of projects."""
    count, urgent = chance.randint(0, most), chance.choice((1, 1, 2, 3))
    urgency = chance.randint(0, 6)
    return tuple(urgency if place < urgent else 0 for place in range(count))


def problem(
    chance: random.Random,
    *,
    units: int,
    needs: int,
    most_places: int,
    density: float,
    coalitions: float = 0.15,
    kept: float = 0.3,
) -> Problem[int, int]:
    edges = {
        unit: {need: worth(chance, kept=kept) for need in range(needs) if chance.random() < density}
        for unit in range(units)
    }
    capacities = {unit: chance.randint(2, 3) for unit in range(units) if chance.random() < coalitions}
    return Problem(
        edges, {need: places(chance, most_places) for need in range(needs)}, capacities, groups(chance, range(needs))
    )


def bounds(chance: random.Random, needs: Iterable[int], *, most: int = 6) -> Bounds[int]:
    at_least = chance.choice((0, 1, 2))
    return Bounds(frozenset(needs), at_least, chance.choice((None, at_least, at_least + 1, chance.randint(0, most))))


def groups(chance: random.Random, needs: Iterable[int]) -> dict[Hashable, Bounds[int]]:
    """None, or up to three; most needs stand in one."""
    count = chance.choice((0, 0, 1, 2, 3))
    group_of = {need: chance.randint(0, count) for need in needs}
    return {
        f"group {number}": bounds(chance, (need for need, its in group_of.items() if its == number))
        for number in range(count)
    }


def search(problem: Problem[int, int]) -> set[tuple[int, int]]:
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
                    value = value.plus(edges[need]).plus(Levels(coverage=problem.places[need][after[place]]))
                    after[place] += 1
                found = (value, (*pairs, *((unit, need) for need in chosen)))
                if tuple(after) not in following or following[tuple(after)][0] < value:
                    following[tuple(after)] = found
        best = following
    results = []
    for numbers, (total, pairs) in best.items():
        is_right, value = _with_groups(problem, dict(zip(needs, numbers, strict=True)), total)
        results.append((is_right, value, pairs))
    return set(max(results)[2])


def _with_groups(problem: Problem[int, int], counts: dict[int, int], value: Levels) -> tuple[bool, Levels]:
    """Whether no group holds too many, and the value with what its groups add."""
    is_right = True
    for its in problem.groups.values():
        count = sum(counts[need] for need in its.needs if need in counts)
        is_right &= its.at_most is None or count <= its.at_most
        value = value.plus(Levels(equity=min(its.at_least, count)))
    return is_right, value
