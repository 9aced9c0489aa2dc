"""Where people are: one time zone and one list of days without work for all services, in `calendar.toml`."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, field_validator

from libraries.programme.running import programme
from libraries.work_days.due_dates import Calendar

_FRANCE: Final = "FR"
"""Known without asking the library, which takes 10 MB of each process that reads this and counts no work day."""


class City(BaseModel):
    """A time zone by its name in the IANA database, and when nobody works besides weekends.

    That is on the `holidays` of a country (ISO 3166 code), and on days that are `closed` in this city.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    time_zone: str
    holidays: str
    closed: tuple[date, ...] = ()

    @field_validator("time_zone")
    @classmethod
    def _check_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("there is no such time zone: give one of the IANA database, such as Europe/Paris")
        return value

    @field_validator("holidays")
    @classmethod
    def _check_country(cls, value: str) -> str:
        if value == _FRANCE:
            return value
        from holidays import list_supported_countries

        if value not in list_supported_countries():
            raise ValueError("no country has this code whose holidays are known: give one of ISO 3166, such as FR")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.time_zone)

    def day_of(self, moment: datetime) -> date:
        """The day on which a moment lies there."""
        return moment.astimezone(self.zone).date()

    def calendar(self, *, at: time) -> Calendar:
        """Its work days, on which what is planned is due at a time on the wall."""
        return Calendar.of(time_zone=self.time_zone, at=at, country=self.holidays, closed=self.closed)


CITY: Final = programme().read("calendar.toml", City)
