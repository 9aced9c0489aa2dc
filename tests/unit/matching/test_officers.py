"""What the writer of the pool makes of officers' words: decisions, pins, bans, recusals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.matching.events import (
    OFFICER,
    PoolInMemory,
    amended,
    closed,
    data_of,
    decided,
    declared,
    need_id,
    placed,
    recused,
    registered,
    revised,
    types_of,
    withdrawn,
)


def test_confirming_is_a_persons_word(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    (confirmed,) = pool.on(decided(pool.assignment_of("a"), "confirm", "useful"))
    data = data_of(confirmed)
    assert (data["from"], data["to"], data["version"], data["reason"]) == ("proposed", "confirmed", 2, "useful")
    assert data["actor"] == f"officer:{OFFICER}"


def test_a_decline_offers_the_place_on_and_the_application_elsewhere(pool: PoolInMemory) -> None:
    pool.on(declared("urgent"))
    pool.on(registered("a"))
    pool.on(registered("b"))
    assert (pool.held_by("a"), pool.held_by("b")) == (need_id("urgent"), None)
    published = pool.on(decided(pool.assignment_of("a"), "decline", "outside-priorities"))
    assert types_of(published) == ["assignment.declined", "assignment.proposed"]
    assert data_of(published[0])["reason"] == "outside-priorities"
    assert (pool.held_by("a"), pool.held_by("b")) == (None, need_id("urgent"))
    pool.on(declared("other", coverage="covered"))
    assert pool.held_by("a") == need_id("other")


def test_a_declined_pair_is_never_proposed_again(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    first = pool.assignment_of("a")
    assert types_of(pool.on(decided(first, "decline", "off-topic"))) == ["assignment.declined"]
    pool.on(revised("n", capacity=50))
    pool.on(amended("a", summary="Autre texte"))
    pool.on(withdrawn("a"))
    pool.on(registered("a"))
    assert pool.held_by("a") is None


@pytest.mark.parametrize("first", ["confirm", "decline"])
@pytest.mark.parametrize("second", ["confirm", "decline"])
def test_a_second_decision_is_refused_with_reasons(pool: PoolInMemory, first: str, second: str) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    assignment_id = pool.assignment_of("a")
    pool.on(decided(assignment_id, first, "some-reason"))
    held = pool.held_by("a")
    (refused,) = pool.on(decided(assignment_id, second, "some-reason"))
    data = data_of(refused)
    assert refused.type == "engage.assignment.decision-refused.v1"
    assert [reason["code"] for reason in data["reasons"]] == [
        "already-confirmed" if first == "confirm" else "already-declined"
    ]
    assert (data["decision"], data["actor"]) == (second, f"officer:{OFFICER}")
    assert pool.held_by("a") == held


def test_a_decline_without_reason_is_refused_and_can_be_made_again(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    assignment_id = pool.assignment_of("a")
    (refused,) = pool.on(decided(assignment_id, "decline"))
    assert data_of(refused)["reasons"][0]["code"] == "reason-required"
    assert data_of(refused)["reasons"][0]["field"] == "reason"
    assert types_of(pool.on(decided(assignment_id, "decline", "off-topic"))) == ["assignment.declined"]


def test_a_pin_holds_whatever_comes_and_says_what_it_costs(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    (near,) = pool.on(registered("near"))
    pool.on(registered("far", themes=("health",), publics=(), territories=("13216",)))
    released, proposed = pool.on(placed("far", "n", "pin", "political-commitment"))
    assert data_of(released)["reason"] == "place-taken-by-decision"
    data = data_of(proposed)
    assert (data["pinned"], data["reason"], data["actor"]) == (True, "political-commitment", f"officer:{OFFICER}")
    assert data["cost"] == {"equity": 0, "coverage": 0, "kept": 1, "fit": data_of(near)["fit"] - data["fit"]}
    pool.on(registered("another"))
    pool.on(revised("n", description="Autre chose"))
    assert pool.held_by("far") == need_id("n")
    assert types_of(pool.on(decided(pool.assignment_of("far"), "confirm"))) == ["assignment.confirmed"]


def test_pinning_what_is_proposed_keeps_its_assignment(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    before = pool.assignment_of("a")
    (proposed,) = pool.on(placed("a", "n", "pin"))
    data = data_of(proposed)
    assert (data["assignment_id"], data["from"], data["version"]) == (str(before), "proposed", 2)
    assert data["cost"] == {"equity": 0, "coverage": 0, "kept": 0, "fit": 0}


def test_a_lifted_pin_leaves_it_to_the_optimum(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    pool.on(registered("b"))
    pinned = next(name for name in "ab" if not pool.held_by(name))
    pool.on(placed(pinned, "n", "pin"))
    assert pool.on(placed(pinned, "n", "lift")) == [], "what is published is kept"
    assert types_of(pool.on(placed(pinned, "n", "forbid"))) == ["assignment.released", "assignment.proposed"]
    assert pool.held_by(pinned) is None
    assert pool.on(placed(pinned, "n", "lift")) == []


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        (placed("gone", "n", "pin"), "no-candidate"),
        (placed("contest", "n", "pin"), "no-candidate"),
        (placed("c", "shut", "pin"), "need-not-open"),
        (placed("c", "n", "pin"), "no-place-left"),
        (placed("p", "n", "pin"), "already-pinned"),
        (placed("d", "n", "pin"), "already-confirmed"),
        (placed("d", "m", "forbid"), "already-confirmed"),
        (placed("c", "n", "lift"), "nothing-to-lift"),
    ],
)
def test_a_word_that_cannot_be_followed_is_refused(pool: PoolInMemory, decision: Any, code: str) -> None:
    pool.on(declared("n"))
    pool.on(declared("shut"))
    pool.on(closed("shut"))
    for name in ("c", "p", "d"):
        pool.on(registered(name))
    pool.on(registered("contest", track="contest"))
    pool.on(registered("gone"))
    pool.on(withdrawn("gone"))
    pool.on(placed("p", "n", "pin"))
    pool.on(declared("m"))
    pool.on(placed("d", "m", "pin"))
    pool.on(decided(pool.assignment_of("d"), "confirm"))
    (refused,) = pool.on(decision)
    data = data_of(refused)
    assert refused.type == "engage.placement.decision-refused.v1"
    assert [reason["code"] for reason in data["reasons"]] == [code]


def test_no_need_of_a_recused_officer_is_considered(pool: PoolInMemory) -> None:
    pool.on(declared("mine"))
    pool.on(declared("other", coverage="covered"))
    pool.on(registered("a"))
    assert pool.held_by("a") == need_id("mine")
    assert types_of(pool.on(recused("mine", "a"))) == ["assignment.released", "assignment.proposed"]
    assert pool.held_by("a") == need_id("other")
    pool.on(withdrawn("a"))
    pool.on(registered("a"))
    assert pool.held_by("a") == need_id("other")
