"""Where people are: one time zone and one list of public holidays for all services, in `city.toml`."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from libraries.data_files import read_data_file
from libraries.work_days.due_dates import Calendar


class City(BaseModel):
    """A time zone by its name in the IANA database, and whose holidays are kept (ISO 3166 code of a country)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    time_zone: str
    holidays: str

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.time_zone)

    def day_of(self, moment: datetime) -> date:
        """The day on which a moment lies there."""
        return moment.astimezone(self.zone).date()

    def calendar(self, *, at: time) -> Calendar:
        """Its work days, on which what is planned is due at a time on the wall."""
        return Calendar.of(time_zone=self.time_zone, at=at, country=self.holidays)


CITY: Final = read_data_file("libraries.work_days", "city.toml", City)
