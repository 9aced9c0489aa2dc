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
from libraries.engine.levels import LOTTERY_BITS, Levels
from libraries.engine.solving import solve
from libraries.engine.stepwise import optimum_of, solution_of
from tests.unit.engine.instances import Problem, problem


@pytest.mark.parametrize("block", range(20))
def test_a_flow_solver_finds_the_same(block: int) -> None:
    for seed in range(50):
        chance = random.Random(f"{block} {seed}")
        drawn = problem(
            chance,
            units=chance.randint(1, 150),
            needs=chance.randint(1, 25),
            most_places=chance.choice((2, 5, 15)),
            density=chance.choice((0.1, 0.4)),
        ).instance
        stepwise, at_once = solution_of(optimum_of(drawn)), solve(drawn)
        assert violations(drawn, stepwise) == []
        assert violations(drawn, at_once) == []
        assert stepwise.assignment == at_once.assignment


@pytest.mark.parametrize(("fit", "lottery"), [(700, 2**36), (400, 2**37 - 1), (100, 2**39)])
def test_levels_where_nothing_counts_may_outweigh_all_numbers(fit: int, lottery: int) -> None:
    smallest = Problem[int, int]({0: {0: Levels(fit=fit, lottery=lottery)}}, {0: (6, 0)}, {}, {}).instance
    assert solve(smallest).assignment == solution_of(optimum_of(smallest)).assignment == {(0, 0)}
    assert violations(smallest, solve(smallest)) == []


@pytest.mark.parametrize("seed", range(60))
def test_few_levels_at_a_time_and_few_pairs_at_a_time_give_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    most_places, kept = chance.choice((3, 15)), chance.choice((0.0, 0.05))
    drawn = problem(chance, units=150, needs=10, most_places=most_places, density=0.5, kept=kept).instance
    expected = solve(drawn).assignment
    monkeypatch.setattr(solving, "_FEW_PAIRS", 0)
    # The best of each need, or the best of each unit.
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
    drawn = problem(chance, units=80, needs=10, most_places=12, density=0.4, coalitions=0.0)
    drawn = Problem(
        {unit: {need: Levels(fit=value.fit) for need, value in edges.items()} for unit, edges in drawn.edges.items()},
        {need: (0,) * len(points) for need, points in drawn.places.items()},
    )
    columns = [need for need, points in drawn.places.items() for _ in points]
    matrix = np.array(
        [[edges[need].fit if need in edges else 0 for need in columns] for edges in drawn.edges.values()]
    ).reshape(len(drawn.edges), len(columns))
    best = int(matrix[linear_sum_assignment(matrix, maximize=True)].sum())
    assert drawn.instance.objective(solve(drawn.instance).assignment).fit == best


@pytest.mark.parametrize("seed", range(60))
def test_no_wrong_result_is_believed(seed: int) -> None:
    chance = random.Random(seed)
    drawn = problem(chance, units=40, needs=6, most_places=5, density=0.5)
    solution = solve(drawn.instance)
    for _ in range(30):
        wrong = _mutated(drawn, solution.assignment, chance)
        if wrong != solution.assignment:
            assert violations(drawn.instance, replace(solution, assignment=wrong)) != []
    for need in drawn.places:
        for change in (Levels(coverage=1000), Levels(coverage=-1000)):
            moved = replace(solution, prices={**solution.prices, need: solution.prices[need].plus(change)})
            if drawn.places[need] and any(need in edges for edges in drawn.edges.values()):
                assert violations(drawn.instance, moved) != [], "a price that is far off proves nothing"


def _mutated(
    drawn: Problem[int, int], assignment: frozenset[tuple[int, int]], chance: random.Random
) -> frozenset[tuple[int, int]]:
    """A pair less, more, or elsewhere."""
    wrong = sorted(assignment)
    unit = chance.choice([unit for unit, edges in drawn.edges.items() if edges])
    need = chance.choice(list(drawn.edges[unit]))
    match chance.randrange(4):
        case 0 if wrong:
            wrong.pop(chance.randrange(len(wrong)))
        case 1:
            wrong.append((unit, need))
        case 2 if wrong:
            wrong[chance.randrange(len(wrong))] = (unit, need)
        case _:
            wrong.append((unit, -1))
    return frozenset(wrong)


def test_what_does_not_fit_the_solvers_numbers_is_said() -> None:
    edges = {unit: {need: Levels(lottery=2**60) for need in range(2)} for unit in range(3)}
    with pytest.raises(TooLarge, match="lottery"):
        solve(Problem(edges, {0: (6, 0), 1: (0,)}).instance)


@pytest.mark.parametrize("seed", range(30))
def test_no_exchange_would_cover_an_unmet_need_without_uncovering_one_as_urgent(seed: int) -> None:
    chance = random.Random(seed)
    drawn = replace(problem(chance, units=25, needs=12, most_places=3, density=0.15, coalitions=0.0), groups={})
    assignment = solve(drawn.instance).assignment
    covered = {need for _, need in assignment}
    urgent = [need for need, points in drawn.places.items() if points and points[0]]
    for unmet in [need for need in urgent if need not in covered]:
        # Who could come there, and what they would leave empty, along every chain of moves.
        seen, frontier = {unmet}, [unmet]
        while frontier:
            need = frontier.pop()
            for unit, edges in drawn.edges.items():
                if need not in edges:
                    continue
                at = [held for who, held in assignment if who == unit]
                assert at, f"{unit} waits and could cover {unmet}"
                if at[0] not in seen:
                    seen.add(at[0])
                    frontier.append(at[0])
        for need in seen - {unmet}:
            held = sum(at == need for _, at in assignment)
            lost = drawn.places[need][held - 1]
            assert lost >= drawn.places[unmet][0]
