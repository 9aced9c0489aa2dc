"""What would be otherwise: computed beside the pool, which stays as it is."""

from __future__ import annotations

import pytest

from libraries.data_files import DataFileError
from services.matching import operations
from services.matching.answers.suppositions import Impossible, Pair, Supposition, suppose
from services.matching.pool.pool import Pool
from tests.unit.matching.events import (
    PoolInMemory,
    application_id,
    decided,
    declared,
    need_id,
    registered,
)


def _live(pool: Pool) -> dict[object, object]:
    return {it.application_id: it.need_id for it in pool.live}


def test_a_supposition_shows_what_would_change_and_changes_nothing() -> None:
    memory = PoolInMemory()
    memory.on(declared("n"))
    memory.on(declared("less", coverage="covered", territories=("13202",)))
    for name in "abc":
        memory.on(registered(name))
    before = _live(memory.pool)
    more = suppose(memory.pool, Supposition(capacities={need_id("n"): 3}))
    assert (more.placed_before, more.placed_after) == (1, 3)
    assert {it.after for it in more.differences} == {need_id("n")}
    waiting = next(name for name in "abc" if memory.held_by(name) is None)
    pair = Pair(application_id=application_id(waiting), need_id=need_id("less"))
    pinned = suppose(memory.pool, Supposition(pins=[pair]))
    assert [(it.application_id, it.after) for it in pinned.differences] == [(pair.application_id, need_id("less"))]
    assert pinned.newly_answered == (need_id("less"),)
    held = next(name for name in "abc" if memory.held_by(name))
    out = Pair(application_id=application_id(held), need_id=need_id("n"))
    assert len(suppose(memory.pool, Supposition(forbids=[out])).differences) == 2
    stricter = suppose(memory.pool, Supposition(rules={"floor": 1000}))
    assert (stricter.placed_after, stricter.no_longer_answered) == (0, (need_id("n"),))
    assert suppose(memory.pool, Supposition()).differences == ()
    assert _live(memory.pool) == before


def test_bounds_of_territories_can_be_tried_before_they_are_set() -> None:
    memory = PoolInMemory()
    memory.on(declared("urgent"))
    memory.on(declared("far", coverage="covered", territories=("13202",)))
    memory.on(registered("a", territories=("13201", "13202")))
    found = suppose(memory.pool, Supposition(rules={"equity": [{"territory": "13202", "at_least": 1}]}))
    assert (found.newly_answered, found.no_longer_answered) == ((need_id("far"),), (need_id("urgent"),))
    assert (found.before.equity, found.after.equity) == (0, 1)


def test_without_keeping_the_better_fit_is_held() -> None:
    memory = PoolInMemory()
    memory.on(declared("n"))
    memory.on(registered("far", publics=()))
    memory.on(registered("near"))
    assert suppose(memory.pool, Supposition()).differences == ()
    found = suppose(memory.pool, Supposition(keep=False))
    assert {(it.application_id, it.after) for it in found.differences} == {
        (application_id("far"), None),
        (application_id("near"), need_id("n")),
    }
    assert found.after.fit > found.before.fit


def test_a_supposition_that_cannot_be_is_refused() -> None:
    memory = PoolInMemory()
    memory.on(declared("n"))
    for name in "ab":
        memory.on(registered(name))
    held = next(name for name in "ab" if memory.held_by(name))
    memory.on(decided(memory.assignment_of(held), "confirm"))
    other = next(name for name in "ab" if name != held)
    pair = Pair(application_id=application_id(other), need_id=need_id("n"))
    with pytest.raises(Impossible, match="1 places, and decisions would fill 2"):
        suppose(memory.pool, Supposition(pins=[pair]))
    with pytest.raises(Impossible, match="no candidate"):
        suppose(memory.pool, Supposition(forbids=[pair.model_copy(update={"application_id": need_id("n")})]))
    with pytest.raises(Impossible, match="not in the register"):
        suppose(memory.pool, Supposition(capacities={application_id(other): 1}))
    with pytest.raises(ValueError, match="floor"):
        suppose(memory.pool, Supposition(rules={"floor": -1}))


def test_a_supposition_may_be_written_by_hand_or_by_a_program() -> None:
    pair = Pair(application_id=application_id("a"), need_id=need_id("n"))
    by_hand = f"""
        [rules]
        floor = 200
        [[pins]]
        application_id = "{pair.application_id}"
        need_id = "{pair.need_id}"
    """
    supposition = Supposition(rules={"floor": 200}, pins=[pair])
    assert operations.read_supposition(by_hand, "more.toml") == supposition
    assert operations.read_supposition(supposition.model_dump_json(), "more.json") == supposition
    with pytest.raises(DataFileError, match=r"more.toml: capacities.n.\[key\]: .*UUID"):
        operations.read_supposition("[capacities]\nn = 2", "more.toml")


def test_who_asks_about_what_is_not_there_is_told_so(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    with pytest.raises(operations.NotThere, match="no application that takes part"):
        operations.explain(pool.pool, application_id("b"))
    with pytest.raises(operations.NotThere, match="not in the register"):
        operations.explain(pool.pool, application_id("a"), need_id=need_id("m"))
    (only,) = operations.explain(pool.pool, application_id("a"), need_id=need_id("n")).considerations
    assert only.standing == "held"
