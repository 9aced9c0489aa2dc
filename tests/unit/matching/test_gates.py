"""The gates: which keep what apart, and that nothing outweighs them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.codes import Gate
from services.matching.edges.fit import FitPoints
from services.matching.edges.gates import TerritoryMeeting, meet, shut_gates
from services.matching.edges.need_index import NeedIndex, positions_in
from services.matching.pool.pool import Pool
from services.matching.settings.rules import RULES, Rules
from services.matching.states.candidates import Candidate, candidate_of
from services.matching.states.needs import Need
from tests.unit.matching.events import START, declared, registered, rules_with
from tests.unit.matching.strategies import candidates, need_changes, need_of, needs


def _shut(project: dict[str, Any], need: dict[str, Any], **changes: Any) -> list[Gate]:
    candidate, other = candidate_of(registered("a", **project), START), need_of(declared("n", **need))
    state: dict[str, Any] = {"is_open": True, "is_forbidden": False, "is_recused": False, "is_their_own": False}
    return shut_gates(meet(candidate.profile, other.document.profile), **{**state, **changes})


def _edge(candidate: Candidate, need: Need, rules: Rules = RULES, *, forbidden: bool = False) -> FitPoints | None:
    pool = Pool(rules)
    if forbidden:
        pool.forbidden.add((candidate.application_id, need.need_id))
    fit = pool.edge(candidate, need)
    assert (fit is None) == bool(pool.shut_gates(candidate, need)), "an edge is what no gate shuts"
    return fit


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
    candidate, other = (
        candidate_of(registered("a", territories=project), START),
        need_of(declared("n", territories=need)),
    )
    assert meet(candidate.profile, other.document.profile).territory is expected
    assert (_shut({"territories": project}, {"territories": need}) == ["territory"]) == (
        expected is TerritoryMeeting.APART
    )


def test_a_theme_or_a_public_is_enough() -> None:
    assert _shut({"themes": ()}, {}) == []
    assert _shut({"publics": ()}, {}) == []
    assert _shut({"themes": (), "publics": ()}, {}) == ["theme-or-public"]
    # A need that names no public is not met by that alone.
    assert _shut({"themes": ("health",)}, {"publics": ()}) == ["theme-or-public"]


def test_every_shut_gate_is_named() -> None:
    everything = _shut(
        {"themes": ("health",), "publics": (), "territories": ("13216",)},
        {},
        is_open=False,
        is_forbidden=True,
        is_recused=True,
    )
    assert everything == ["territory", "theme-or-public", "closed", "forbidden", "recused"]


@given(candidates, needs)
def test_no_weight_opens_a_gate(candidate: Candidate, need: Need) -> None:
    generous = rules_with(floor=0)
    mine, theirs = candidate, need.document.content
    whole = {"marseille", "13055"}
    territory = not mine.territories or bool(
        whole & set(mine.territories)
        or whole & set(theirs.territories)
        or set(mine.territories) & set(theirs.territories)
    )
    shared = bool(set(mine.themes) & set(theirs.themes) or set(mine.publics) & set(theirs.publics))
    assert (_edge(candidate, need, generous) is not None) == (territory and shared)
    assert _edge(candidate, need, generous, forbidden=True) is None
    need.state = "closed"
    assert _edge(candidate, need, generous) is None


@given(candidates, needs)
def test_the_floor_is_a_gate(candidate: Candidate, need: Need) -> None:
    fit = _edge(candidate, need, rules_with(floor=0))
    if fit is not None:
        assert _edge(candidate, need, rules_with(floor=fit.total)) == fit
        above = Pool(rules_with(floor=fit.total + 1))
        assert above.edge(candidate, need) is None
        assert above.shut_gates(candidate, need) == ["floor"]


@given(candidates, st.lists(st.tuples(st.integers(0, 5), need_changes), max_size=20))
def test_the_index_says_what_the_gates_say(
    candidate: Candidate, revisions: list[tuple[int, dict[str, object]]]
) -> None:
    index, current = NeedIndex(), dict[int, Need]()
    for number, changes in revisions:
        need = need_of(declared(str(number), **changes))
        before = current.get(number)
        index.put(need.need_id, need.document.profile, instead_of=before.document.profile if before else None)
        current[number] = need
    met = {
        index.position_of(need.need_id)
        for need in current.values()
        if not {"territory", "theme-or-public"}.intersection(Pool(RULES).shut_gates(candidate, need))
    }
    assert set(positions_in(index.meeting(candidate.profile))) == met
