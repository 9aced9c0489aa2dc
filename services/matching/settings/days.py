"""The City's calendar days, in which review dates are counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from libraries.work_days.city import CITY


def day_of(moment: datetime) -> date:
    """The City's calendar day of a moment."""
    return CITY.day_of(moment)


def midnight_of(day: date) -> datetime:
    """When a day of the City begins, in UTC as all that is published."""
    return datetime.combine(day, time(), CITY.zone).astimezone(UTC)
