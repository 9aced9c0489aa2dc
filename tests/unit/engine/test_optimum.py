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
from libraries.engine.instance import SharedBounds
from libraries.engine.optimum import Optimum
from libraries.engine.solving import solve
from libraries.engine.stepwise import optimum_of, solution_of
from libraries.engine.worth import Worth, pack, unpack
from tests.unit.engine.instances import Problem, bounds, places, problem, search, worth


class Played:
    """An optimum and, beside it, the plain problem that it should be the optimum of."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.optimum: Optimum[int, int] = Optimum()
        self.edges: dict[int, dict[int, Worth]] = {}
        self.places: dict[int, tuple[int, ...]] = {}
        self.capacities: dict[int, int] = {}
        self.group_of = {host: self.chance.choice((None, "a", "a", "b")) for host in range(4)}
        self.bounds: dict[Hashable, SharedBounds[int]] = {}
        for group in ("a", "b"):
            self._bound(group, SharedBounds(frozenset()))

    @property
    def problem(self) -> Problem[int, int]:
        return Problem(self.edges, self.places, self.capacities, self.groups)

    @property
    def groups(self) -> dict[Hashable, SharedBounds[int]]:
        return {
            group: replace(its, hosts=frozenset(host for host in self.places if self.group_of[host] == group))
            for group, its in self.bounds.items()
        }

    def step(self) -> None:
        """One change at random."""
        of_guests = (self.guest_comes, self.guest_comes, self.guest_changes, self.guest_leaves, self.guest_is_fixed)
        of_held = (self.guest_gains_where_it_is_held,)
        of_hosts = (self.host_comes, self.host_leaves)
        of_places = (self.places_change, self.place_at_the_end, self.first_place_taken, self.first_place_freed)
        self.chance.choice((*of_guests, *of_held, *of_hosts, *of_places, self.bounds_change))()

    def bounds_change(self) -> None:
        self._bound(self.chance.choice(("a", "b")), bounds(self.chance, ()))

    def _bound(self, group: str, its: SharedBounds[int]) -> None:
        self.bounds[group] = its
        self.optimum.put_group(group, at_least=its.at_least, at_most=its.at_most)

    def guest_comes(self) -> None:
        guest = self.chance.randrange(6)
        edges = {host: worth(self.chance) for host in self.places if self.chance.random() < 0.7}
        self._put(guest, edges, self.chance.choice((1, 1, 1, 2)))

    def guest_changes(self) -> None:
        if self.edges:
            guest = self.chance.choice(list(self.edges))
            edges = {**self.edges[guest]}
            for host in edges.keys() & {self.chance.randrange(4)}:
                edges[host] = worth(self.chance)
            self._put(guest, edges, self.capacities.get(guest, 1))

    def guest_gains_where_it_is_held(self) -> None:
        if held := list(self.optimum.assignment()):
            guest, host = self.chance.choice(held)
            before = self.edges[guest][host]
            more = before._replace(kept=1) if self.chance.random() < 0.7 else before
            assert self.optimum.value_held(guest, host) == pack(before)
            self.optimum.prefer(guest, host, pack(more))
            self.edges[guest] = {**self.edges[guest], host: more}
            assert (guest, host) in set(self.optimum.assignment())

    def _put(self, guest: int, edges: dict[int, Worth], capacity: int) -> None:
        self.edges[guest], self.capacities[guest] = edges, capacity
        self.optimum.put(guest, {host: pack(value) for host, value in edges.items()}, capacity=capacity)

    def guest_leaves(self) -> None:
        if self.edges:
            guest = self.chance.choice(list(self.edges))
            del self.edges[guest], self.capacities[guest]
            self.optimum.remove(guest)

    def host_comes(self) -> None:
        if missing := [host for host in range(4) if host not in self.places]:
            host = self.chance.choice(missing)
            values = {guest: worth(self.chance) for guest in self.edges if self.chance.random() < 0.7}
            for guest, value in values.items():
                self.edges[guest][host] = value
            self.places[host] = places(self.chance, 3)
            packed = {guest: pack(value) for guest, value in values.items()}
            self.optimum.put_host(host, _packed(self.places[host]), packed, group=self.group_of[host])

    def host_leaves(self) -> None:
        if self.places and self.chance.random() < 0.4:
            host = self.chance.choice(list(self.places))
            del self.places[host]
            for edges in self.edges.values():
                edges.pop(host, None)
            self.optimum.remove_host(host)

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
            host = self.chance.choice(list(self.places))
            self.places[host] = change(self.places[host])[:4]
            self.optimum.set_places(host, _packed(self.places[host]))

    def guest_is_fixed(self) -> None:
        if held := list(self.optimum.assignment()):
            guest, host = self.chance.choice(held)
            self.optimum.fix(guest, host)
            self.places[host] = self.places[host][1:]
            if (group := self.group_of[host]) is not None:
                at_least, at_most = self.bounds[group].at_least, self.bounds[group].at_most
                fewer = None if at_most is None else at_most - 1
                self.bounds[group] = SharedBounds(frozenset(), max(0, at_least - 1), fewer)
            del self.edges[guest][host]
            self.capacities[guest] -= 1
            if not self.capacities[guest]:
                del self.edges[guest], self.capacities[guest]


def _packed(points: tuple[int, ...]) -> list[int]:
    return [pack(Worth(coverage=it)) for it in points]


@pytest.mark.parametrize("seed", range(120))
def test_every_change_leaves_the_one_best_assignment(seed: int) -> None:
    played = Played(seed)
    for _ in range(40):
        before = {guest: set(played.optimum.hosts_of(guest)) for guest in played.optimum.guests}
        played.optimum.moved.clear()
        played.step()
        assert set(played.optimum.assignment()) == search(played.problem)
        assert violations(played.problem.instance, solution_of(played.optimum)) == []
        for guest in played.optimum.guests:
            if set(played.optimum.hosts_of(guest)) != before.get(guest, set()):
                assert guest in played.optimum.moved


@pytest.mark.parametrize("seed", range(40))
def test_any_order_gives_the_same(seed: int) -> None:
    chance = random.Random(seed)
    drawn = problem(chance, guests=60, hosts=8, most_places=6, density=0.5)
    guests, hosts = list(drawn.edges), list(drawn.places)
    chance.shuffle(guests)
    chance.shuffle(hosts)
    optimum: Optimum[int, int] = Optimum()
    for group, its in drawn.groups.items():
        optimum.put_group(group, at_least=its.at_least, at_most=its.at_most)
    group_of = {host: group for group, its in drawn.groups.items() for host in its.hosts}
    for host in hosts[:4]:
        optimum.put_host(host, _packed(drawn.places[host]), {}, group=group_of.get(host))
    for guest in guests:
        edges = {host: pack(value) for host, value in drawn.edges[guest].items() if host in optimum.hosts}
        optimum.put(guest, edges, capacity=drawn.capacities.get(guest, 1))
    for host in hosts[4:]:
        values = {guest: pack(edges[host]) for guest, edges in drawn.edges.items() if host in edges}
        optimum.put_host(host, _packed(drawn.places[host]), values, group=group_of.get(host))
    expected = set(optimum_of(drawn.instance).assignment())
    assert set(optimum.assignment()) == expected


@pytest.mark.parametrize("seed", range(20))
def test_adding_and_withdrawing_is_the_identity(seed: int) -> None:
    chance = random.Random(seed)
    optimum = optimum_of(problem(chance, guests=40, hosts=6, most_places=5, density=0.6).instance)
    before = set(optimum.assignment())
    for number in range(40, 60):
        optimum.put(number, {host: pack(worth(chance)) for host in range(6)}, capacity=chance.choice((1, 2)))
    for number in chance.sample(range(40, 60), 20):
        optimum.remove(number)
    assert set(optimum.assignment()) == before


@pytest.mark.parametrize("seed", range(40))
def test_the_cost_of_a_place_is_exact(seed: int) -> None:
    chance = random.Random(seed)
    drawn = problem(chance, guests=30, hosts=5, most_places=4, density=0.6)
    optimum = optimum_of(drawn.instance)
    best = drawn.instance.objective(optimum.assignment())
    for host, points in drawn.places.items():
        cost = optimum.cost_of_a_place(host)
        if not points or any(host in its.hosts and its.at_most == 0 for its in drawn.groups.values()):
            assert cost is None
            continue
        # Somebody who goes nowhere else, and gains nothing there, is forced in by being worth more than all others.
        worth_most = Worth(equity=1, coverage=10_000)
        forced = replace(drawn, edges={**drawn.edges, -1: {host: worth_most}}).instance
        assert cost is not None
        others = forced.objective(solve(forced).assignment).plus(worth_most, -1)
        assert unpack(cost) == best.plus(others, -1)


def test_places_may_not_be_worth_more_the_later_they_are() -> None:
    optimum: Optimum[int, int] = Optimum()
    with pytest.raises(ValueError, match="later places"):
        optimum.put_host(1, _packed((1, 2)), {})


def test_what_loses_value_where_it_is_held_has_to_be_put_anew() -> None:
    optimum: Optimum[str, str] = Optimum()
    optimum.put_host("host", [0], {})
    optimum.put("guest", {"host": 2})
    with pytest.raises(ValueError, match="put it anew"):
        optimum.prefer("guest", "host", 1)
    assert optimum.edges_of("guest") == {"host": 2}


def test_another_process_with_another_hash_seed_gives_the_same() -> None:
    program = (
        "import random\n"
        "from libraries.engine.solving import solve\n"
        "from libraries.engine.stepwise import optimum_of, solution_of\n"
        "from tests.unit.engine.instances import problem\n"
        "drawn = problem(random.Random(7), guests=200, hosts=20, most_places=12, density=0.3).instance\n"
        "for its in (solution_of(optimum_of(drawn)), solve(drawn)):\n"
        "    print(sorted(its.assignment), [its.prices[host] for host in drawn.hosts])"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


def test_the_edges_of_a_guest_are_those_it_was_given_last() -> None:
    optimum: Optimum[int, int] = Optimum()
    for host in (1, 2):
        optimum.put_host(host, [0], {})
    optimum.put(7, {1: 5, 2: 3})
    optimum.put(7, {1: 6})
    assert optimum.edges_of(7) == {1: 6}
    assert optimum.edges_of(8) == {}
