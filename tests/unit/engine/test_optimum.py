"""The live optimum: exact after every change, whatever the changes and their order."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import replace

import pytest

from libraries.engine.certificate import violations
from libraries.engine.optimum import Optimum
from libraries.engine.solving import solve
from libraries.engine.stepwise import optimum_of, solution_of
from libraries.engine.worth import Worth, pack, unpack
from tests.unit.engine.instances import problem, search, worth
from tests.unit.engine.played import Played, packed


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
        optimum.put_host(host, packed(drawn.places[host]), {}, group=group_of.get(host))
    for guest in guests:
        edges = {host: pack(value) for host, value in drawn.edges[guest].items() if host in optimum.hosts}
        optimum.put(guest, edges, capacity=drawn.capacities.get(guest, 1))
    for host in hosts[4:]:
        values = {guest: pack(edges[host]) for guest, edges in drawn.edges.items() if host in edges}
        optimum.put_host(host, packed(drawn.places[host]), values, group=group_of.get(host))
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
        optimum.put_host(1, packed((1, 2)), {})


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
