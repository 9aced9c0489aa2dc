"""How many pairs a mentor can take: capacity, and the rolling window."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mentoring.settings.rhythms import SETTINGS as DEFAULTS
from services.mentoring.states.mentor import ANY_TIME
from tests.unit.mentoring.examples import NOW, assignment_id, enrolled, taken

SETTINGS = DEFAULTS.model_copy(update={"version": "test", "window_pairs": 3})
MENTOR = taken(enrolled(1, capacity=10))


def assignments(count: int) -> frozenset[UUID]:
    return frozenset(assignment_id(number) for number in range(count))


def days(*numbers: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(days=number) for number in numbers)


@pytest.mark.parametrize(
    ("pending", "ages", "free_from"),
    [
        (0, (), ANY_TIME),
        (2, (), ANY_TIME),
        (3, (), None),
        (0, (20, 10), ANY_TIME),
        (0, (20, 10, 5), NOW + timedelta(days=10)),
        (1, (20, 10), NOW + timedelta(days=10)),
        (2, (20, 10), NOW + timedelta(days=20)),
        (3, (20,), None),
        (0, (31, 10, 5), NOW - timedelta(days=1)),
    ],
)
def test_the_window_opens_when_old_starts_leave_it(pending: int, ages: tuple[int, ...], free_from: object) -> None:
    starts = tuple(NOW - age for age in days(*ages))
    mentor = replace(MENTOR, accompanied=assignments(pending + len(ages)), pending=pending, starts=starts)
    assert mentor.free_from(SETTINGS) == free_from


@given(
    capacity=st.integers(0, 6),
    held=st.integers(0, 6),
    pending=st.integers(0, 4),
    ages=st.lists(st.integers(0, 60), max_size=6),
    ahead=st.integers(0, 40),
    active=st.booleans(),
)
def test_places_and_free_from_agree(
    capacity: int, held: int, pending: int, ages: list[int], ahead: int, active: bool
) -> None:
    starts = tuple(sorted(NOW - age for age in days(*ages)))
    mentor = replace(
        MENTOR,
        capacity=capacity,
        accompanied=assignments(held),
        pending=min(pending, held),
        starts=starts,
        active=active,
    )
    now = NOW + timedelta(days=ahead)
    assert (mentor.places(now, SETTINGS) > 0) is mentor.is_free(now, SETTINGS)


def test_a_pause_and_an_authorisation_have_their_days_on_the_wall() -> None:
    paused = replace(MENTOR, paused_until=date(2025, 3, 10), authorised_until=date(2025, 3, 20))
    begins, ends = datetime(2025, 3, 9, 23, tzinfo=UTC), datetime(2025, 3, 20, 23, tzinfo=UTC)
    moment = timedelta(microseconds=1)
    assert [paused.is_free(at, SETTINGS) for at in (begins - moment, begins, ends - moment, ends)] == [
        False,
        True,
        True,
        False,
    ]
    assert [paused.cleared(at, SETTINGS) for at in (NOW, ends - moment, ends)] == [True, True, False]


def test_a_pair_moves_through_the_mentor_s_places() -> None:
    offered = MENTOR.with_offer(assignment_id(1))
    begun = offered.with_start(NOW, SETTINGS)
    assert (offered.held, offered.pending) == (1, 1)
    assert (begun.held, begun.pending, begun.starts) == (1, 0, (NOW,))
    assert begun.without_pair(assignment_id(1), begun=True).starts == (NOW,), (
        "a pair that began counts in the window after its end"
    )
    assert offered.without_pair(assignment_id(1), begun=False) == MENTOR


def test_starts_that_left_the_window_are_forgotten() -> None:
    later = NOW + timedelta(days=30)
    mentor = MENTOR.with_offer(assignment_id(1)).with_start(NOW, SETTINGS)
    mentor = mentor.with_offer(assignment_id(2)).with_start(later, SETTINGS)
    assert mentor.starts == (later,)


def test_a_revision_keeps_what_is_held_and_brings_a_withdrawn_mentor_back() -> None:
    gone = MENTOR.with_offer(assignment_id(1)).withdrawn()
    assert not gone.places(NOW, SETTINGS)
    back = taken(enrolled(1, capacity=1, ethics_check_done=False), gone)
    assert (back.active, back.held, back.pending, back.version) == (True, 1, 1, 3)
    assert back.full
    assert not back.cleared(NOW, SETTINGS)
