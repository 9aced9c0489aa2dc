"""The choice of a mentor: who is left out, who is best, how equals are told apart."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mentoring.choice.choosing import Bars, Choice, bars_of, blocked, causes, lottery, pair_up
from services.mentoring.choice.mentor_fit import fit_of
from services.mentoring.choice.roster import Roster
from services.mentoring.settings.pairing_rules import RULES
from services.mentoring.settings.rhythms import SETTINGS
from services.mentoring.states.lead import Lead, confirmed_lead
from services.mentoring.states.mentor import Mentor
from tests.unit.mentoring.examples import (
    NOW,
    OWNER,
    assignment_id,
    confirmed,
    enrolled,
    mentor_id,
    person_of_mentor,
    taken,
)


def mentor(number: int, **changes: Any) -> Mentor:
    return taken(enrolled(number, **changes))


def roster_of(*mentors: Mentor) -> Roster:
    roster = Roster(mentors, rules=RULES, settings=SETTINGS)
    roster.advance(NOW)
    return roster


def lead(number: int = 1, **changes: Any) -> Lead:
    return confirmed_lead(confirmed(number, **changes), None)


def choose(wanted: Lead, roster: Roster, *, bars: Bars, now: datetime) -> Choice | None:
    return pair_up([wanted], roster, bars=lambda _: bars, now=now).get(wanted.assignment_id)


def chosen(
    roster: Roster, wanted: Lead, *, recused: frozenset[UUID] = frozenset(), now: datetime = NOW
) -> Choice | None:
    return choose(wanted, roster, bars=bars_of(wanted, roster, set(recused)), now=now)


def test_the_best_fit_is_chosen() -> None:
    roster = roster_of(mentor(1, skills=("health",)), mentor(2, skills=("education",)), mentor(3, skills=()))
    choice = chosen(roster, lead(themes=("education",)))
    assert choice is not None
    assert (choice.mentor.mentor_id, choice.fit) == (mentor_id(2), 1000)


def test_equals_are_told_apart_by_the_lottery_whatever_their_order() -> None:
    numbers = range(1, 30)
    winners: Counter[UUID] = Counter()
    for number in range(40):
        wanted = lead(number)
        forwards = chosen(roster_of(*(mentor(each) for each in numbers)), wanted)
        backwards = chosen(roster_of(*(mentor(each) for each in reversed(numbers))), wanted)
        assert forwards is not None
        assert backwards is not None
        assert forwards.mentor.mentor_id == backwards.mentor.mentor_id
        draws = {each: lottery(RULES.seed, wanted.assignment_id, mentor_id(each)) for each in numbers}
        assert forwards.mentor.mentor_id == mentor_id(min(draws, key=draws.__getitem__))
        winners[forwards.mentor.mentor_id] += 1
    assert len(winners) > 15, "another lead, another draw"


def test_who_is_barred_is_passed_over_however_well_they_suit() -> None:
    mentors = [mentor(1, person_id=OWNER), mentor(2), mentor(3), mentor(4, skills=())]
    wanted = lead().waiting_again(without=mentor_id(2))
    roster = roster_of(*mentors)
    choice = chosen(roster, wanted, recused=frozenset({mentor_id(3)}))
    assert choice is not None
    assert choice.mentor.mentor_id == mentor_id(4)
    assert bars_of(wanted, roster, {mentor_id(3)}) == {
        mentor_id(1): "involved",
        mentor_id(2): "declined",
        mentor_id(3): "recused",
    }


def test_nobody_is_their_own_mentor() -> None:
    assert chosen(roster_of(mentor(1)), lead(lead_id=person_of_mentor(1))) is None


def test_who_became_free_a_moment_later_is_not_free_for_an_earlier_event() -> None:
    paused = mentor(1, capacity=9)
    for number in range(SETTINGS.window_pairs):
        paused = paused.with_offer(assignment_id(number)).with_start(NOW, SETTINGS)
    roster = roster_of(paused)
    opens = NOW + SETTINGS.window
    roster.advance(opens)
    before = opens - timedelta(microseconds=1)
    assert chosen(roster, lead(), now=before) is None
    assert chosen(roster, lead(), now=opens) is not None


def test_causes_count_each_active_mentor_once() -> None:
    full = mentor(1, capacity=0)
    paused = mentor(2, capacity=10)
    for number in range(SETTINGS.window_pairs):
        paused = paused.with_offer(assignment_id(number))
    gone = mentor(3).withdrawn()
    barred_and_full = mentor(4, capacity=0)
    roster = roster_of(full, paused, gone, barred_and_full, mentor(5, person_id=OWNER), mentor(6))
    wanted = lead().waiting_again(without=mentor_id(6))
    recused = frozenset({mentor_id(4), mentor_id(3)})
    assert chosen(roster, wanted, recused=recused) is None
    assert dict(causes(wanted, roster, bars_of(wanted, roster, set(recused)), now=NOW)) == {
        "mentors-recused": 1,
        "mentors-involved": 1,
        "mentors-declined": 1,
        "mentors-full": 1,
        "mentors-paused": 1,
    }


def test_without_any_active_mentor_that_is_the_cause() -> None:
    assert causes(lead(), roster_of(mentor(1).withdrawn()), {}, now=NOW) == (("no-mentor-enrolled", 0),)


def test_the_best_suited_are_named_with_what_stands_between() -> None:
    today = SETTINGS.work_days.day_of(NOW)
    roster = roster_of(
        mentor(1, capacity=0),
        mentor(2, paused_until=today + timedelta(days=1)),
        mentor(3, line_manager_authorised_until=today - timedelta(days=1), skills=()),
        mentor(4, handled_applications=(lead().application_id,), skills=()),
        mentor(5, skills=("health",)),
    )
    bars = bars_of(lead(), roster, {mentor_id(5)})
    assert chosen(roster, lead(), recused=frozenset({mentor_id(5)})) is None
    found = {it.mentor_id: cause for it, _, cause in blocked(lead(), roster, bars=bars, now=NOW)}
    assert found == {
        mentor_id(1): "mentors-full",
        mentor_id(2): "mentors-away",
        mentor_id(3): "mentors-unauthorised",
        mentor_id(4): "mentors-involved",
    }, "the worst suited are not named"
    assert dict(causes(lead(), roster, bars, now=NOW)) == {**dict.fromkeys(found.values(), 1), "mentors-recused": 1}


def test_an_offer_names_who_would_come_next() -> None:
    roster = roster_of(*(mentor(number) for number in range(1, 5)), mentor(5, skills=("health",)))
    choice = choose(lead(), roster, bars={}, now=NOW)
    assert choice is not None
    first = [choice.mentor.mentor_id, *(it.mentor_id for it, _ in choice.alternates)]
    assert len(first) == 4
    assert mentor_id(5) not in first
    for number, expected in enumerate(first):
        passed = dict.fromkeys(first[:number], "declined")
        following = choose(lead(), roster, bars=cast("Bars", passed), now=NOW)
        assert following is not None
        assert following.mentor.mentor_id == expected, "each comes next where those before can't"


def test_a_mentor_is_left_to_whom_nobody_else_may_accompany() -> None:
    roster = roster_of(mentor(1, capacity=1), mentor(2, capacity=1, skills=()))
    first, second = lead(1), lead(2).waiting_again(without=mentor_id(2))
    choices = pair_up([first, second], roster, bars=lambda it: bars_of(it, roster, set()), now=NOW)
    found = {it: choice.mentor.mentor_id for it, choice in choices.items()}
    assert found == {first.assignment_id: mentor_id(2), second.assignment_id: mentor_id(1)}


@pytest.mark.parametrize("seed", range(150))
def test_as_many_as_can_be_then_the_first_in_the_line_then_the_best_fit_of_all(seed: int) -> None:
    chance = random.Random(seed)
    skills = ("education", "health", "housing")
    roster = roster_of(
        *(
            mentor(number, capacity=chance.randint(0, 2), skills=chance.sample(skills, chance.randint(0, 3)))
            for number in range(1, 5)
        )
    )
    waiting = [lead(number, themes=tuple(chance.sample(skills, 2))) for number in range(chance.randint(2, 5))]
    barred = {
        it.assignment_id: {mentor_id(number): "declined" for number in range(1, 5) if chance.random() < 0.4}
        for it in waiting
    }
    choices = pair_up(waiting, roster, bars=lambda it: cast("Bars", barred[it.assignment_id]), now=NOW)
    found = [choice.mentor.mentor_id if (choice := choices.get(it.assignment_id)) else None for it in waiting]
    assert found == list(max(_all_ways(waiting, roster, barred), key=lambda way: _worth(waiting, roster, way)))
    for it in waiting:
        if choice := choices.get(it.assignment_id):
            assert choice.fit == fit_of(choice.mentor.profile, it.shape, RULES).total
            for other, _ in choice.alternates:
                assert other.mentor_id not in barred[it.assignment_id]
                assert found.count(other.mentor_id) < other.capacity


def _all_ways(
    waiting: list[Lead], roster: Roster, barred: dict[UUID, dict[UUID, str]]
) -> Iterator[tuple[UUID | None, ...]]:
    anybody: list[UUID | None] = [None, *roster]
    for way in product(anybody, repeat=len(waiting)):
        if all(it not in barred[wanted.assignment_id] for wanted, it in zip(waiting, way, strict=True)) and all(
            way.count(it) <= roster[it].capacity for it in roster
        ):
            yield way


def _worth(waiting: list[Lead], roster: Roster, way: Iterable[UUID | None]) -> tuple[Any, ...]:
    way = list(way)
    pairs = [(wanted, roster[it]) for wanted, it in zip(waiting, way, strict=True) if it is not None]
    points = sum(fit_of(it.profile, wanted.shape, RULES).total for wanted, it in pairs)
    drawn = sum(lottery(RULES.seed, wanted.assignment_id, it.mentor_id) for wanted, it in pairs)
    return len(pairs), [it is not None for it in way], points, -drawn


_changes = st.fixed_dictionaries(
    {
        "capacity": st.integers(0, 2),
        "skills": st.sampled_from([(), ("education",), ("health",), ("education", "health")]),
    }
)


@given(st.lists(st.tuples(st.integers(1, 5), _changes, st.integers(0, 3)), max_size=25))
def test_a_pool_changed_step_by_step_equals_one_made_at_once(steps: list[tuple[int, dict[str, Any], int]]) -> None:
    roster = roster_of()
    for number, changes, held in steps:
        changed = taken(enrolled(number, **changes), roster.get(mentor_id(number)))
        roster.put(changed if held < 3 else changed.withdrawn(), NOW)
        free = roster.get(mentor_id(number))
        if free is not None and free.places(NOW, SETTINGS) and held:
            roster.take_place(free.mentor_id, assignment_id(number), NOW)
    again = roster_of(*(roster[identifier] for identifier in roster))
    assert (roster.active, roster.full, roster.free_places(NOW, at_most=99)) == (
        again.active,
        again.full,
        again.free_places(NOW, at_most=99),
    )
    for number in range(1, 6):
        assert chosen(roster, lead(number)) == chosen(again, lead(number))
