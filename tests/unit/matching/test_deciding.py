"""What the writer of the pool makes of each event."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from libraries.chassis.unit_of_work import OutboxRow
from services.matching.settings.rules import RULES, TerritoryBound
from tests.forms import identifier
from tests.unit.matching.events import (
    OFFICER,
    PoolInMemory,
    amended,
    application_id,
    closed,
    correction_requested,
    decided,
    declared,
    need_id,
    placed,
    recused,
    registered,
    rejected,
    revised,
    round_requested,
    rules_with,
    types_of,
    withdrawn,
)


@pytest.fixture
def pool() -> PoolInMemory:
    return PoolInMemory()


def _data(row: OutboxRow) -> dict[str, Any]:
    assert row.payload is not None
    data: dict[str, Any] = json.loads(row.payload)
    return data


def test_a_declared_need_is_published_with_its_owners_contact_apart(pool: PoolInMemory) -> None:
    public, contact = pool.on(declared("n", description="Cuisine", evidence="Une enquête"))
    data = _data(public)
    assert (public.topic, data["from"], data["to"], data["version"]) == ("needs.v1", None, "open", 1)
    assert data["need"]["capacity"] == 1
    assert data["owner_id"] == str(identifier("owner n"))
    assert "Fictive" not in str(data)
    assert contact.topic == "contacts.v1"
    assert _data(contact)["updated_at"] == "2025-01-10T09:00:00Z"
    assert _data(contact)["email"] == "personne@example.invalid"


def test_an_application_is_proposed_for_the_best_need_at_once(pool: PoolInMemory) -> None:
    pool.on(declared("covered", coverage="covered"))
    pool.on(declared("urgent"))
    (proposed,) = pool.on(registered("a"))
    data = _data(proposed)
    assert (proposed.topic, proposed.type) == ("assignments.v1", "engage.assignment.proposed.v1")
    assert data["need_id"] == str(need_id("urgent"))
    assert (data["from"], data["to"], data["version"]) == (None, "proposed", 1)
    assert data["actor"] == f"engine:rolling@{RULES.version}"
    assert data["rules_version"] == RULES.version
    assert data["fit"] == sum(part["points"] for part in data["parts"])
    assert (data["organisation_name"], data["need_title"]) == ("Association a", "Besoin urgent")
    assert (data["project_title"], data["lead_id"]) == ("Projet a", str(identifier("lead a")))
    assert data["owner_id"] == str(identifier("owner urgent"))


def test_an_application_without_a_place_waits_for_a_need(pool: PoolInMemory) -> None:
    assert pool.on(registered("a")) == []
    assert types_of(pool.on(declared("n"))) == ["need.published", "contact.published", "assignment.proposed"]
    assert pool.held_by("a") == need_id("n")


def test_a_contest_application_is_kept_and_not_proposed(pool: PoolInMemory) -> None:
    pool.on(declared("n", capacity=5))
    assert pool.on(registered("a", track="contest")) == []
    assert types_of(pool.on(revised("n", capacity=6))) == ["need.published", "contact.published"]
    assert application_id("a") in pool.pool.candidates


def test_those_that_wait_are_placed_by_fit(pool: PoolInMemory) -> None:
    pool.on(registered("far", publics=()))
    pool.on(registered("near"))
    pool.on(registered("middling", territories=()))
    pool.on(declared("n"))
    assert pool.held_by("near") == need_id("n")
    pool.on(revised("n", capacity=2))
    assert pool.held_by("middling") == need_id("n")
    assert pool.held_by("far") is None


def test_an_application_that_changes_to_the_contest_gives_its_place_up(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    moved = amended("a").model_copy(update={"track": "contest"})
    assert types_of(pool.on(moved)) == ["assignment.released"]
    assert pool.held_by("a") is None


def test_confirming_is_a_persons_word(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    (confirmed,) = pool.on(decided(pool.assignment_of("a"), "confirm", "useful"))
    data = _data(confirmed)
    assert (data["from"], data["to"], data["version"], data["reason"]) == ("proposed", "confirmed", 2, "useful")
    assert data["actor"] == f"officer:{OFFICER}"


def test_a_decline_offers_the_place_on_and_the_application_elsewhere(pool: PoolInMemory) -> None:
    pool.on(declared("urgent"))
    pool.on(registered("a"))
    pool.on(registered("b"))
    assert (pool.held_by("a"), pool.held_by("b")) == (need_id("urgent"), None)
    published = pool.on(decided(pool.assignment_of("a"), "decline", "outside-priorities"))
    assert types_of(published) == ["assignment.declined", "assignment.proposed"]
    assert _data(published[0])["reason"] == "outside-priorities"
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
    data = _data(refused)
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
    assert _data(refused)["reasons"][0]["code"] == "reason-required"
    assert _data(refused)["reasons"][0]["field"] == "reason"
    assert types_of(pool.on(decided(assignment_id, "decline", "off-topic"))) == ["assignment.declined"]


def test_an_amendment_that_no_longer_meets_is_released_and_considered_again(pool: PoolInMemory) -> None:
    pool.on(declared("work"))
    pool.on(declared("health", themes=("health",), publics=("elders",)))
    pool.on(registered("waiting"))
    pool.on(registered("second"))
    first, then = ("waiting", "second") if pool.held_by("waiting") else ("second", "waiting")
    published = pool.on(amended(first, themes=("health",), publics=()))
    assert types_of(published) == ["assignment.released", "assignment.proposed", "assignment.proposed"]
    assert _data(published[0])["reason"] == "no-longer-meets"
    assert (pool.held_by(first), pool.held_by(then)) == (need_id("health"), need_id("work"))


def test_an_amendment_keeps_what_still_meets_and_what_is_confirmed(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    assert pool.on(amended("a", title="Nouveau titre")) == []
    (confirmed,) = pool.on(decided(pool.assignment_of("a"), "confirm"))
    assert _data(confirmed)["project_title"] == "Nouveau titre"
    assert pool.on(amended("a", themes=("health",), publics=())) == []
    assert pool.held_by("a") == need_id("n")


@pytest.mark.parametrize(("event", "reason"), [(withdrawn, "withdrawn"), (rejected, "rejected")])
@pytest.mark.parametrize("confirm", [False, True])
def test_an_application_that_leaves_frees_its_place(pool: PoolInMemory, event: Any, reason: str, confirm: bool) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    pool.on(registered("b"))
    if confirm:
        pool.on(decided(pool.assignment_of("a"), "confirm"))
    released, proposed = pool.on(event("a"))
    assert _data(released)["reason"] == reason
    assert _data(released)["from"] == ("confirmed" if confirm else "proposed")
    assert _data(proposed)["application_id"] == str(application_id("b"))
    assert application_id("a") not in pool.pool.candidates


def test_an_application_that_waits_for_its_correction_gives_up_its_proposal(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    pool.on(registered("b"))
    released, proposed = pool.on(correction_requested("a"))
    assert _data(released)["reason"] == "correction-requested"
    assert _data(proposed)["application_id"] == str(application_id("b"))
    pool.on(decided(pool.assignment_of("b"), "confirm"))
    assert pool.on(correction_requested("b")) == []
    assert pool.held_by("b") == need_id("n")


def test_an_application_that_never_took_part_leaves_without_effect(pool: PoolInMemory) -> None:
    assert pool.on(rejected("a")) == []
    assert pool.on(withdrawn("a")) == []


def test_closing_releases_proposals_and_keeps_what_is_confirmed(pool: PoolInMemory) -> None:
    pool.on(declared("n", capacity=2))
    pool.on(registered("a"))
    pool.on(registered("b"))
    pool.on(decided(pool.assignment_of("a"), "confirm"))
    published = pool.on(closed("n"))
    assert types_of(published) == ["-need.published", "assignment.released"]
    assert (published[0].topic, published[0].key) == ("needs.v1", str(need_id("n")))
    assert _data(published[1])["reason"] == "need-closed"
    assert (pool.held_by("a"), pool.held_by("b")) == (need_id("n"), None)
    assert pool.on(closed("n")) == []
    pool.on(declared("later", coverage="covered"))
    assert pool.held_by("b") == need_id("later")


def test_a_closed_need_opens_again_with_its_next_version(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(closed("n"))
    pool.on(registered("a"))
    published, _, proposed = pool.on(revised("n"))
    data = _data(published)
    assert (data["from"], data["to"], data["version"]) == ("closed", "open", 3)
    assert _data(proposed)["application_id"] == str(application_id("a"))


def test_declaring_a_known_need_revises_it(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    data = _data(pool.on(declared("n", capacity=3))[0])
    assert (data["from"], data["version"], data["need"]["capacity"]) == ("open", 2, 3)


def test_a_narrower_need_releases_what_it_no_longer_meets(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    pool.on(registered("b", territories=("13202",)))
    published = pool.on(revised("n", territories=("13202",)))
    assert types_of(published)[2:] == ["assignment.released", "assignment.proposed"]
    assert (pool.held_by("a"), pool.held_by("b")) == (None, need_id("n"))


def test_a_proposal_already_takes_the_urgency_of_the_first_place(pool: PoolInMemory) -> None:
    pool.on(declared("urgent", capacity=5))
    pool.on(declared("other", capacity=5, coverage="covered", salience="ordinary"))
    pool.on(registered("a"))
    pool.on(registered("b"))
    assert (pool.held_by("a"), pool.held_by("b")) == (need_id("urgent"), need_id("other"))


def test_the_same_events_give_the_same_bytes() -> None:
    def play() -> list[OutboxRow]:
        pool = PoolInMemory()
        published: list[OutboxRow] = []
        for name in "xyz":
            published += pool.on(declared(name, capacity=2))
        for name in "abcdefgh":
            published += pool.on(registered(name))
        published += pool.on(closed("x"))
        published += pool.on(decided(pool.assignment_of(_placed(pool)), "decline", "off-topic"))
        return published

    assert play() == play()


def _placed(pool: PoolInMemory) -> str:
    return next(name for name in "abcdefgh" if pool.held_by(name))


def test_a_proposal_keeps_its_points_for_later(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    (proposed,) = pool.on(registered("a"))
    data = _data(proposed)
    kept = pool.pool.assignments[UUID(data["assignment_id"])]
    assert json.loads(kept.parts) == {part["name"]: part["points"] for part in data["parts"]}


def test_less_capacity_releases_as_many_proposals_and_nothing_confirmed(pool: PoolInMemory) -> None:
    pool.on(declared("n", capacity=4))
    for name in "abcd":
        pool.on(registered(name))
    pool.on(decided(pool.assignment_of("d"), "confirm"))
    published = pool.on(revised("n", capacity=2))
    released = [_data(row) for row in published if row.type == "engage.assignment.released.v1"]
    assert {data["reason"] for data in released} == {"capacity-reduced"}
    (left,) = [name for name in "abc" if pool.held_by(name)]
    pool.on(decided(pool.assignment_of(left), "confirm"))
    assert types_of(pool.on(revised("n", capacity=0))) == ["need.published", "contact.published"]
    assert pool.pool.needs[need_id("n")].fixed == 2
    assert types_of(pool.on(withdrawn("d"))) == ["assignment.released"], "it is still over its capacity"


def test_a_need_whose_review_date_passed_is_announced_and_takes_nobody(pool: PoolInMemory) -> None:
    pool.on(declared("n", review_on=date(2025, 2, 1), capacity=3))
    pool.on(registered("a"))
    pool.on(registered("b"))
    pool.on(decided(pool.assignment_of("b"), "confirm"))
    assert pool.on_day(date(2025, 2, 1)) == [], "the date itself is in time"
    announced, released = pool.on_day(date(2025, 2, 2))
    data = _data(announced)
    assert (data["from"], data["to"], data["reason"]) == ("open", "review-due", "review-date-passed")
    assert _data(released)["reason"] == "need-review-due"
    assert (pool.held_by("a"), pool.held_by("b")) == (None, need_id("n"))
    assert pool.on_day(date(2025, 2, 3)) == [], "it is announced once"
    assert pool.on(registered("late")) == []
    assert types_of(pool.on(revised("n", review_on=date(2026, 1, 1), capacity=3)))[2:] == ["assignment.proposed"] * 2


def test_a_need_declared_after_its_review_date_is_due_at_once(pool: PoolInMemory) -> None:
    pool.on(registered("a"))
    published = pool.on(declared("n", review_on=date(2024, 1, 1)))
    assert types_of(published) == ["need.published", "contact.published"]
    assert _data(published[0])["to"] == "review-due"


def test_a_need_that_is_past_its_review_lets_go_of_pins_however_it_came_to_be(pool: PoolInMemory) -> None:
    pool.on(declared("n", capacity=2))
    for name in ("pinned", "confirmed"):
        pool.on(registered(name))
        pool.on(placed(name, "n", "pin"))
    pool.on(decided(pool.assignment_of("confirmed"), "confirm"))
    published = pool.on(revised("n", capacity=2, review_on=date(2024, 1, 1)))
    assert [_data(row)["reason"] for row in published[2:]] == ["need-review-due"]
    assert (pool.held_by("pinned"), pool.held_by("confirmed")) == (None, need_id("n"))


def test_a_more_urgent_need_is_covered_by_an_exchange(pool: PoolInMemory) -> None:
    pool.on(declared("first", coverage="poorly-covered"))
    pool.on(registered("able", territories=("13201", "13202")))
    pool.on(registered("only here"))
    pool.on(declared("urgent", territories=("13202",)))
    assert pool.held_by("able") == need_id("urgent")
    assert pool.held_by("only here") == need_id("first")


def test_what_is_published_is_kept_though_somebody_fits_better(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("far", publics=()))
    assert pool.on(registered("near")) == []
    assert pool.held_by("far") == need_id("n")


def test_a_pin_holds_whatever_comes_and_says_what_it_costs(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    (near,) = pool.on(registered("near"))
    pool.on(registered("far", themes=("health",), publics=(), territories=("13216",)))
    released, proposed = pool.on(placed("far", "n", "pin", "political-commitment"))
    assert _data(released)["reason"] == "place-taken-by-decision"
    data = _data(proposed)
    assert (data["pinned"], data["reason"], data["actor"]) == (True, "political-commitment", f"officer:{OFFICER}")
    assert data["cost"] == {"equity": 0, "coverage": 0, "kept": 1, "fit": _data(near)["fit"] - data["fit"]}
    pool.on(registered("another"))
    pool.on(revised("n", description="Autre chose"))
    assert pool.held_by("far") == need_id("n")
    assert types_of(pool.on(decided(pool.assignment_of("far"), "confirm"))) == ["assignment.confirmed"]


def test_pinning_what_is_proposed_keeps_its_assignment(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    before = pool.assignment_of("a")
    (proposed,) = pool.on(placed("a", "n", "pin"))
    data = _data(proposed)
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
    data = _data(refused)
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


def test_a_round_proves_what_is_proposed_and_says_what_is_unmet(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(declared("far", territories=("13216",)))
    pool.on(declared("full", capacity=0))
    pool.on(declared("less urgent", coverage="covered"))
    pool.on(registered("a"))
    *unmet, completed = pool.on(round_requested())
    causes = {_data(row)["need_title"]: _data(row)["cause"]["code"] for row in unmet}
    assert causes == {
        "Besoin far": "all-gated",
        "Besoin full": "no-capacity",
        "Besoin less urgent": "placed-elsewhere",
    }
    gates = {_data(row)["need_title"]: _data(row)["gates"] for row in unmet}
    assert gates["Besoin far"][0] == {"gate": "territory", "applications": 1}
    data = _data(completed)
    assert (data["applications"], data["placed"], data["needs"], data["unmet"]) == (1, 1, 4, 3)
    assert data["objective"] == data["independent"]
    assert data["certified"] is True
    again = _data(pool.on(round_requested(name="second"))[-1])
    assert again["digest"] == data["digest"]


def test_a_contest_round_nominates_and_fills_no_place(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    pool.on(registered("laureate", track="contest"))
    pool.on(registered("elsewhere", track="contest", territories=("13216",)))
    nominated, completed = pool.on(round_requested("contest"))
    data = _data(nominated)
    assert nominated.type == "engage.nomination.proposed.v1"
    assert (data["application_id"], data["held_need_id"]) == (str(application_id("laureate")), str(need_id("n")))
    assert [(it["need_id"], it["fit"]) for it in data["needs"]] == [
        (str(need_id("n")), sum(part["points"] for part in data["needs"][0]["parts"]))
    ]
    assert (_data(completed)["applications"], _data(completed)["placed"]) == (2, 1)
    assert pool.held_by("a") == need_id("n")


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
    unmet, completed = pool.on(round_requested())
    assert (_data(unmet)["need_title"], _data(unmet)["cause"]["code"]) == ("Besoin less", "territory-full")
    assert _data(completed)["objective"]["equity"] == 0


def test_what_people_pin_counts_for_the_bound_and_may_go_beyond_it() -> None:
    pool = _with_bound(at_least=1, at_most=1)
    pool.on(declared("n"))
    pool.on(declared("less", coverage="covered"))
    pool.on(registered("a"))
    pool.on(registered("b"))
    held, other = sorted("ab", key=lambda name: pool.held_by(name) is None)
    *_, proposed = pool.on(placed(other, "less", "pin"))
    assert _data(proposed)["cost"]["coverage"] > 0
    assert (pool.held_by(held), pool.held_by(other)) == (None, need_id("less"))
    pool.on(placed(held, "n", "pin"))
    assert (pool.held_by(held), pool.held_by(other)) == (need_id("n"), need_id("less"))


def test_in_rounds_nothing_is_proposed_before_one_is_asked_for() -> None:
    pool = PoolInMemory(rules_with(publication="in-rounds"))
    pool.on(declared("n"))
    pool.on(registered("far", publics=()))
    assert pool.on(registered("near")) == []
    assert (pool.held_by("far"), pool.held_by("near")) == (None, None)
    proposed, completed = pool.on(round_requested())
    assert _data(proposed)["application_id"] == str(application_id("near")), "nothing was published, so nothing is kept"
    assert _data(proposed)["actor"] == f"engine:in-rounds@{RULES.version}"
    assert _data(completed)["placed"] == 1
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
    assert _data(released)["reason"] == "no-longer-meets"
    *_, released = pool.on(revised("n", capacity=1))
    assert _data(released)["reason"] == "capacity-reduced"
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
    assert types_of(published) == ["need.unmet", "round.completed"]
    assert pool.held_by("able") == need_id("first")


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
