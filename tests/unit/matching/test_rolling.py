"""The rolling choice: the best need, whatever the order; the line of those that wait."""

from __future__ import annotations

import random
from collections.abc import Set
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.matching.gates import TERRITORY, THEME_OR_PUBLIC, meet, shut_gates
from services.matching.lottery import ticket
from services.matching.need_index import NeedIndex, positions_in
from services.matching.pool import Pool
from services.matching.register import Candidate, Need, candidate_of
from services.matching.rolling import WaitingLine, best_need, edge
from services.matching.rules import RULES
from tests.unit.matching.events import declared, registered
from tests.unit.matching.strategies import DAY, candidates, need_changes, need_of, needs

many_needs = st.lists(needs, max_size=8, unique_by=lambda need: need.need_id)


def _best_by_hand(candidate: Candidate, needs: list[Need]) -> UUID | None:
    ranked = []
    for need in needs:
        fit = edge(candidate, need, rules=RULES, on=DAY, was_declined=False)
        if fit is not None and need.confirmed < need.document.content.capacity:
            urgency = 0 if need.confirmed else need.document.profile.urgency
            drawn = ticket(RULES.lottery_seed, candidate.application_id, need.need_id)
            ranked.append((-urgency, -fit.total, drawn, need.need_id))
    return min(ranked)[3] if ranked else None


def _choose(candidate: Candidate, needs: list[Need], declined: Set[UUID] = frozenset()) -> UUID | None:
    """What the pool's lists and the choice within them come to."""
    for tier in Pool(RULES, needs).free_needs(candidate):
        if choice := best_need(candidate, tier, rules=RULES, on=DAY, declined=declined):
            return choice.need.need_id
    return None


@given(candidates, many_needs, st.randoms(use_true_random=False))
def test_the_best_need_is_chosen_in_whatever_order_they_come(
    candidate: Candidate, needs: list[Need], chance: random.Random
) -> None:
    expected = _best_by_hand(candidate, needs)
    chance.shuffle(needs)
    assert _choose(candidate, needs) == expected


@given(candidates, many_needs)
def test_a_declined_need_is_never_chosen(candidate: Candidate, needs: list[Need]) -> None:
    declined: set[UUID] = set()
    while (chosen := _choose(candidate, needs, declined)) is not None:
        assert chosen not in declined
        declined.add(chosen)
    assert len(declined) <= len(needs)


def test_urgency_goes_before_fit_and_only_for_the_first_place() -> None:
    candidate = candidate_of(registered("a", themes=("health",)))
    near = need_of(declared("near", themes=("health",), coverage="covered", salience="ordinary", capacity=5))
    urgent = need_of(declared("urgent", themes=("health", "housing"), publics=("elders",), capacity=5))
    assert _choose(candidate, [near, urgent]) == urgent.need_id
    urgent.confirmed = 1
    assert _choose(candidate, [near, urgent]) == near.need_id
    near.confirmed = 1
    assert _choose(candidate, [near, urgent]) == near.need_id


def test_the_lottery_decides_between_equals_and_differs_by_application() -> None:
    equals = [need_of(declared(f"n{number}", title="Besoin", capacity=5)) for number in range(4)]
    chosen = {_choose(candidate_of(registered(f"a{number}")), equals) for number in range(60)}
    assert chosen == {need.need_id for need in equals}


def test_a_ticket_has_forty_bits_and_stays_the_same() -> None:
    application, need = UUID(int=1), UUID(int=2)
    # `b2sum -l 40` of the same bytes says so too.
    assert ticket("seed", application, need) == 1058529934263
    assert ticket("seed", application, need) != ticket("other", application, need)
    assert max(ticket(str(seed), application, need) for seed in range(200)).bit_length() in {39, 40}


@given(st.lists(candidates, max_size=8, unique_by=lambda candidate: candidate.application_id), needs)
def test_the_line_is_by_fit_then_lottery(those: list[Candidate], need: Need) -> None:
    line = WaitingLine(need.document)
    expected = []
    for candidate in those:
        if (fit := edge(candidate, need, rules=RULES, on=DAY, was_declined=False)) is not None:
            line.join(candidate, need, fit, seed=RULES.lottery_seed)
            drawn = ticket(RULES.lottery_seed, candidate.application_id, need.need_id)
            expected.append((-fit.total, drawn, candidate.application_id))
    found = []
    while (first := line.pop()) is not None:
        found.append(first[0].application_id)
    assert found == [application_id for *_, application_id in sorted(expected)]


@given(candidates, st.lists(st.tuples(st.integers(0, 5), need_changes), max_size=20))
def test_the_index_says_what_the_gates_say(
    candidate: Candidate, revisions: list[tuple[int, dict[str, object]]]
) -> None:
    index, current = NeedIndex(), dict[int, Need]()
    for number, changes in revisions:
        need = need_of(declared(str(number), **changes))
        before = current.get(number)
        frozen = index.copy()
        seen = frozen.meeting(candidate.profile)
        index.put(need.need_id, need.document.profile, instead_of=before.document.profile if before else None)
        assert frozen.meeting(candidate.profile) == seen
        current[number] = need
    met = {
        index.position_of(need.need_id)
        for need in current.values()
        if not {TERRITORY, THEME_OR_PUBLIC}.intersection(_shut(candidate, need))
    }
    assert set(positions_in(index.meeting(candidate.profile))) == met


def _shut(candidate: Candidate, need: Need) -> list[str]:
    profile = need.document.profile
    return shut_gates(meet(candidate.profile, profile), profile, is_open=True, on=DAY, was_declined=False)
