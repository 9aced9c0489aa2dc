"""The live optimum: exact after every change, whatever the changes and their order."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import pytest

from libraries.engine.certificate import violations
from libraries.engine.instance import Bounds
from libraries.engine.levels import Levels, pack, unpack
from libraries.engine.optimum import Optimum
from libraries.engine.solving import solve
from libraries.engine.stepwise import optimum_of, solution_of
from tests.unit.engine.instances import Problem, bounds, places, problem, search, worth


class Played:
    """An optimum and, beside it, the plain problem that it should be the optimum of."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.optimum: Optimum[int, int] = Optimum()
        self.edges: dict[int, dict[int, Levels]] = {}
        self.places: dict[int, tuple[int, ...]] = {}
        self.capacities: dict[int, int] = {}
        self.group_of = {need: self.chance.choice((None, "a", "a", "b")) for need in range(4)}
        self.bounds: dict[Hashable, Bounds[int]] = {}
        for group in ("a", "b"):
            self._bound(group, Bounds(frozenset()))

    @property
    def problem(self) -> Problem[int, int]:
        return Problem(self.edges, self.places, self.capacities, self.groups)

    @property
    def groups(self) -> dict[Hashable, Bounds[int]]:
        return {
            group: replace(its, needs=frozenset(need for need in self.places if self.group_of[need] == group))
            for group, its in self.bounds.items()
        }

    def step(self) -> None:
        """One change at random."""
        of_units = (self.unit_comes, self.unit_comes, self.unit_changes, self.unit_leaves, self.unit_is_fixed)
        of_held = (self.unit_gains_where_it_is_held,)
        of_needs = (self.need_comes, self.need_leaves)
        of_places = (self.places_change, self.place_at_the_end, self.first_place_taken, self.first_place_freed)
        self.chance.choice((*of_units, *of_held, *of_needs, *of_places, self.bounds_change))()

    def bounds_change(self) -> None:
        self._bound(self.chance.choice(("a", "b")), bounds(self.chance, ()))

    def _bound(self, group: str, its: Bounds[int]) -> None:
        self.bounds[group] = its
        self.optimum.put_group(group, at_least=its.at_least, at_most=its.at_most)

    def unit_comes(self) -> None:
        unit = self.chance.randrange(6)
        edges = {need: worth(self.chance) for need in self.places if self.chance.random() < 0.7}
        self._put(unit, edges, self.chance.choice((1, 1, 1, 2)))

    def unit_changes(self) -> None:
        if self.edges:
            unit = self.chance.choice(list(self.edges))
            edges = {**self.edges[unit]}
            for need in edges.keys() & {self.chance.randrange(4)}:
                edges[need] = worth(self.chance)
            self._put(unit, edges, self.capacities.get(unit, 1))

    def unit_gains_where_it_is_held(self) -> None:
        if held := list(self.optimum.assignment()):
            unit, need = self.chance.choice(held)
            before = self.edges[unit][need]
            more = before._replace(kept=1) if self.chance.random() < 0.7 else before
            assert self.optimum.value_held(unit, need) == pack(before)
            self.optimum.prefer(unit, need, pack(more))
            self.edges[unit] = {**self.edges[unit], need: more}
            assert (unit, need) in set(self.optimum.assignment())

    def _put(self, unit: int, edges: dict[int, Levels], capacity: int) -> None:
        self.edges[unit], self.capacities[unit] = edges, capacity
        self.optimum.put(unit, {need: pack(value) for need, value in edges.items()}, capacity=capacity)

    def unit_leaves(self) -> None:
        if self.edges:
            unit = self.chance.choice(list(self.edges))
            del self.edges[unit], self.capacities[unit]
            self.optimum.remove(unit)

    def need_comes(self) -> None:
        if missing := [need for need in range(4) if need not in self.places]:
            need = self.chance.choice(missing)
            values = {unit: worth(self.chance) for unit in self.edges if self.chance.random() < 0.7}
            for unit, value in values.items():
                self.edges[unit][need] = value
            self.places[need] = places(self.chance, 3)
            packed = {unit: pack(value) for unit, value in values.items()}
            self.optimum.put_need(need, _packed(self.places[need]), packed, group=self.group_of[need])

    def need_leaves(self) -> None:
        if self.places and self.chance.random() < 0.4:
            need = self.chance.choice(list(self.places))
            del self.places[need]
            for edges in self.edges.values():
                edges.pop(need, None)
            self.optimum.remove_need(need)

    def places_change(self) -> None:
        self._set_places(lambda _: places(self.chance, 3))

    def place_at_the_end(self) -> None:
        self._set_places(lambda now: (*now, 0) if self.chance.random() < 0.5 else now[:-1])

    def first_place_taken(self) -> None:
        self._set_places(lambda now: now[1:])

    def first_place_freed(self) -> None:
        self._set_places(lambda now: (9, *now))

    def _set_places(self, change: Any) -> None:
        if self.places:
            need = self.chance.choice(list(self.places))
            self.places[need] = change(self.places[need])[:4]
            self.optimum.set_places(need, _packed(self.places[need]))

    def unit_is_fixed(self) -> None:
        if held := list(self.optimum.assignment()):
            unit, need = self.chance.choice(held)
            self.optimum.fix(unit, need)
            self.places[need] = self.places[need][1:]
            if (group := self.group_of[need]) is not None:
                at_least, at_most = self.bounds[group].at_least, self.bounds[group].at_most
                fewer = None if at_most is None else at_most - 1
                self.bounds[group] = Bounds(frozenset(), max(0, at_least - 1), fewer)
            del self.edges[unit][need]
            self.capacities[unit] -= 1
            if not self.capacities[unit]:
                del self.edges[unit], self.capacities[unit]


