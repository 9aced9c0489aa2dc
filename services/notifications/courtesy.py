"""When people are written to, how much, and how long a mail waits that could not be sent: a part of `kinds.toml`."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libraries.work_days.due_dates import Calendar, next_work_day


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Courtesy(_Strict):
    """When mail that is not urgent leaves, on work days, and how many of it a person gets in any seven days."""

    opens: time = Field(alias="from")
    closes: time = Field(alias="until")
    most_a_week: int = Field(ge=1)

    @model_validator(mode="after")
    def _is_a_day(self) -> Courtesy:
        if self.opens >= self.closes:
            raise ValueError(f"from {self.opens} must come before until {self.closes}, on the same day")
        return self

    def is_open(self, moment: datetime, calendar: Calendar) -> bool:
        """Whether people are written to at a moment: within these hours of a work day, on the wall."""
        on_the_wall = moment.astimezone(calendar.zone)
        return self.opens <= on_the_wall.time() < self.closes and calendar.is_work_day(on_the_wall.date())

    def next_opening(self, moment: datetime, calendar: Calendar) -> datetime:
        """When people are written to again, in UTC, where they are not at a moment."""
        on_the_wall = moment.astimezone(calendar.zone)
        day = on_the_wall.date()
        if on_the_wall.time() >= self.opens:
            day += timedelta(days=1)
        day = next_work_day(day, closed=calendar.closed)
        return datetime.combine(day, self.opens, calendar.zone).astimezone(UTC)


class Retry(_Strict):
    """How long a mail waits after an attempt that may be repeated: doubled each time, up to a longest wait."""

    first_seconds: int = Field(ge=1)
    longest_seconds: int = Field(ge=1)

    def pause(self, attempts: int) -> int:
        """Seconds until the next attempt, after so many."""
        return min(self.first_seconds << min(attempts - 1, 30), self.longest_seconds)
