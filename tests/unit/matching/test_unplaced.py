"""Who stays without a need after a round is told why, and what would change it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.matching.events import (
    PoolInMemory,
    application_id,
    data_of,
    declared,
    registered,
    round_requested,
    types_of,
)


@pytest.mark.parametrize(
    ("needs", "project", "cause", "remedies"),
    [
        ((), {}, "no-open-need", []),
        ((declared("n", territories=("13216",)),), {"territories": ("13203",)}, "no-need-meets", ["territories"]),
        ((declared("n", themes=("culture",), publics=("youth",)),), {"themes": ("housing",), "publics": ()},
         "no-need-meets", ["themes-and-publics"]),
        (
            (declared("far", themes=("culture",), publics=("youth",), territories=("13216",)),
             declared("near", territories=("13216",))),
            {"territories": ("13203",)}, "no-need-meets", ["territories"],
        ),
    ],
)  # fmt: skip
def test_the_cause_and_what_would_change_it(
    pool: PoolInMemory, needs: Any, project: dict[str, Any], cause: str, remedies: list[str]
) -> None:
    for need in needs:
        pool.on(need)
    pool.on(registered("a", **project))
    (told,) = [row for row in pool.on(round_requested()) if types_of([row]) == ["application.unplaced"]]
    said = data_of(told)
    assert (said["application_id"], said["cause"]["code"]) == (str(application_id("a")), cause)
    assert [remedy["code"] for remedy in said["remedies"]] == remedies
    assert all(reason["fr"] and reason["en"] for reason in (said["cause"], *said["remedies"]))


def test_nobody_who_holds_a_need_is_told_that_they_hold_none(pool: PoolInMemory) -> None:
    pool.on(declared("n", capacity=1))
    for name in "ab":
        pool.on(registered(name))
    published = pool.on(round_requested())
    (told,) = [data_of(row) for row in published if types_of([row]) == ["application.unplaced"]]
    assert [name for name in "ab" if pool.held_by(name) is None] == [
        name for name in "ab" if str(application_id(name)) == told["application_id"]
    ]
    assert (told["cause"]["code"], told["remedies"]) == ("places-taken", [])
