"""Who decides on a need's assignments: its owner, their deputy, a head of the programme, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libraries.chassis.records.published import OutboxRow
from tests.forms import identifier, person
from tests.unit.matching.events import (
    OFFICER,
    START,
    PoolInMemory,
    data_of,
    decided,
    declared,
    erased,
    named_deputy,
    need_id,
    placed,
    recused,
    registered,
    revised,
    types_of,
)

OWNER = identifier("owner n")
DEPUTY = person("deputy")


def confirmed_by(pool: PoolInMemory, person_id: UUID, **when: Any) -> list[str]:
    """What comes of somebody's confirmation: that it is one, or why it is refused."""
    (row,) = pool.on(decided(pool.assignment_of("a"), "confirm", by=person_id), **when)
    return outcome(row)


def outcome(row: OutboxRow) -> list[str]:
    if row.type.endswith("decision-refused.v1"):
        return [reason["code"] for reason in data_of(row)["reasons"]]
    return types_of([row])


CONFIRMED = ["assignment.confirmed"]
REFUSED = ["not-yours-to-decide"]


@pytest.mark.parametrize("person_id", [OWNER, OFFICER])
def test_the_owner_decides_and_so_does_a_head(proposed: PoolInMemory, person_id: UUID) -> None:
    assert confirmed_by(proposed, person_id) == CONFIRMED


@pytest.mark.parametrize("stranger", [identifier("stranger"), identifier("owner other"), DEPUTY.person_id])
def test_nobody_else_decides(proposed: PoolInMemory, stranger: UUID) -> None:
    proposed.on(declared("other", themes=("health",), publics=()))
    assert confirmed_by(proposed, stranger) == REFUSED
    (row,) = proposed.on(decided(proposed.assignment_of("a"), "decline", "no-reason", by=stranger))
    assert (outcome(row), data_of(row)["actor"]) == (REFUSED, f"officer:{stranger}")
    for decision in ("pin", "forbid", "lift"):
        (row,) = proposed.on(placed("a", "n", decision, by=stranger))
        assert (row.type, outcome(row)) == ("engage.placement.decision-refused.v1", REFUSED)
    assert proposed.held_by("a") == need_id("n")


def test_whoever_may_not_decide_is_told_nothing_else(proposed: PoolInMemory) -> None:
    assert confirmed_by(proposed, OWNER) == CONFIRMED
    assert confirmed_by(proposed, identifier("stranger")) == REFUSED, "and not that it is confirmed already"


def test_a_former_owner_decides_no_more(proposed: PoolInMemory) -> None:
    proposed.on(revised("n", owner=person("new")))
    assert confirmed_by(proposed, OWNER) == REFUSED
    assert confirmed_by(proposed, person("new").person_id) == CONFIRMED


def test_a_deputy_decides_and_the_owner_still_does(proposed: PoolInMemory) -> None:
    proposed.on(named_deputy("n", DEPUTY))
    (row,) = proposed.on(placed("a", "n", "pin", by=DEPUTY.person_id))
    assert data_of(row)["actor"] == f"officer:{DEPUTY.person_id}"
    assert proposed.on(placed("a", "n", "lift", by=OWNER)) == []
    assert confirmed_by(proposed, DEPUTY.person_id) == CONFIRMED


def test_a_deputy_is_one_for_all_needs_of_the_owner_and_for_no_other(pool: PoolInMemory) -> None:
    pool.on(declared("n"))
    pool.on(named_deputy("n", DEPUTY))
    pool.on(declared("m", owner=person("m")))
    pool.on(registered("a"))
    pool.on(registered("b"))
    held = {name: pool.held_by(name) for name in "ab"}
    for name, held_by in held.items():
        (row,) = pool.on(decided(pool.assignment_of(name), "confirm", by=DEPUTY.person_id))
        assert outcome(row) == (CONFIRMED if held_by == need_id("n") else REFUSED)


@pytest.mark.parametrize("instead", [None, person("next")])
def test_a_deputy_ends_where_nobody_or_another_is_named(proposed: PoolInMemory, instead: Any) -> None:
    proposed.on(named_deputy("n", DEPUTY))
    proposed.on(named_deputy("n", instead))
    assert confirmed_by(proposed, DEPUTY.person_id) == REFUSED


def test_a_deputy_with_a_last_moment_decides_until_then_by_the_decisions_own_time(proposed: PoolInMemory) -> None:
    until = START + timedelta(days=3)
    proposed.on(named_deputy("n", DEPUTY, until=until))
    assert confirmed_by(proposed, DEPUTY.person_id, at=until + timedelta(seconds=1)) == REFUSED
    assert confirmed_by(proposed, DEPUTY.person_id, at=until) == CONFIRMED


def test_whoever_abstains_from_a_file_decides_nothing_of_it(proposed: PoolInMemory) -> None:
    proposed.on(placed("a", "n", "pin"))
    proposed.on(recused("n", "a"))
    assert confirmed_by(proposed, OWNER) == REFUSED
    proposed.on(named_deputy("n", DEPUTY))
    assert confirmed_by(proposed, DEPUTY.person_id) == CONFIRMED, "others decide on what is fixed"


def test_an_erased_owner_decides_no_more_and_the_deputy_goes_on(proposed: PoolInMemory) -> None:
    proposed.on(named_deputy("n", DEPUTY))
    proposed.on(erased(OWNER))
    assert confirmed_by(proposed, OWNER) == REFUSED
    assert confirmed_by(proposed, DEPUTY.person_id) == CONFIRMED


def test_a_need_without_owner_and_deputy_is_decided_by_heads(proposed: PoolInMemory) -> None:
    proposed.on(named_deputy("n", DEPUTY))
    proposed.on(erased(OWNER))
    proposed.on(erased(DEPUTY.person_id))
    assert confirmed_by(proposed, OWNER) == REFUSED
    assert confirmed_by(proposed, DEPUTY.person_id) == REFUSED
    assert confirmed_by(proposed, OFFICER) == CONFIRMED


def test_a_need_that_is_declared_anew_has_an_owner_again(proposed: PoolInMemory) -> None:
    proposed.on(erased(OWNER))
    proposed.on(revised("n"))
    assert confirmed_by(proposed, OWNER) == CONFIRMED