def _packed(points: tuple[int, ...]) -> list[int]:
    return [pack(Levels(coverage=it)) for it in points]


@pytest.mark.parametrize("seed", range(120))
def test_every_change_leaves_the_one_best_assignment(seed: int) -> None:
    played = Played(seed)
    for _ in range(40):
        before = {unit: set(played.optimum.needs_of(unit)) for unit in played.optimum.units}
        played.optimum.moved.clear()
        played.step()
        assert set(played.optimum.assignment()) == search(played.problem)
        assert violations(played.problem.instance, solution_of(played.optimum)) == []
        for unit in played.optimum.units:
            if set(played.optimum.needs_of(unit)) != before.get(unit, set()):
                assert unit in played.optimum.moved


@pytest.mark.parametrize("seed", range(40))
def test_any_order_gives_the_same(seed: int) -> None:
    chance = random.Random(seed)
    drawn = problem(chance, units=60, needs=8, most_places=6, density=0.5)
    units, needs = list(drawn.edges), list(drawn.places)
    chance.shuffle(units)
    chance.shuffle(needs)
    optimum: Optimum[int, int] = Optimum()
    for group, its in drawn.groups.items():
        optimum.put_group(group, at_least=its.at_least, at_most=its.at_most)
    group_of = {need: group for group, its in drawn.groups.items() for need in its.needs}
    for need in needs[:4]:
        optimum.put_need(need, _packed(drawn.places[need]), {}, group=group_of.get(need))
    for unit in units:
        edges = {need: pack(value) for need, value in drawn.edges[unit].items() if need in optimum.needs}
        optimum.put(unit, edges, capacity=drawn.capacities.get(unit, 1))
    for need in needs[4:]:
        values = {unit: pack(edges[need]) for unit, edges in drawn.edges.items() if need in edges}
        optimum.put_need(need, _packed(drawn.places[need]), values, group=group_of.get(need))
    expected = set(optimum_of(drawn.instance).assignment())
    assert set(optimum.assignment()) == expected


@pytest.mark.parametrize("seed", range(20))
def test_adding_and_withdrawing_is_the_identity(seed: int) -> None:
    chance = random.Random(seed)
    optimum = optimum_of(problem(chance, units=40, needs=6, most_places=5, density=0.6).instance)
    before = set(optimum.assignment())
    for number in range(40, 60):
        optimum.put(number, {need: pack(worth(chance)) for need in range(6)}, capacity=chance.choice((1, 2)))
    for number in chance.sample(range(40, 60), 20):
        optimum.remove(number)
    assert set(optimum.assignment()) == before


@pytest.mark.parametrize("seed", range(40))
def test_the_cost_of_a_place_is_exact(seed: int) -> None:
    chance = random.Random(seed)
    drawn = problem(chance, units=30, needs=5, most_places=4, density=0.6)
    optimum = optimum_of(drawn.instance)
    best = drawn.instance.objective(optimum.assignment())
    for need, points in drawn.places.items():
        cost = optimum.cost_of_a_place(need)
        if not points or any(need in its.needs and its.at_most == 0 for its in drawn.groups.values()):
            assert cost is None
            continue
        # Somebody who goes nowhere else, and gains nothing there, is forced in by being worth more than all others.
        worth_most = Levels(equity=1, coverage=10_000)
        forced = replace(drawn, edges={**drawn.edges, -1: {need: worth_most}}).instance
        assert cost is not None
        others = forced.objective(solve(forced).assignment).plus(worth_most, -1)
        assert unpack(cost) == best.plus(others, -1)


def test_places_may_not_be_worth_more_the_later_they_are() -> None:
    optimum: Optimum[int, int] = Optimum()
    with pytest.raises(ValueError, match="later places"):
        optimum.put_need(1, _packed((1, 2)), {})


def test_what_loses_value_where_it_is_held_has_to_be_put_anew() -> None:
    optimum: Optimum[str, str] = Optimum()
    optimum.put_need("need", [0], {})
    optimum.put("unit", {"need": 2})
    with pytest.raises(ValueError, match="put it anew"):
        optimum.prefer("unit", "need", 1)
    assert optimum.edges_of("unit") == {"need": 2}


def test_another_process_with_another_hash_seed_gives_the_same() -> None:
    program = (
        "import random\n"
        "from libraries.engine.solving import solve\n"
        "from libraries.engine.stepwise import optimum_of, solution_of\n"
        "from tests.unit.engine.instances import problem\n"
        "drawn = problem(random.Random(7), units=200, needs=20, most_places=12, density=0.3).instance\n"
        "for its in (solution_of(optimum_of(drawn)), solve(drawn)):\n"
        "    print(sorted(its.assignment), [its.prices[need] for need in drawn.needs])"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


def test_the_edges_of_a_unit_are_those_it_was_given_last() -> None:
    optimum: Optimum[int, int] = Optimum()
    for need in (1, 2):
        optimum.put_need(need, [0], {})
    optimum.put(7, {1: 5, 2: 3})
    optimum.put(7, {1: 6})
    assert optimum.edges_of(7) == {1: 6}
    assert optimum.edges_of(8) == {}
