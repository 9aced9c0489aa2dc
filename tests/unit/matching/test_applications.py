"""What the writer of the pool makes of applications: taken in, renewed, taken out."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from libraries.chassis.records.published import OutboxRow
from services.matching.settings.rules import RULES
from tests.forms import identifier
from tests.unit.matching.events import (
    PoolInMemory,
    amended,
    application_id,
    closed,
    correction_requested,
    data_of,
    decided,
    declared,
    need_id,
    registered,
    rejected,
    revised,
    types_of,
    withdrawn,
)


def test_an_application_is_proposed_for_the_best_need_at_once(pool: PoolInMemory) -> None:
    pool.on(declared("covered", coverage="covered"))
    pool.on(declared("urgent"))
    (proposed,) = pool.on(registered("a"))
    data = data_of(proposed)
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


def test_an_amendment_that_no_longer_meets_is_released_and_considered_again(pool: PoolInMemory) -> None:
    pool.on(declared("work"))
    pool.on(declared("health", themes=("health",), publics=("elders",)))
    pool.on(registered("waiting"))
    pool.on(registered("second"))
    first, then = ("waiting", "second") if pool.held_by("waiting") else ("second", "waiting")
    published = pool.on(amended(first, themes=("health",), publics=()))
    assert types_of(published) == ["assignment.released", "assignment.proposed", "assignment.proposed"]
    assert data_of(published[0])["reason"] == "no-longer-meets"
    assert (pool.held_by(first), pool.held_by(then)) == (need_id("health"), need_id("work"))


def test_an_amendment_keeps_what_still_meets_and_what_is_confirmed(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    assert types_of(pool.on(amended("a", title="Nouveau titre"))) == ["assignment.amended"]
    (confirmed,) = pool.on(decided(pool.assignment_of("a"), "confirm"))
    assert data_of(confirmed)["project_title"] == "Nouveau titre"
    assert types_of(pool.on(amended("a", themes=("health",), publics=()))) == ["assignment.amended"]
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
    assert data_of(released)["reason"] == reason
    assert data_of(released)["from"] == ("confirmed" if confirm else "proposed")
    assert data_of(proposed)["application_id"] == str(application_id("b"))
    assert application_id("a") not in pool.pool.candidates


def test_an_application_that_waits_for_its_correction_gives_up_its_proposal(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("a"))
    pool.on(registered("b"))
    released, proposed = pool.on(correction_requested("a"))
    assert data_of(released)["reason"] == "correction-requested"
    assert data_of(proposed)["application_id"] == str(application_id("b"))
    pool.on(decided(pool.assignment_of("b"), "confirm"))
    assert pool.on(correction_requested("b")) == []
    assert pool.held_by("b") == need_id("n")


def test_an_application_that_never_took_part_leaves_without_effect(pool: PoolInMemory) -> None:
    assert pool.on(rejected("a")) == []
    assert pool.on(withdrawn("a")) == []


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
    data = data_of(proposed)
    kept = pool.pool.assignments[UUID(data["assignment_id"])]
    assert json.loads(kept.parts) == {part["name"]: part["points"] for part in data["parts"]}


def test_what_is_published_is_kept_though_somebody_fits_better(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(registered("far", publics=()))
    assert pool.on(registered("near")) == []
    assert pool.held_by("far") == need_id("n")
