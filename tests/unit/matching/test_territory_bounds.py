"""How many projects a territory gets, at least and at most."""

from __future__ import annotations

from typing import Any

from services.matching.settings.rules import TerritoryBound
from tests.unit.matching.events import (
    PoolInMemory,
    data_of,
    declared,
    need_id,
    placed,
    registered,
    round_requested,
    rules_with,
    types_of,
)


def _with_bound(**bound: Any) -> PoolInMemory:
    return PoolInMemory(rules_with(equity=(TerritoryBound(territory="13201", **bound),)))


def test_a_territory_gets_its_least_number_of_projects_before_a_more_urgent_need_elsewhere() -> None:
    for pool, held in ((PoolInMemory(), "urgent"), (_with_bound(at_least=1), "guaranteed")):
        pool.on(declared("urgent", territories=("13202",)))
        pool.on(declared("guaranteed", territories=("13201",), coverage="covered", salience="ordinary"))
        pool.on(registered("a", territories=("13201", "13202")))
        assert pool.held_by("a") == need_id(held)


def test_a_territory_that_is_full_leaves_its_needs_unmet_and_says_so() -> None:
    pool = _with_bound(at_most=1)
    pool.on(declared("n"))
    pool.on(declared("less", coverage="covered"))
    pool.on(declared("elsewhere", territories=("13201", "13202"), coverage="covered", salience="ordinary"))
    for name in "abc":
        pool.on(registered(name))
    assert {pool.held_by(name) for name in "abc"} == {need_id("n"), need_id("elsewhere"), None}
    unmet, unplaced, completed = pool.on(round_requested())
    assert types_of([unplaced]) == ["application.unplaced"]
    assert (data_of(unmet)["need_title"], data_of(unmet)["cause"]["code"]) == ("Besoin less", "territory-full")
    assert data_of(completed)["objective"]["equity"] == 0


def test_what_people_pin_counts_for_the_bound_and_may_go_beyond_it() -> None:
    pool = _with_bound(at_least=1, at_most=1)
    pool.on(declared("n"))
    pool.on(declared("less", coverage="covered"))
    pool.on(registered("a"))
    pool.on(registered("b"))
    held, other = sorted("ab", key=lambda name: pool.held_by(name) is None)
    *_, proposed = pool.on(placed(other, "less", "pin"))
    assert data_of(proposed)["cost"]["coverage"] > 0
    assert (pool.held_by(held), pool.held_by(other)) == (None, need_id("less"))
    pool.on(placed(held, "n", "pin"))
    assert (pool.held_by(held), pool.held_by(other)) == (need_id("n"), need_id("less"))
