"""Coalitions, which may answer several needs."""

from __future__ import annotations

from tests.unit.matching.events import (
    PoolInMemory,
    amended,
    application_id,
    decided,
    declared,
    need_id,
    placed,
    registered,
    types_of,
    withdrawn,
)


def test_a_coalition_answers_as_many_needs_as_it_has_organisations() -> None:
    memory = PoolInMemory()
    for name in ("n1", "n2", "n3", "n4", "n5"):
        memory.on(declared(name))
    assert types_of(memory.on(registered("alone"))) == ["assignment.proposed"]
    assert types_of(memory.on(registered("both", members=1))) == ["assignment.proposed"] * 2
    memory.on(withdrawn("alone"))
    # The rules let no coalition answer more than three.
    memory.on(registered("many", members=9))
    assert len(memory.all_held_by("many")) == 3
    assert not memory.all_held_by("both") & memory.all_held_by("many")
    published = memory.on(amended("many", members=0))
    assert sorted(types_of(published)) == ["assignment.released"] * 2
    assert len(memory.all_held_by("many")) == 1


def test_what_people_fix_of_a_coalition_leaves_it_the_rest() -> None:
    memory = PoolInMemory()
    for name in ("n1", "n2", "n3"):
        memory.on(declared(name))
    memory.on(registered("both", members=1))
    held = memory.all_held_by("both")
    (other,) = {need_id(name) for name in ("n1", "n2", "n3")} - held
    name_of = {need_id(name): name for name in ("n1", "n2", "n3")}
    # A pin takes one of its two places, the other one stays; the second pin both, the third that of the first.
    published = memory.on(placed("both", name_of[other], "pin"))
    assert types_of(published) == ["assignment.released", "assignment.proposed"]
    assert other in memory.all_held_by("both")
    (kept,) = memory.all_held_by("both") - {other}
    assert types_of(memory.on(placed("both", name_of[kept], "pin"))) == ["assignment.proposed"]
    (gone,) = held - {kept}
    published = memory.on(placed("both", name_of[gone], "pin"))
    assert types_of(published) == ["assignment.released", "assignment.proposed"]
    assert len(memory.all_held_by("both")) == 2
    assert gone in memory.all_held_by("both")
    for live in list(memory.pool.live_of(application_id("both")).values()):
        memory.on(decided(live.assignment_id, "confirm"))
    (refused,) = memory.on(placed("both", name_of[other if other not in memory.all_held_by("both") else kept], "pin"))
    assert "already-confirmed" in str(refused.payload)


def test_a_coalition_that_shrinks_to_what_is_confirmed_lets_the_rest_go() -> None:
    memory = PoolInMemory()
    memory.on(declared("n1"))
    memory.on(declared("n2"))
    memory.on(registered("both", members=1))
    confirmed = memory.pool.live_at(application_id("both"), need_id("n1"))
    assert confirmed is not None
    memory.on(decided(confirmed.assignment_id, "confirm"))
    assert types_of(memory.on(amended("both", members=0))) == ["assignment.released"]
    assert memory.all_held_by("both") == {need_id("n1")}
