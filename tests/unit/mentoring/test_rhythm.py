"""Meetings, the ladder of pairs that do not meet, and the longest time: three years under a simulated clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from libraries.chassis.handling import Refused
from services.mentoring.settings.rhythms import SETTINGS, Rhythm
from tests.unit.mentoring.desk import names
from tests.unit.mentoring.examples import NOW, OWNER, answered, confirmed, end_requested, enrolled
from tests.unit.mentoring.reports import Programme, met, rested, reviewed

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


def test_a_meeting_of_another_pair_is_refused_and_not_passed_over(programme: Programme) -> None:
    first = programme.active_pair()
    programme.take(met(first, TODAY))
    programme.take(enrolled(2))
    offered = [data for name, data in programme.take(confirmed(2)) if name == "pair.offered"]
    second = UUID(offered[0]["pair_id"])
    programme.take(answered(second, "mentor", "accept"), answered(second, "lead", "accept"))
    with pytest.raises(Refused, match="do not belong together"):
        programme.take(met(second, TODAY))
    assert names(programme.take(met(second, TODAY, number=2))) == ["pair.meeting-held"]


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
    ((_, first),) = programme.pass_to(NOW + timedelta(days=60))
    assert first["step"] == "nudge"
    assert programme.look() == []
    later = days(programme, 100)
    assert [(day, name) for day, name, _ in later] == [(46, "pair.idle"), (76, "pair.ended")]


def test_a_pair_ends_after_its_longest_time_and_its_place_is_free(programme: Programme) -> None:
    programme.take(enrolled(1, capacity=1))
    ((_, offer),) = programme.take(confirmed(1))
    pair = programme.store.state.open_pair_of_lead(confirmed(1).assignment_id)
    assert pair is not None
    assert str(pair.pair_id) == offer["pair_id"]
    programme.take(answered(pair.pair_id, "mentor", "accept"), answered(pair.pair_id, "lead", "accept"))
    assert names(programme.take(confirmed(2))) == ["pair.no-mentor-found"]
    told = []
    for day in range(1, 600):
        programme.now = NOW + timedelta(days=day)
        if programme.store.state.pairs.held(pair.pair_id) and day % 10 == 0:
            programme.take(met(pair.pair_id, programme.now.date(), number=day))
        told += programme.look()
        if told and told[-1][0] == "pair.review-due":
            for party in ("mentor", "lead"):
                told += programme.take(reviewed(pair.pair_id, party, "go-on"))
    life = [name for name, data in told if data.get("pair_id") == str(pair.pair_id)]
    recorded = ["pair.review-due", "pair.review-recorded", "pair.review-recorded"]
    assert life == [*recorded, "pair.renewed", *recorded, "pair.renewed", *recorded, "pair.ended"]
    assert [data["renewable"] for name, data in told if name == "pair.review-due"] == [True, True, False]
    ends_on = [data["ends_on"] for name, data in told if name == "pair.renewed"]
    assert ends_on == ["2026-03-03", "2026-09-03"]
    (place,) = [number for number, (name, _) in enumerate(told) if name == "pair.ended"]
    ended, (following, _) = told[place][1], told[place + 1]
    assert (ended["reason"], ended["occurred_at"][:10]) == ("term-reached", "2026-09-04")
    assert following == "pair.offered", "who waited is offered the mentor at once"


def meeting_pair(programme: Programme, until: int) -> UUID:
    """A pair that meets every ten days, for so many, with nothing due but its review."""
    pair = programme.active_pair()
    for day in range(1, until):
        programme.now = NOW + timedelta(days=day)
        if day % 10 == 0:
            programme.take(met(pair, programme.now.date(), number=day))
        assert programme.look() == []
    return pair


@pytest.mark.parametrize("wishes", [{}, {"mentor": "go-on"}, {"mentor": "go-on", "lead": "finish"}])
def test_a_pair_ends_with_its_term_unless_both_would_go_on(programme: Programme, wishes: dict[str, str]) -> None:
    pair = meeting_pair(programme, 164)
    ((_, name, due), *none) = days(programme, 1)
    assert (name, due["ends_on"], due["renewable"], none) == ("pair.review-due", "2025-09-04", True, [])
    for party, wish in wishes.items():
        ((name, data),) = programme.take(reviewed(pair, party, wish, goals="partly"))
        assert (name, data["party"], data["wish"], data["goals"]) == ("pair.review-recorded", party, wish, "partly")
        assert programme.take(reviewed(pair, party, wish)) == [], "the same again"
    ((day, name, ended),) = days(programme, 40)
    assert (day, name, ended["reason"]) == (21, "pair.ended", "term-reached")


def test_who_changes_their_mind_renews_a_pair(programme: Programme) -> None:
    pair = meeting_pair(programme, 164)
    days(programme, 1)
    programme.take(reviewed(pair, "lead", "finish"), reviewed(pair, "mentor", "go-on"))
    assert names(programme.take(reviewed(pair, "lead", "go-on"))) == ["pair.review-recorded", "pair.renewed"]
    ((_, refused),) = programme.take(reviewed(pair, "lead", "finish"))
    assert refused["reasons"][0]["code"] == "review-not-due"


def test_where_the_review_was_asked_for_late_both_have_their_days(programme: Programme) -> None:
    pair = meeting_pair(programme, 150)
    programme.now = NOW + timedelta(days=210)
    programme.take(met(pair, programme.now.date(), number=999))
    ((_, due),) = programme.look()
    assert due["ends_on"] == "2025-10-20"
    assert [(day, name) for day, name, _ in days(programme, 60)] == [(21, "pair.ended")]


def test_a_pair_at_rest_is_not_reminded_before_it_goes_on(programme: Programme) -> None:
    pair = programme.active_pair()
    ((name, paused),) = programme.take(rested(pair, date(2025, 5, 1)))
    assert (name, paused["until"], paused["from"], paused["to"]) == ("pair.paused", "2025-05-01", "active", "active")
    assert programme.take(rested(pair, date(2025, 5, 1))) == []
    told = days(programme, 80)
    assert [(day, data["step"]) for day, _, data in told] == [(74, "nudge")], "fourteen days after it goes on"
    ((_, refused),) = programme.take(rested(pair, date(2025, 5, 1)))
    assert refused["reasons"][0]["code"] == "pause-in-the-past"
    programme.take(end_requested(pair, "lead:l"))
    ((_, refused),) = programme.take(rested(pair, date(2026, 5, 1)))
    assert refused["reasons"][0]["code"] == "pair-not-active"


def test_a_pair_at_rest_goes_on_today_where_somebody_says_so(programme: Programme) -> None:
    pair = programme.active_pair()
    today = programme.now.date()
    ((_, refused),) = programme.take(rested(pair, today))
    assert refused["reasons"][0]["code"] == "pause-in-the-past", "it does not rest"
    programme.take(rested(pair, today + timedelta(days=40)))
    ((name, resumed),) = programme.take(rested(pair, today))
    assert (name, resumed["until"]) == ("pair.paused", today.isoformat())
    assert programme.take(rested(pair, today)) == [], "a second click"
    told = days(programme, 80)
    assert [(day, data["step"]) for day, _, data in told][:1] == [(15, "nudge")]


@settings(deadline=None)
@given(gaps=st.lists(st.integers(1, 120), max_size=30), looks=st.integers(1, 40))
def test_no_two_steps_ever_come_closer_than_the_ladder_has_them(gaps: list[int], looks: int) -> None:
    programme = Programme()
    pair = programme.active_pair()
    told: list[tuple[datetime, str, dict[str, Any]]] = []
    for number, gap in enumerate(gaps):
        for _ in range(0, gap, looks):
            happened = programme.pass_to(programme.now + timedelta(days=looks))
            told += [(programme.now, name, data) for name, data in happened]
        if programme.store.state.pairs.held(pair):
            programme.take(met(pair, programme.now.date(), number=number))
    steps = [(at, data["step"] if name == "pair.idle" else name) for at, name, data in told]
    assert [step for _, step in steps].count("pair.ended") <= 1
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
        for place, pair in enumerate(list(programme.store.state.pairs.values())):
            if pair.awaited:
                programme.take(answered(pair.pair_id, "mentor", "accept"), answered(pair.pair_id, "lead", "accept"))
            elif pair.state == "active" and pair.fit % 2 == 0 and day % 30 == 0:
                programme.take(met(pair.pair_id, programme.now.date(), number=10_000 * place + day))
    for pair in programme.store.tables["pairs"].values():
        assert not pair.open, "eighteen months are over for every one"
    assert names(told).count("pair.ended") == 15


@pytest.mark.parametrize(
    "wrong",
    [{"first_contact_days": 45}, {"close_after_days": 60}, {"steps": []}, {"term_months": 19}],
)
def test_a_ladder_that_does_not_rise_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"later than the one before|at least 1 item|more than longest_months 18"):
        Rhythm.model_validate({**SETTINGS.rhythm.model_dump(), **wrong})
