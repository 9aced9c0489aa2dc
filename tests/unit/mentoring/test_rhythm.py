"""Meetings, the ladder of pairs that do not meet, and the longest time: three years under a simulated clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.mentoring.rules import SETTINGS, Rhythm
from tests.unit.mentoring.examples import NOW, OWNER, answered, confirmed, enrolled, names
from tests.unit.mentoring.reports import Programme, met

TODAY = NOW.date()


@pytest.fixture
def programme() -> Programme:
    return Programme()


def days(programme: Programme, count: int) -> list[tuple[int, str, dict[str, Any]]]:
    """What falls due on each of so many days, with the day."""
    return [
        (day, name, data)
        for day in range(1, count + 1)
        for name, data in programme.pass_to(programme.now + timedelta(days=1))
    ]


def test_a_meeting_is_told_without_content(programme: Programme) -> None:
    pair = programme.active_pair()
    ((name, held),) = programme.take(met(pair, TODAY, next_step="visit-premises"))
    assert name == "pair.meeting-held"
    assert (held["number"], held["held_on"], held["minutes"]) == (1, "2025-03-03", 90)
    assert (held["from"], held["to"], held["next_step"]) == ("active", "active", "visit-premises")
    assert programme.take(met(pair, TODAY)) == [], "the same meeting again"
    assert programme.take(met(pair, TODAY, number=2))[0][1]["number"] == 2


def test_a_meeting_that_cannot_be_is_refused(programme: Programme) -> None:
    offered = programme.offer()
    ((name, data),) = programme.take(met(offered, TODAY))
    assert (name, data["reasons"][0]["code"]) == ("pair.answer-refused", "pair-not-active")
    programme.take(answered(offered, "mentor", "accept"), answered(offered, "lead", "accept"))
    ((_, data),) = programme.take(met(offered, TODAY + timedelta(days=1)))
    assert data["reasons"][0]["code"] == "meeting-in-the-future"


def test_a_meeting_after_midnight_in_paris_is_of_that_day(programme: Programme) -> None:
    pair = programme.active_pair()
    programme.now = datetime(2025, 3, 9, 23, 30, tzinfo=UTC)
    assert names(programme.take(met(pair, date(2025, 3, 10)))) == ["pair.meeting-held"]


def test_a_pair_that_never_meets_is_reminded_then_looked_after_then_ended(programme: Programme) -> None:
    programme.active_pair()
    told = days(programme, 200)
    assert [(day, name, data.get("step")) for day, name, data in told] == [
        (15, "pair.idle", "nudge"),
        (61, "pair.idle", "referent"),
        (92, "pair.ended", None),
    ]
    assert told[0][2]["last_contact_on"] == "2025-03-03"
    assert told[1][2]["owner_id"] == str(OWNER)
    assert told[2][2]["reason"] == "not-met"


def test_a_meeting_begins_the_ladder_anew(programme: Programme) -> None:
    pair = programme.active_pair()
    assert names([told[1:] for told in days(programme, 20)]) == ["pair.idle"]
    programme.take(met(pair, programme.now.date()))
    later = days(programme, 60)
    assert [(day, data["step"]) for day, _, data in later] == [(46, "nudge")], "a later one, once they have met"


def test_a_meeting_reported_late_of_an_earlier_day_takes_nothing_back(programme: Programme) -> None:
    pair = programme.active_pair()
    programme.take(met(pair, TODAY - timedelta(days=3)))
    ((_, _, data),) = days(programme, 50)
    assert data["last_contact_on"] == "2025-03-03"


def test_after_an_outage_steps_are_late_and_never_two_at_once(programme: Programme) -> None:
    programme.active_pair()
    ((_, first),) = programme.pass_to(NOW + timedelta(days=300))
    assert first["step"] == "nudge"
    assert programme.look() == []
    later = days(programme, 100)
    assert [(day, name) for day, name, _ in later] == [(46, "pair.idle"), (76, "pair.ended")]


def test_a_pair_ends_after_its_longest_time_and_its_place_is_free(programme: Programme) -> None:
    programme.take(enrolled(1, capacity=1))
    ((_, offer),) = programme.take(confirmed(1))
    pair = programme.store.programme.open_pair_of_lead(confirmed(1).assignment_id)
    assert pair is not None
    assert str(pair.pair_id) == offer["pair_id"]
    programme.take(answered(pair.pair_id, "mentor", "accept"), answered(pair.pair_id, "lead", "accept"))
    assert names(programme.take(confirmed(2))) == ["pair.no-mentor-found"]
    told = []
    for month in range(1, 25):
        programme.now = NOW + timedelta(days=30 * month)
        if programme.store.programme.pairs[pair.pair_id].open:
            programme.take(met(pair.pair_id, programme.now.date(), number=month))
        told += programme.look()
    assert names(told)[:2] == ["pair.ended", "pair.offered"], "who waited is offered the mentor at once"
    assert told[0][1]["reason"] == "longest-time-reached"
    ended_on = date.fromisoformat(told[0][1]["occurred_at"][:10])
    assert date(2026, 9, 3) <= ended_on <= date(2026, 10, 5)


@settings(deadline=None)
@given(gaps=st.lists(st.integers(1, 120), max_size=30), looks=st.integers(1, 40))
def test_no_two_steps_ever_come_closer_than_the_ladder_has_them(gaps: list[int], looks: int) -> None:
    programme = Programme()
    pair = programme.active_pair()
    told: list[tuple[Any, dict[str, Any]]] = []
    for number, gap in enumerate(gaps):
        for _ in range(0, gap, looks):
            told += [(programme.now, data) for _, data in programme.pass_to(programme.now + timedelta(days=looks))]
        if programme.store.programme.pairs[pair].open:
            programme.take(met(pair, programme.now.date(), number=number))
    steps = [(at, data.get("step", "end")) for at, data in told]
    assert [step for _, step in steps].count("end") <= 1
    shortest = SETTINGS.rhythm.steps[1].after_days - SETTINGS.rhythm.steps[0].after_days
    for (earlier, before), (later, after) in pairwise(steps):
        if (before, after) == ("nudge", "referent"):
            assert later - earlier >= timedelta(days=shortest)


def test_three_years_of_a_programme_pass_in_a_moment(programme: Programme) -> None:
    for number in range(1, 11):
        programme.take(enrolled(number))
    for number in range(1, 16):
        programme.take(confirmed(number))
    told: list[tuple[str, dict[str, Any]]] = []
    for day in range(3 * 365):
        events = programme.pass_to(NOW + timedelta(days=day))
        told += events
        for pair in list(programme.store.programme.pairs.values()):
            if pair.awaited:
                programme.take(answered(pair.pair_id, "mentor", "accept"), answered(pair.pair_id, "lead", "accept"))
            elif pair.state == "active" and pair.fit % 2 == 0 and day % 30 == 0:
                programme.take(met(pair.pair_id, programme.now.date(), number=1000 * pair.offered_at.day + day))
    for pair in programme.store.programme.pairs.values():
        assert not pair.open, "eighteen months are over for every one"
    assert names(told).count("pair.ended") == 15


@pytest.mark.parametrize(
    "wrong",
    [{"first_contact_days": 45}, {"close_after_days": 60}, {"steps": []}],
)
def test_a_ladder_that_does_not_rise_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"later than the one before|at least 1 item"):
        Rhythm.model_validate({**SETTINGS.rhythm.model_dump(), **wrong})
