"""The rules of matching: weights, floor, urgency, lottery; read once from `rules.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from importlib.resources import files
from itertools import combinations
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, TypeAdapter

from contracts.needs import Coverage, Salience
from services.matching.gates import GATES, TERRITORY
from services.matching.territories import Reach, reach_of

Points = Annotated[int, Field(ge=0)]
Level = Annotated[int, Field(ge=1)]
_FULL_FIT = 1000
# The territory is a gate, and has points of its own besides.
_WITHOUT_WEIGHT = GATES - {TERRITORY}


@dataclass(frozen=True, slots=True)
class Weights:
    """The most points that each part of a fit can give; together 1,000."""

    theme: Points
    public: Points
    territory: Points
    readiness: Points
    text: Points

    __pydantic_config__ = ConfigDict(extra="forbid")

    def __post_init__(self) -> None:
        total = self.theme + self.public + self.territory + self.readiness + self.text
        if total != _FULL_FIT:
            raise ValueError(f"the weights must add up to {_FULL_FIT}, not {total}")


@dataclass(frozen=True, slots=True)
class TerritoryBound:
    """How many projects the needs that lie wholly in a territory hold together.

    `at_least` comes before every other level, wherever projects pass the gates; None as `at_most` is no bound.
    """

    territory: Annotated[str, Field(min_length=1)]
    at_least: Annotated[int, Field(ge=0)] = 0
    at_most: Annotated[int, Field(ge=1)] | None = None

    __pydantic_config__ = ConfigDict(extra="forbid")

    def __post_init__(self) -> None:
        if reach_of((self.territory,)).whole_city:
            raise ValueError("a bound on the whole city is none by territory: name a part of it")
        if self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"at_least {self.at_least} can't be more than at_most {self.at_most}")

    def holds(self, reach: Reach) -> bool:
        """Whether a reach lies wholly in the territory."""
        return not reach.whole_city and reach.codes <= reach_of((self.territory,)).codes


@dataclass(frozen=True)
class Rules:
    """One version of the rules.

    `publication` says when what the optimum decides is proposed: at once, or when a round is asked for. `floor`
    is the least fit of an edge, in points. `urgency` gives the level of a need's first place.
    `words_for_full_text` is how many common words give the whole text part. A coalition may answer as many needs
    as it has organisations, and no more than `most_needs_of_a_coalition`. `equity` bounds how many projects
    territories get, of which none may overlap.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")]
    note: str
    publication: Literal["rolling", "in-rounds"]
    time_zone: str
    lottery_seed: Annotated[str, Field(min_length=1)]
    weights: Weights
    through_whole_city_percent: Annotated[int, Field(ge=0, le=100)]
    words_for_full_text: Annotated[int, Field(ge=1)]
    floor: Points
    most_needs_of_a_coalition: Annotated[int, Field(ge=1)]
    equity: tuple[TerritoryBound, ...]
    urgency: Mapping[Coverage, Mapping[Salience, Level]]

    def __post_init__(self) -> None:
        for coverage in ("uncovered", "poorly-covered", "covered"):
            for salience in ("ordinary", "pressing"):
                if salience not in self.urgency.get(coverage, {}):
                    raise ValueError(f"urgency says nothing of a need that is {coverage} and {salience}")
        for one, other in combinations(self.equity, 2):
            if common := reach_of((one.territory,)).codes & reach_of((other.territory,)).codes:
                both = f"{one.territory} and {other.territory}"
                raise ValueError(f"equity: {both} have {min(common)} in common; a need can count for one bound only")

    @cached_property
    def actor(self) -> str:
        """How events name the engine under these rules."""
        return f"engine:{self.publication}@{self.version}"

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone in which a review date ends."""
        return ZoneInfo(self.time_zone)

    def bounded_in(self, reach: Reach) -> str | None:
        """The territory with a bound that a need with this reach counts for, if it does for any."""
        return next((bound.territory for bound in self.equity if bound.holds(reach)), None)

    def most_needs(self, members: int) -> int:
        """How many needs an application may answer that has so many organisations besides its lead."""
        return min(1 + members, self.most_needs_of_a_coalition)

    def day_of(self, moment: datetime) -> date:
        """The City's calendar day of a moment."""
        return moment.astimezone(self.zone).date()


def read_rules(text: str) -> Rules:
    """The rules in a JSON text; raises pydantic's ValidationError with every field that is wrong.

    Raises ValueError where a gate is given a weight: a gate excludes, and no points can make up for it.
    """
    weighed = _WITHOUT_WEIGHT & json.loads(text).get("weights", {}).keys()
    if weighed:
        raise ValueError(f"weights: {', '.join(sorted(weighed))} is a gate, which excludes: it can't have a weight")
    return TypeAdapter(Rules).validate_json(text)


RULES = read_rules(files("services.matching").joinpath("rules.json").read_text(encoding="utf-8"))
