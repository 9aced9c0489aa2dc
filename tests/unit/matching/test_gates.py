"""The gates: which keep what apart, and that nothing outweighs them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from services.matching.gates import (
    CLOSED,
    DECLINED,
    REVIEW,
    TERRITORY,
    THEME_OR_PUBLIC,
    TerritoryMeeting,
    meet,
    shut_gates,
)
from services.matching.register import Candidate, Need, candidate_of
from services.matching.rolling import edge
from services.matching.rules import RULES
from tests.unit.matching.events import declared, registered
from tests.unit.matching.strategies import DAY, candidates, need_of, needs


def _shut(project: dict[str, Any], need: dict[str, Any], **changes: Any) -> list[str]:
    candidate, other = candidate_of(registered("a", **project)), need_of(declared("n", **need))
    profile = other.document.profile
    state: dict[str, Any] = {"is_open": True, "on": DAY, "was_declined": False}
    return shut_gates(meet(candidate.profile, profile), profile, **{**state, **changes})


@pytest.mark.parametrize(
    ("project", "need", "expected"),
    [
        (("13201",), ("13201", "13202"), TerritoryMeeting.SHARED),
        (("13201",), ("13202",), TerritoryMeeting.APART),
        (("13201",), ("marseille",), TerritoryMeeting.THROUGH_WHOLE_CITY),
        (("13055",), ("13202",), TerritoryMeeting.THROUGH_WHOLE_CITY),
        (("13055",), ("marseille",), TerritoryMeeting.SHARED),
        ((), ("13202",), TerritoryMeeting.THROUGH_WHOLE_CITY),
        ((), ("marseille",), TerritoryMeeting.THROUGH_WHOLE_CITY),
        (("quartiers-nord",), ("quartiers-nord",), TerritoryMeeting.SHARED),
        (("quartiers-nord",), ("13213",), TerritoryMeeting.APART),
        (("quartiers-nord",), ("centre-ville",), TerritoryMeeting.APART),
        (("quartiers-nord",), ("marseille",), TerritoryMeeting.THROUGH_WHOLE_CITY),
    ],
)
def test_territories_meet(project: tuple[str, ...], need: tuple[str, ...], expected: TerritoryMeeting) -> None:
    candidate, other = candidate_of(registered("a", territories=project)), need_of(declared("n", territories=need))
    assert meet(candidate.profile, other.document.profile).territory is expected
    assert (_shut({"territories": project}, {"territories": need}) == [TERRITORY]) == (
        expected is TerritoryMeeting.APART
    )


def test_a_theme_or_a_public_is_enough() -> None:
    assert _shut({"themes": ()}, {}) == []
    assert _shut({"publics": ()}, {}) == []
    assert _shut({"themes": (), "publics": ()}, {}) == [THEME_OR_PUBLIC]
    # A need that names no public is not met by that alone.
    assert _shut({"themes": ("health",)}, {"publics": ()}) == [THEME_OR_PUBLIC]


def test_the_review_date_itself_is_in_time() -> None:
    assert _shut({}, {"review_on": DAY}) == []
    assert _shut({}, {"review_on": None}) == []
    assert _shut({}, {"review_on": date(2025, 5, 31)}) == [REVIEW]


def test_every_shut_gate_is_named() -> None:
    everything = _shut(
        {"themes": ("health",), "publics": (), "territories": ("13216",)},
        {"review_on": date(2025, 5, 31)},
        is_open=False,
        was_declined=True,
    )
    assert everything == [TERRITORY, THEME_OR_PUBLIC, CLOSED, REVIEW, DECLINED]


@given(candidates, needs)
def test_no_weight_opens_a_gate(candidate: Candidate, need: Need) -> None:
    generous = replace(RULES, floor=0)
    mine, theirs = candidate, need.document.content
    whole = {"marseille", "13055"}
    territory = not mine.territories or bool(
        whole & set(mine.territories)
        or whole & set(theirs.territories)
        or set(mine.territories) & set(theirs.territories)
    )
    shared = bool(set(mine.themes) & set(theirs.themes) or set(mine.publics) & set(theirs.publics))
    in_time = theirs.review_on is None or theirs.review_on >= DAY
    fit = edge(candidate, need, rules=generous, on=DAY, was_declined=False)
    assert (fit is not None) == (territory and shared and in_time)
    assert edge(candidate, need, rules=generous, on=DAY, was_declined=True) is None
    need.state = "closed"
    assert edge(candidate, need, rules=generous, on=DAY, was_declined=False) is None


@given(candidates, needs)
def test_the_floor_is_a_gate(candidate: Candidate, need: Need) -> None:
    fit = edge(candidate, need, rules=replace(RULES, floor=0), on=DAY, was_declined=False)
    if fit is not None:
        just, above = replace(RULES, floor=fit.total), replace(RULES, floor=fit.total + 1)
        assert edge(candidate, need, rules=just, on=DAY, was_declined=False) == fit
        assert edge(candidate, need, rules=above, on=DAY, was_declined=False) is None
