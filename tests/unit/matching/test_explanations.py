"""Why an application is where it is: exact, and in words."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from libraries.engine.solving import solve
from libraries.engine.worth import Worth
from services.matching.answers.explanations import Consideration, explain, standing_text
from services.matching.codes import GATES
from services.matching.flows.proof import instance_of
from services.matching.settings.rules import TerritoryBound
from tests.unit.engine.instances import Problem, problem_of
from tests.unit.matching.events import (
    PoolInMemory,
    application_id,
    closed,
    declared,
    need_id,
    placed,
    registered,
    rules_with,
)

_THEMES = ("health", "housing", "education", "inclusion")


_PLACES = ("13201", "13202", "marseille")


def _drawn(seed: int) -> PoolInMemory:
    """A pool of a few needs with few places, a territory with bounds and more projects than these can hold."""
    chance = random.Random(seed)
    memory = PoolInMemory(
        rules_with(equity=(TerritoryBound(territory="13201", at_least=seed % 3, at_most=3 - seed % 2),))
    )

    def codes() -> dict[str, Any]:
        themes = tuple(chance.sample(_THEMES, chance.randint(1, 3)))
        return {"themes": themes, "publics": (), "territories": (chance.choice(_PLACES),)}

    for number in range(5):
        urgency = {"coverage": chance.choice(("uncovered", "covered")), "salience": "ordinary"}
        memory.on(declared(f"n{number}", capacity=chance.randint(0, 2), **urgency, **codes()))
    for number in range(10):
        memory.on(registered(f"a{number}", members=chance.choice((0, 0, 1, 3)), **codes()))
    return memory


def _value(problem: Problem[Any, Any]) -> Worth:
    return problem.instance.objective(solve(problem.instance).assignment)


@pytest.mark.parametrize("seed", range(25))
def test_missing_points_are_exact(seed: int) -> None:
    pool = _drawn(seed).pool
    waiting = [pool.candidates[it] for it in pool.optimum.guests]
    problem = problem_of(instance_of(pool, waiting, rolling=True))
    best = _value(problem)
    for candidate in waiting:
        held_before = set(pool.optimum.assignment())
        for it in explain(pool, candidate.application_id).considerations:
            if it.missing is None or it.fit is None:
                continue
            # Forced in by being worth more there than all others together.
            bonus = Worth(equity=1, coverage=10_000)
            mine = dict(problem.edges[candidate.application_id])
            mine[it.need.need_id] = mine[it.need.need_id].plus(bonus)
            edges = {**problem.edges, candidate.application_id: mine}
            forced = _value(replace(problem, edges=edges)).plus(bonus, -1)
            assert it.missing == best.plus(forced, -1)
            assert (it.standing == "held") == (it.missing == Worth())
            assert (it.standing == "held") == ((candidate.application_id, it.need.need_id) in held_before)
        assert set(pool.optimum.assignment()) == held_before, "an explanation changes nothing"


def test_what_a_decision_holds_is_weighed_as_if_it_were_free() -> None:
    memory = PoolInMemory()
    memory.on(declared("n"))
    memory.on(declared("less", coverage="covered"))
    memory.on(registered("a"))
    memory.on(placed("a", "less", "pin"))
    found = {it.need.need_id: it.standing for it in explain(memory.pool, application_id("a")).considerations}
    assert found == {need_id("less"): "fixed", need_id("n"): "possible"}


def test_it_says_who_would_move() -> None:
    memory = PoolInMemory()
    memory.on(declared("n"))
    for name in "ab":
        memory.on(registered(name))
    held, other = sorted("ab", key=lambda name: memory.held_by(name) is None)
    (move,) = explain(memory.pool, application_id(held)).moves
    assert (move.application_id, move.before, move.after) == (application_id(other), None, need_id("n"))
    assert explain(memory.pool, application_id(other)).moves == ()


def test_every_standing_has_words_in_both_languages() -> None:
    memory = PoolInMemory()
    memory.on(declared("n"))
    memory.on(declared("far", territories=("13216",), themes=("health",), publics=()))
    memory.on(declared("full", coverage="covered"))
    memory.on(registered("pinned"))
    memory.on(placed("pinned", "full", "pin"))
    memory.on(registered("a"))
    memory.on(placed("a", "far", "forbid"))
    memory.on(declared("shut"))
    memory.on(closed("shut"))
    found = {it.need.need_id: it for it in explain(memory.pool, application_id("a")).considerations}
    assert {it.standing for it in found.values()} == {"held", "shut", "no-place"}
    assert found[need_id("far")].shut == ("territory", "theme-or-public", "forbidden")
    assert standing_text(found[need_id("far")], "en").startswith("No territory in common, neither theme")
    need = found[need_id("n")].need
    several = [
        *found.values(),
        *(Consideration(need, "shut", (gate,)) for gate in GATES),
        *(Consideration(need, "missing", missing=levels) for levels in _one_each()),
        Consideration(need, "fixed"),
        Consideration(need, "possible", missing=Worth()),
    ]
    for it in several:
        french, english = standing_text(it, "fr"), standing_text(it, "en")
        assert french.endswith(".")
        assert english.endswith(".")
        assert french != english
        assert "{" not in french + english


def _one_each() -> list[Worth]:
    return [Worth(equity=1), Worth(coverage=3), Worth(kept=2), Worth(fit=138), Worth(lottery=5)]


def test_what_is_missing_is_told_by_the_level_that_decides() -> None:
    need = PoolInMemory()
    need.on(declared("n"))
    it = Consideration(need.pool.needs[need_id("n")], "missing", missing=Worth(fit=138, lottery=12345))
    assert standing_text(it, "en") == "It misses 138 points for this need."
