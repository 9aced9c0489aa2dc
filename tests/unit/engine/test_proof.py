"""What proves a result: other solvers agree, and the checker of certificates believes nothing that is wrong."""

from __future__ import annotations

import random
from collections.abc import Hashable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from services.engine.certificate import violations
from services.engine.independent import TooLarge, best_objective
from services.engine.instance import Instance
from services.engine.levels import Levels, unpack
from services.engine.solving import solve
from tests.unit.engine.instances import instance


class Solved(NamedTuple):
    assignment: list[tuple[int, int]]
    prices: dict[int, Levels]
    group_prices: dict[Hashable, Levels]


def _solved(problem: Instance[int, int]) -> Solved:
    optimum = solve(problem)
    return Solved(
        list(optimum.assignment()),
        {need: unpack(optimum.price(need)) for need in optimum.needs},
        {group: unpack(optimum.group_price(group)) for group in problem.groups},
    )


@pytest.mark.parametrize("block", range(20))
def test_a_flow_solver_finds_the_same_value(block: int) -> None:
    for seed in range(50):
        chance = random.Random(f"{block} {seed}")
        problem = instance(
            chance,
            units=chance.randint(1, 150),
            needs=chance.randint(1, 25),
            most_places=chance.choice((2, 5, 15)),
            density=chance.choice((0.1, 0.4)),
        )
        assignment, prices, group_prices = _solved(problem)
        assert violations(problem, assignment, prices, group_prices) == []
        assert best_objective(problem) == problem.objective(assignment)._replace(lottery=0)


@pytest.mark.parametrize("seed", range(100))
def test_a_matrix_solver_finds_the_same_fit(seed: int) -> None:
    chance = random.Random(seed)
    problem = instance(chance, units=80, needs=10, most_places=12, density=0.4, coalitions=0.0)
    problem = Instance(
        {unit: {need: Levels(fit=value.fit) for need, value in edges.items()} for unit, edges in problem.edges.items()},
        {need: (0,) * len(points) for need, points in problem.places.items()},
    )
    columns = [need for need, points in problem.places.items() for _ in points]
    matrix = np.array(
        [[edges[need].fit if need in edges else 0 for need in columns] for edges in problem.edges.values()]
    ).reshape(len(problem.edges), len(columns))
    best = int(matrix[linear_sum_assignment(matrix, maximize=True)].sum())
    assert problem.objective(_solved(problem).assignment).fit == best


@pytest.mark.parametrize("seed", range(60))
def test_no_wrong_result_is_believed(seed: int) -> None:
    chance = random.Random(seed)
    problem = instance(chance, units=40, needs=6, most_places=5, density=0.5)
    assignment, prices, group_prices = _solved(problem)
    right = problem.objective(assignment)
    for _ in range(30):
        wrong = _mutated(problem, assignment, chance)
        if set(wrong) != set(assignment):
            assert violations(problem, wrong, prices, group_prices) != []
    for need in problem.places:
        for change in (Levels(coverage=1000), Levels(coverage=-1000)):
            moved = {**prices, need: prices[need].plus(change)}
            if problem.places[need] and any(need in edges for edges in problem.edges.values()):
                wrong_prices = violations(problem, assignment, moved, group_prices)
                assert wrong_prices != [], "a price that is far off proves nothing"
    assert problem.objective(assignment) == right


def _mutated(
    problem: Instance[int, int], assignment: list[tuple[int, int]], chance: random.Random
) -> list[tuple[int, int]]:
    """A pair less, more, twice, or elsewhere."""
    wrong = list(assignment)
    unit = chance.choice([unit for unit, edges in problem.edges.items() if edges])
    need = chance.choice(list(problem.edges[unit]))
    match chance.randrange(4):
        case 0 if wrong:
            wrong.pop(chance.randrange(len(wrong)))
        case 1:
            wrong.append((unit, need))
        case 2 if wrong:
            wrong[chance.randrange(len(wrong))] = (unit, need)
        case _:
            wrong.append((unit, -1))
    return wrong


def test_what_does_not_fit_the_other_solvers_numbers_is_said() -> None:
    edges = {unit: {0: Levels(kept=1, fit=1000)} for unit in range(200_000)}
    with pytest.raises(TooLarge, match="200000 units"):
        best_objective(Instance(edges, {0: (6, *(0,) * 200_000)}))


@pytest.mark.parametrize("seed", range(30))
def test_no_exchange_would_cover_an_unmet_need_without_uncovering_one_as_urgent(seed: int) -> None:
    chance = random.Random(seed)
    problem = instance(chance, units=25, needs=12, most_places=3, density=0.15, coalitions=0.0)
    problem = replace(problem, groups={})
    assignment = _solved(problem).assignment
    covered = {need for _, need in assignment}
    urgent = [need for need, points in problem.places.items() if points and points[0]]
    for unmet in [need for need in urgent if need not in covered]:
        # Who could come there, and what they would leave empty, along every chain of moves.
        seen, frontier = {unmet}, [unmet]
        while frontier:
            need = frontier.pop()
            for unit, edges in problem.edges.items():
                if need not in edges:
                    continue
                at = [held for who, held in assignment if who == unit]
                assert at, f"{unit} waits and could cover {unmet}"
                if at[0] not in seen:
                    seen.add(at[0])
                    frontier.append(at[0])
        for need in seen - {unmet}:
            held = sum(at == need for _, at in assignment)
            lost = problem.places[need][held - 1]
            assert lost >= problem.places[unmet][0]
