"""How many, how long, how often: the settings of mentoring, as `rhythms.toml` has them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from contracts.message import Code
from libraries.programme.running import programme
from libraries.work_days.city import CITY
from libraries.work_days.due_dates import Calendar, after_work_days
from services.mentoring.memory.memo import Memo
from services.mentoring.settings.versioned import Part, Versioned

# Added to the last time that a contract allows, in 2099, these stay far from the calendar's end.
_MOST_DAYS: Final = 3_660
_MOST_MONTHS: Final = 120


class IdleStep(Part):
    """What is done so many days after a pair's last contact."""

    step: Code
    after_days: int = Field(ge=1, le=_MOST_DAYS)


class Rhythm(Part):
    """The ladder of a pair that does not meet, and how long a pair lasts.

    The first step comes after `first_contact_days` while a pair has never met. `review_days` before its term is over
    both are asked whether to go on: for `renewal_months` more, and never beyond `longest_months`.
    """

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


class ObstacleSettings(Part):
    """Within how many work days an obstacle of each kind should be lifted, and who is told one after the other
    where it is not.
    """

    work_days: dict[Code, Annotated[int, Field(ge=1, le=_MOST_DAYS)]] = Field(min_length=1)
    levels: tuple[Code, ...] = Field(min_length=1)
    level_work_days: int = Field(ge=1, le=_MOST_DAYS)


Happening: TypeAlias = Literal["introduction", "obstacle"]


class SupportSettings(Part):
    """The actions of a support plan, and which of them begins by itself with an introduction or an obstacle."""

    actions: tuple[Code, ...] = Field(min_length=1)
    begun_by: dict[Happening, Code]

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if stray := set(self.begun_by.values()) - set(self.actions):
            raise ValueError(f"begun_by names {', '.join(sorted(stray))}, which is none of the actions")
        return self


class AuthorisationSettings(Part):
    """How many days before a line manager's authorisation ends the next is asked for, and what length is proposed."""

    ask_before_days: int = Field(ge=1, le=_MOST_DAYS)
    months: int = Field(ge=1, le=_MOST_MONTHS)


class MentoringSettings(Versioned):
    """Rhythms: at most `window_pairs` pairs of one mentor begin within any `window_days` days.

    `offers` says when a lead is offered their first mentor: at once, or with all others who wait once a round on
    implantation is whole. An offer may be accepted until `offer_work_days` work days after its own, and names so many
    `alternates`; where nobody can be offered, so many mentors are named with why not. A lead who ends a pair for one of
    `another_pair_reasons` wants another mentor, and for any other reason none. With `one_pair_a_project` a coalition
    that answers several needs is accompanied once. What is due on a work day is due at `until`, on the City's wall.
    """

    offers: Literal["rolling", "in-rounds"] = "rolling"
    window_days: int = Field(ge=1, le=_MOST_DAYS)
    window_pairs: int = Field(ge=1)
    offer_work_days: int = Field(ge=1, le=_MOST_DAYS)
    alternates: int = Field(ge=0)
    another_pair_reasons: frozenset[Code]
    one_pair_a_project: bool
    until: time
    rhythm: Rhythm
    authorisation: AuthorisationSettings
    obstacles: ObstacleSettings
    support: SupportSettings

    @cached_property
    def work_days(self) -> Calendar:
        """The calendar of what is due."""
        return CITY.calendar(at=self.until)

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


SETTINGS: Final = programme().read("rhythms.toml", MentoringSettings)
