"""Months, by which the journal is divided: each is named by its first day, in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime


def month_of(moment: datetime) -> date:
    """The month of a moment."""
    return moment.astimezone(UTC).date().replace(day=1)


def months_before(moment: datetime, count: int) -> date:
    """The month that lies so many before that of a moment."""
    month = month_of(moment)
    years, months = divmod(month.year * 12 + month.month - 1 - count, 12)
    return date(max(years, 1), months + 1, 1)
