"""Rounds: what they prove and publish, and what waits for one where the rules say so."""

from __future__ import annotations

from services.matching.settings.rules import RULES
from tests.unit.matching.events import (
    PoolInMemory,
    amended,
    application_id,
    closed,
    data_of,
    decided,
    declared,
    need_id,
    registered,
    revised,
    round_requested,
    rules_with,
    types_of,
    withdrawn,
)


def test_a_round_proves_what_is_proposed_and_says_what_is_unmet(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(declared("far", territories=("13216",)))
    pool.on(declared("full", capacity=0))
    pool.on(declared("less urgent", coverage="covered"))
    pool.on(registered("a"))
    *unmet, completed = pool.on(round_requested())
    causes = {data_of(row)["need_title"]: data_of(row)["cause"]["code"] for row in unmet}
    assert causes == {
        "Besoin far": "all-gated",
        "Besoin full": "no-capacity",
        "Besoin less urgent": "placed-elsewhere",
    }
    gates = {data_of(row)["need_title"]: data_of(row)["gates"] for row in unmet}
    assert gates["Besoin far"][0] == {"gate": "territory", "applications": 1}
    data = data_of(completed)
    assert (data["applications"], data["placed"], data["needs"], data["unmet"]) == (1, 1, 4, 3)
    assert data["objective"] == data["independent"]
    assert data["certified"] is True
    again = data_of(pool.on(round_requested(name="second"))[-1])
    assert again["digest"] == data["digest"]


def test_a_contest_round_nominates_and_fills_no_place(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    pool.on(registered("laureate", track="contest"))
    pool.on(registered("elsewhere", track="contest", territories=("13216",)))
    nominated, completed = pool.on(round_requested("contest"))
    data = data_of(nominated)
    assert nominated.type == "engage.nomination.proposed.v1"
    assert (data["application_id"], data["held_need_id"]) == (str(application_id("laureate")), str(need_id("n")))
    assert [(it["need_id"], it["fit"]) for it in data["needs"]] == [
        (str(need_id("n")), sum(part["points"] for part in data["needs"][0]["parts"]))
    ]
    assert (data_of(completed)["applications"], data_of(completed)["placed"]) == (2, 1)
    assert pool.held_by("a") == need_id("n")


def test_in_rounds_nothing_is_proposed_before_one_is_asked_for() -> None:
    pool = PoolInMemory(rules_with(publication="in-rounds"))
    pool.on(declared("n"))
    pool.on(registered("far", publics=()))
    assert pool.on(registered("near")) == []
    assert (pool.held_by("far"), pool.held_by("near")) == (None, None)
    proposed, unplaced, completed = pool.on(round_requested())
    assert data_of(unplaced)["application_id"] == str(application_id("far"))
    assert (data_of(unplaced)["cause"]["code"], data_of(unplaced)["remedies"]) == ("places-taken", [])
    assert data_of(proposed)["application_id"] == str(application_id("near")), (
        "nothing was published, so nothing is kept"
    )
    assert data_of(proposed)["actor"] == f"engine:in-rounds@{RULES.version}"
    assert data_of(completed)["placed"] == 1
    assert types_of(pool.on(withdrawn("near"))) == ["assignment.released"]
    assert pool.held_by("far") is None
    assert types_of(pool.on(round_requested(name="second"))) == ["assignment.proposed", "round.completed"]


def test_in_rounds_what_cannot_stay_is_released_at_once() -> None:
    pool = PoolInMemory(rules_with(publication="in-rounds"))
    pool.on(declared("n", capacity=3))
    for name in "abc":
        pool.on(registered(name))
    pool.on(round_requested())
    (released,) = pool.on(amended("a", territories=("13216",)))
    assert data_of(released)["reason"] == "no-longer-meets"
    *_, released = pool.on(revised("n", capacity=1))
    assert data_of(released)["reason"] == "capacity-reduced"
    left = next(name for name in "bc" if pool.held_by(name))
    assert types_of(pool.on(decided(pool.assignment_of(left), "confirm"))) == ["assignment.confirmed"]
    assert pool.on(closed("n"))[0].payload is None
    assert pool.held_by(left) == need_id("n")


def test_in_rounds_what_stands_can_be_confirmed_though_the_optimum_would_move_it() -> None:
    pool = PoolInMemory(rules_with(publication="in-rounds"))
    pool.on(declared("first", coverage="poorly-covered"))
    pool.on(registered("able", territories=("13201", "13202")))
    pool.on(round_requested())
    pool.on(registered("only here"))
    assert types_of(pool.on(declared("urgent", territories=("13202",)))) == ["need.published", "contact.published"]
    assert types_of(pool.on(decided(pool.assignment_of("able"), "confirm"))) == ["assignment.confirmed"]
    published = pool.on(round_requested(name="second"))
    assert types_of(published) == ["need.unmet", "application.unplaced", "round.completed"]
    assert pool.held_by("able") == need_id("first")
