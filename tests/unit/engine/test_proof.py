"""What proves a result: other solvers agree, and the checker of certificates believes nothing that is wrong."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from libraries.engine import flow, solving
from libraries.engine.certificate import violations
from libraries.engine.flow import TooLarge
from libraries.engine.solving import solve
from libraries.engine.stepwise import optimum_of, solution_of
from libraries.engine.worth import LOTTERY_BITS, Worth
from tests.unit.engine.instances import Problem, problem


@pytest.mark.parametrize("block", range(20))
def test_a_flow_solver_finds_the_same(block: int) -> None:
    for seed in range(50):
        chance = random.Random(f"{block} {seed}")
        drawn = problem(
            chance,
            guests=chance.randint(1, 150),
            hosts=chance.randint(1, 25),
            most_places=chance.choice((2, 5, 15)),
            density=chance.choice((0.1, 0.4)),
        ).instance
        stepwise, at_once = solution_of(optimum_of(drawn)), solve(drawn)
        assert violations(drawn, stepwise) == []
        assert violations(drawn, at_once) == []
        assert stepwise.assignment == at_once.assignment


@pytest.mark.parametrize(("fit", "lottery"), [(700, 2**36), (400, 2**37 - 1), (100, 2**39)])
def test_levels_where_nothing_counts_may_outweigh_all_numbers(fit: int, lottery: int) -> None:
    smallest = Problem[int, int]({0: {0: Worth(fit=fit, lottery=lottery)}}, {0: (6, 0)}, {}, {}).instance
    assert solve(smallest).assignment == solution_of(optimum_of(smallest)).assignment == {(0, 0)}
    assert violations(smallest, solve(smallest)) == []


@pytest.mark.parametrize("seed", range(60))
def test_few_levels_at_a_time_and_few_pairs_at_a_time_give_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    most_places, kept = chance.choice((3, 15)), chance.choice((0.0, 0.05))
    drawn = problem(chance, guests=150, hosts=10, most_places=most_places, density=0.5, kept=kept).instance
    expected = solve(drawn).assignment
    monkeypatch.setattr(solving, "_FEW_PAIRS", 0)
    # The best of each host, or the best of each guest.
    monkeypatch.setattr(solving, "_PAIRS_A_PLACE", (0, drawn.pairs)[seed % 2])
    monkeypatch.setattr(solving, "_LIKELY_A_PLACE", 1)
    monkeypatch.setattr(solving, "_LIKELY_A_ROOM", 1)
    # As narrow as the widest level, the lottery, allows.
    monkeypatch.setattr(flow, "_MOST", 2 ** (LOTTERY_BITS + 9))
    solution = solve(drawn)
    assert solution.assignment == expected
    assert violations(drawn, solution) == []


@pytest.mark.parametrize("seed", range(100))
def test_a_matrix_solver_finds_the_same_fit(seed: int) -> None:
    chance = random.Random(seed)
    drawn = problem(chance, guests=80, hosts=10, most_places=12, density=0.4, coalitions=0.0)
    drawn = Problem(
        {guest: {host: Worth(fit=value.fit) for host, value in edges.items()} for guest, edges in drawn.edges.items()},
        {host: (0,) * len(points) for host, points in drawn.places.items()},
    )
    columns = [host for host, points in drawn.places.items() for _ in points]
    matrix = np.array(
        [[edges[host].fit if host in edges else 0 for host in columns] for edges in drawn.edges.values()]
    ).reshape(len(drawn.edges), len(columns))
    best = int(matrix[linear_sum_assignment(matrix, maximize=True)].sum())
    assert drawn.instance.objective(solve(drawn.instance).assignment).fit == best


@pytest.mark.parametrize("seed", range(60))
def test_no_wrong_result_is_believed(seed: int) -> None:
    chance = random.Random(seed)
    drawn = problem(chance, guests=40, hosts=6, most_places=5, density=0.5)
    solution = solve(drawn.instance)
    for _ in range(30):
        wrong = _mutated(drawn, solution.assignment, chance)
        if wrong != solution.assignment:
            assert violations(drawn.instance, replace(solution, assignment=wrong)) != []
    for host in drawn.places:
        for change in (Worth(coverage=1000), Worth(coverage=-1000)):
            moved = replace(solution, prices={**solution.prices, host: solution.prices[host].plus(change)})
            if drawn.places[host] and any(host in edges for edges in drawn.edges.values()):
                assert violations(drawn.instance, moved) != [], "a price that is far off proves nothing"


def _mutated(
    drawn: Problem[int, int], assignment: frozenset[tuple[int, int]], chance: random.Random
) -> frozenset[tuple[int, int]]:
    """A pair less, more, or elsewhere."""
    wrong = sorted(assignment)
    guest = chance.choice([guest for guest, edges in drawn.edges.items() if edges])
    host = chance.choice(list(drawn.edges[guest]))
    match chance.randrange(4):
        case 0 if wrong:
            wrong.pop(chance.randrange(len(wrong)))
        case 1:
            wrong.append((guest, host))
        case 2 if wrong:
            wrong[chance.randrange(len(wrong))] = (guest, host)
        case _:
            wrong.append((guest, -1))
    return frozenset(wrong)


def test_what_does_not_fit_the_solvers_numbers_is_said() -> None:
    edges = {guest: {host: Worth(lottery=2**60) for host in range(2)} for guest in range(3)}
    with pytest.raises(TooLarge, match="lottery"):
        solve(Problem(edges, {0: (6, 0), 1: (0,)}).instance)


@pytest.mark.parametrize("seed", range(30))
def test_no_exchange_would_cover_an_unmet_host_without_uncovering_one_as_urgent(seed: int) -> None:
    chance = random.Random(seed)
    drawn = replace(problem(chance, guests=25, hosts=12, most_places=3, density=0.15, coalitions=0.0), groups={})
    assignment = solve(drawn.instance).assignment
    covered = {host for _, host in assignment}
    urgent = [host for host, points in drawn.places.items() if points and points[0]]
    for unmet in [host for host in urgent if host not in covered]:
        # Who could come there, and what they would leave empty, along every chain of moves.
        seen, frontier = {unmet}, [unmet]
        while frontier:
            host = frontier.pop()
            for guest, edges in drawn.edges.items():
                if host not in edges:
                    continue
                at = [held for who, held in assignment if who == guest]
                assert at, f"{guest} waits and could cover {unmet}"
                if at[0] not in seen:
                    seen.add(at[0])
                    frontier.append(at[0])
        for host in seen - {unmet}:
            held = sum(at == host for _, at in assignment)
            lost = drawn.places[host][held - 1]
            assert lost >= drawn.places[unmet][0]
