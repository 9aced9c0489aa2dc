"""When something planned is due: a wall-clock time on a work day, whatever summer time does."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """The wall time at which what is planned is due, and the days on which nobody works besides weekends."""

    zone: ZoneInfo
    at: time
    closed: Container[date]

    @classmethod
    def of(cls, *, time_zone: str, at: time, country: str, closed: Iterable[date] = ()) -> Calendar:
        """The calendar of a time zone, of a country's public holidays (ISO 3166 code), and of `closed` days besides.

        Raises ZoneInfoNotFoundError and NotImplementedError for one that does not exist.
        """
        # Only now: the library takes a tenth of the memory of an idle service, and not every one counts work days.
        import holidays

        days = holidays.country_holidays(country)
        days.update(list(closed))
        return cls(ZoneInfo(time_zone), at, days)

    def start_of(self, day: date) -> datetime:
        """The moment, in UTC, at which a day begins on the wall."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def is_work_day(self, day: date) -> bool:
        """Whether people work on a day."""
        return next_work_day(day, closed=self.closed) == day

    def due_on(self, day: date) -> datetime:
        """The time, in UTC, at which what is planned for a day is due: on the next work day where it is none."""
        return datetime.combine(next_work_day(day, closed=self.closed), self.at, self.zone).astimezone(UTC)

    def day_of(self, moment: datetime) -> date:
        """The day that `moment` (which names its offset) is on the wall."""
        return moment.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Span:
    """How long after an event something is due; years and months are added before days."""

    days: int = 0
    months: int = 0
    years: int = 0


def due_at(moment: datetime, after: Span, *, calendar: Calendar) -> datetime:
    """The time, in UTC, at which something is due that long after `moment` (which names its offset).

    The span is added to the calendar day that `moment` is on the wall, never to the instant: thirty days
    over a change of summer time stay thirty days. A day that does not exist becomes the month's last; one
    on which nobody works becomes the next work day. So the day is never earlier than the one asked for.
    """
    return calendar.due_on(add(calendar.day_of(moment), after))


def next_weekday(moment: datetime, weekday: int, *, calendar: Calendar) -> datetime:
    """The calendar's time, in UTC, on the first such day of the week (0 is Monday) after the day of `moment`.

    Where nobody works on it, on the next work day.
    """
    day = calendar.day_of(moment)
    day += timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)
    return calendar.due_on(day)


def add(day: date, span: Span) -> date:
    """The day that long after `day`; 31 January and a month is the last day of February."""
    years, month = divmod(day.month - 1 + span.months, 12)
    year = day.year + span.years + years
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)) + timedelta(days=span.days)


def next_work_day(day: date, *, closed: Container[date]) -> date:
    """`day` itself, or the first day after it that is neither in a weekend nor closed."""
    while day.weekday() >= _SATURDAY or day in closed:
        day += timedelta(days=1)
    return day


def after_work_days(moment: datetime, count: int, *, calendar: Calendar) -> datetime:
    """The calendar's time, in UTC, on the work day that is so many work days after the day of `moment`."""
    day = calendar.day_of(moment)
    for _ in range(count):
        day = next_work_day(day + timedelta(days=1), closed=calendar.closed)
    return datetime.combine(day, calendar.at, calendar.zone).astimezone(UTC)
