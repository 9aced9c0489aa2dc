"""When a planned follow-up is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.work_days.due_dates import Calendar, Span, add, after_work_days, due_at, next_work_day
from services.notifications.kinds import KINDS

PARIS = ZoneInfo("Europe/Paris")
CALENDAR = Calendar.of(time_zone="Europe/Paris", at=time(10), country="FR")


def due(moment: datetime, span: Span) -> datetime:
    return due_at(moment, span, calendar=CALENDAR)


@pytest.mark.parametrize(
    ("start", "span", "expected"),
    [
        pytest.param("2025-03-03T09:00+00:00", Span(days=30), "2025-04-02T08:00+00:00", id="into-summer-time"),
        pytest.param("2025-09-29T09:00+00:00", Span(days=30), "2025-10-29T09:00+00:00", id="out-of-summer-time"),
        pytest.param("2025-01-06T09:00+00:00", Span(days=30), "2025-02-05T09:00+00:00", id="winter"),
        pytest.param("2025-01-02T09:00+00:00", Span(days=30), "2025-02-03T09:00+00:00", id="saturday-to-monday"),
        pytest.param("2025-04-01T09:00+00:00", Span(days=30), "2025-05-02T08:00+00:00", id="after-labour-day"),
        pytest.param("2024-03-31T22:30+00:00", Span(days=30), "2024-05-02T08:00+00:00", id="the-day-is-that-of-paris"),
        pytest.param("2024-08-31T09:00+00:00", Span(months=6), "2025-02-28T09:00+00:00", id="month-end"),
        pytest.param("2024-02-29T09:00+00:00", Span(years=1), "2025-02-28T09:00+00:00", id="leap-day"),
        pytest.param("2023-12-25T09:00+00:00", Span(years=1), "2024-12-26T09:00+00:00", id="christmas"),
    ],
)
def test_planned_mail_leaves_at_ten_in_paris_on_a_work_day(start: str, span: Span, expected: str) -> None:
    assert due(datetime.fromisoformat(start), span) == datetime.fromisoformat(expected)


SPANS = st.builds(Span, days=st.integers(0, 400), months=st.integers(0, 40), years=st.integers(0, 5))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS, SPANS)
def test_due_time_is_always_ten_on_a_work_day_and_never_before_the_day_asked_for(moment: datetime, span: Span) -> None:
    result = due(moment, span)
    wall = result.astimezone(PARIS)
    asked = add(moment.astimezone(PARIS).date(), span)
    assert result.utcoffset() == timedelta(0)
    assert wall.time() == time(10)
    assert wall.weekday() < 5
    assert wall.date() not in CALENDAR.closed
    assert asked <= wall.date() <= asked + timedelta(days=5)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 40))
def test_adding_months_keeps_the_day_or_takes_the_last_of_a_shorter_month(day: date, months: int) -> None:
    result = add(day, Span(months=months))
    assert (result.year * 12 + result.month) - (day.year * 12 + day.month) == months
    assert result.day == day.day or (result.day < day.day and (result + timedelta(days=1)).day == 1)


def test_a_work_day_stays() -> None:
    assert next_work_day(date(2025, 6, 10), closed=CALENDAR.closed) == date(2025, 6, 10)


def test_three_days_without_work_in_a_row_are_passed() -> None:
    # Easter Monday 2025 follows a weekend; only the closed day makes the difference to a plain weekend.
    assert next_work_day(date(2025, 4, 19), closed=CALENDAR.closed) == date(2025, 4, 22)


def test_the_calendar_in_use_is_that_of_paris() -> None:
    assert KINDS.calendar.zone.key == "Europe/Paris"
    assert KINDS.calendar.at == time(10)
    assert date(2025, 7, 14) in KINDS.calendar.closed


@pytest.mark.parametrize(
    ("moment", "count", "expected"),
    [
        ("2025-03-03T09:00:00+01:00", 5, "2025-03-10"),  # a Monday, and the next one
        ("2025-03-07T23:30:00+01:00", 1, "2025-03-10"),  # over a weekend
        ("2025-03-07T23:30:00+00:00", 1, "2025-03-10"),  # in Paris it is Saturday already
        ("2025-04-30T12:00:00+02:00", 3, "2025-05-06"),  # over the first of May and a weekend
    ],
)
def test_work_days_are_counted_from_the_next_one(moment: str, count: int, expected: str) -> None:
    calendar = Calendar.of(time_zone="Europe/Paris", at=time(18), country="FR")
    found = after_work_days(datetime.fromisoformat(moment), count, calendar=calendar)
    assert found.astimezone(calendar.zone) == datetime.combine(date.fromisoformat(expected), time(18), calendar.zone)
