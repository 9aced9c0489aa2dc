"""The service's data files, read and checked once when the service starts: rules, settings, texts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cached_property
from importlib.resources import files
from itertools import pairwise
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.message import Code
from libraries.work_days.due_dates import Calendar, after_work_days
from services.mentoring.tracked import Memo

_PACKAGE: Final = "services.mentoring"
# Added to the last time that a contract allows, in 2099, these stay far from the calendar's end.
_MOST_DAYS: Final = 3_660
_MOST_MONTHS: Final = 120


class _DataFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")


class Weights(BaseModel):
    """What each part of a mentor's fit counts at most, in points that add up to 1000."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    skills: int = Field(ge=0)
    territory: int = Field(ge=0)
    availability: int = Field(ge=0)

    @model_validator(mode="after")
    def _add_up(self) -> Self:
        if (total := self.skills + self.territory + self.availability) != 1000:
            raise ValueError(f"the weights must add up to 1000, not {total}")
        return self


class PairingRules(_DataFile):
    """How mentors are compared: by what they know, where they can be, and whether they can meet when the lead can.

    `unstated` is what a part earns, in thousandths of its weight, where the mentor or the project does not
    say: an answer that is missing is neither a match nor a failure. `whole_city` are the codes of territories
    that meet every other one. `seed` feeds the lottery between equals.
    """

    weights: Weights
    unstated: int = Field(ge=0, le=1000)
    whole_city: frozenset[str]
    seed: str = Field(min_length=1)

    @cached_property
    def actor(self) -> str:
        """Who acts where these rules decide, as events name it."""
        return f"engine:pairing@{self.version}"


class CalendarFile(BaseModel):
    """Which days are work days, and until when on the last of them something may be answered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    time_zone: str
    at: time
    holidays: str = Field(min_length=2, description="ISO 3166 code of the country")


class IdleStep(BaseModel):
    """What is done so many days after a pair's last contact."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: Code
    after_days: int = Field(ge=1, le=_MOST_DAYS)


class Rhythm(BaseModel):
    """The ladder of a pair that does not meet, and how long a pair lasts.

    The first step comes after `first_contact_days` while a pair has never met. `review_days` before its term is over
    both are asked whether to go on: for `renewal_months` more, and never beyond `longest_months`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_contact_days: int = Field(ge=1, le=_MOST_DAYS)
    steps: tuple[IdleStep, ...] = Field(min_length=1)
    close_after_days: int = Field(ge=1, le=_MOST_DAYS)
    term_months: int = Field(ge=1, le=_MOST_MONTHS)
    review_days: int = Field(ge=1, le=_MOST_DAYS)
    renewal_months: int = Field(ge=1, le=_MOST_MONTHS)
    longest_months: int = Field(ge=1, le=_MOST_MONTHS)

    @model_validator(mode="after")
    def _rises(self) -> Self:
        days = [self.first_contact_days, *(step.after_days for step in self.steps), self.close_after_days]
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError(f"each step must come later than the one before, not after {days} days")
        if self.term_months > self.longest_months:
            raise ValueError(f"term_months {self.term_months} can't be more than longest_months {self.longest_months}")
        return self


class ObstacleSettings(BaseModel):
    """Within how many work days an obstacle of each kind should be lifted, and who is told one after the other
    where it is not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    work_days: dict[Code, Annotated[int, Field(ge=1, le=_MOST_DAYS)]] = Field(min_length=1)
    levels: tuple[Code, ...] = Field(min_length=1)
    level_work_days: int = Field(ge=1, le=_MOST_DAYS)


Happening: TypeAlias = Literal["introduction", "obstacle"]


class SupportSettings(BaseModel):
    """The actions of a support plan, and which of them begins by itself with an introduction or an obstacle."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    actions: tuple[Code, ...] = Field(min_length=1)
    begun_by: dict[Happening, Code]

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if stray := set(self.begun_by.values()) - set(self.actions):
            raise ValueError(f"begun_by names {', '.join(sorted(stray))}, which is none of the actions")
        return self


class Settings(_DataFile):
    """Rhythms: at most `window_pairs` pairs of one mentor begin within any `window_days` days.

    An offer may be accepted until `offer_work_days` work days after its own, and names so many `alternates`; where
    nobody can be offered, so many mentors are named with why not. A lead who ends a pair for one of
    `another_pair_reasons` wants another mentor, and for any other reason none. With `one_pair_a_project` a coalition
    that answers several needs is accompanied once. Our own defaults: the partnership names no number but six to
    eighteen months.
    """

    window_days: int = Field(ge=1, le=_MOST_DAYS)
    window_pairs: int = Field(ge=1)
    offer_work_days: int = Field(ge=1, le=_MOST_DAYS)
    alternates: int = Field(ge=0)
    another_pair_reasons: frozenset[Code]
    one_pair_a_project: bool
    rhythm: Rhythm
    obstacles: ObstacleSettings
    support: SupportSettings
    calendar: CalendarFile

    @cached_property
    def work_days(self) -> Calendar:
        """The calendar of what is due."""
        file = self.calendar
        return Calendar.of(time_zone=file.time_zone, at=file.at, country=file.holidays)

    def offer_expires(self, offered_at: datetime) -> datetime:
        """Until when an offer may be accepted."""
        return self._after(self.offer_work_days, offered_at)

    def obstacle_due(self, kind: str, since: datetime) -> datetime:
        """Until when an obstacle should be lifted; raises KeyError for a kind that the settings do not name."""
        return self._after(self.obstacles.work_days[kind], since)

    def escalation_due(self, told: int, since: datetime) -> datetime | None:
        """When the next level is told, once so many were; None after the highest."""
        if told >= len(self.obstacles.levels):
            return None
        return self._after(self.obstacles.level_work_days, since)

    def _after(self, count: int, since: datetime) -> datetime:
        # The same for a whole day, and to look holidays up takes 15 µs.
        asked = self.work_days.day_of(since), count
        if (due := self.known_dues.get(asked)) is None:
            due = self.known_dues.keep(asked, after_work_days(since, count, calendar=self.work_days))
        return due

    @cached_property
    def known_dues(self) -> Memo[tuple[date, int], datetime]:
        """The times that were asked for, by the day and the count of work days."""
        return Memo()

    @cached_property
    def window(self) -> timedelta:
        """The length of the rolling window."""
        return timedelta(days=self.window_days)


class Text(BaseModel):
    """A sentence in both languages: for one, and where it differs for several (`{count}`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: tuple[str, ...] = Field(min_length=1, max_length=2)
    en: tuple[str, ...] = Field(min_length=1, max_length=2)


class Texts(_DataFile):
    """Every sentence that the service says to people, by its code."""

    texts: dict[Code, Text]


def _read(name: str) -> str:
    return files(_PACKAGE).joinpath(name).read_text(encoding="utf-8")


RULES: Final = PairingRules.model_validate_json(_read("rules.json"))
SETTINGS: Final = Settings.model_validate_json(_read("settings.json"))
TEXTS: Final = Texts.model_validate_json(_read("texts.json"))
