"""The rules of matching: weights, floor, urgency, lottery; read once from `rules.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from importlib.resources import files
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, TypeAdapter

from contracts.needs import Coverage, Salience

Points = Annotated[int, Field(ge=0)]
Level = Annotated[int, Field(ge=1)]
_FULL_FIT = 1000


@dataclass(frozen=True, slots=True)
class Weights:
    """The most points that each part of a fit can give; together 1,000."""

    theme: Points
    public: Points
    territory: Points
    readiness: Points
    text: Points

    def __post_init__(self) -> None:
        total = self.theme + self.public + self.territory + self.readiness + self.text
        if total != _FULL_FIT:
            raise ValueError(f"the weights must add up to {_FULL_FIT}, not {total}")


@dataclass(frozen=True)
class Rules:
    """One version of the rules.

    `floor` is the least fit of an edge, in points. `urgency` gives the level of a need's first place.
    `words_for_full_text` is how many common words give the whole text part. `waiting_bound` is how many
    waiting candidates one transaction looks at, at most.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")]
    note: str
    time_zone: str
    lottery_seed: Annotated[str, Field(min_length=1)]
    weights: Weights
    through_whole_city_percent: Annotated[int, Field(ge=0, le=100)]
    words_for_full_text: Annotated[int, Field(ge=1)]
    floor: Points
    urgency: Mapping[Coverage, Mapping[Salience, Level]]
    waiting_bound: Annotated[int, Field(ge=1)]

    def __post_init__(self) -> None:
        for coverage in ("uncovered", "poorly-covered", "covered"):
            for salience in ("ordinary", "pressing"):
                if salience not in self.urgency.get(coverage, {}):
                    raise ValueError(f"urgency says nothing of a need that is {coverage} and {salience}")

    @cached_property
    def actor(self) -> str:
        """How events name the engine under these rules."""
        return f"engine:rolling@{self.version}"

    @cached_property
    def levels(self) -> tuple[int, ...]:
        """Every level of urgency, the highest first."""
        return tuple(sorted({level for row in self.urgency.values() for level in row.values()}, reverse=True))

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone in which a review date ends."""
        return ZoneInfo(self.time_zone)

    def day_of(self, moment: datetime) -> date:
        """The City's calendar day of a moment."""
        return moment.astimezone(self.zone).date()


def read_rules(text: str) -> Rules:
    """The rules in a JSON text; raises pydantic's ValidationError with every field that is wrong."""
    return TypeAdapter(Rules).validate_json(text)


RULES = read_rules(files("services.matching").joinpath("rules.json").read_text(encoding="utf-8"))
