"""The rules of matching: weights, floor, urgency, lottery; read once from `matching_rules.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import combinations
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.needs import Coverage, Salience
from libraries.programme.running import programme
from services.matching.codes import GATES
from services.matching.settings.territories import Reach, reach_of

Points = Annotated[int, Field(ge=0)]
Urgency = Annotated[int, Field(ge=1)]
# As the contract of a fit has it: what is published as 1,000 must be all that can be had.
_FULL_FIT: Final = 1000
# The territory is a gate, and has points of its own besides.
_WITHOUT_WEIGHT: Final = frozenset(GATES) - {"territory"}


class Weights(BaseModel):
    """The most points that each part of a fit can give; together 1,000."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    theme: Points
    public: Points
    territory: Points
    readiness: Points
    text: Points

    @model_validator(mode="before")
    @classmethod
    def _refuse_gates(cls, data: object) -> object:
        # Before its fields, for whoever weighs a gate may have left out others, and this is what they have to know.
        if isinstance(data, Mapping) and (gates := sorted(_WITHOUT_WEIGHT & data.keys())):
            raise ValueError(f"{', '.join(gates)} is a gate, which excludes: it can't have a weight")
        return data

    @model_validator(mode="after")
    def _check(self) -> Self:
        total = self.theme + self.public + self.territory + self.readiness + self.text
        if total != _FULL_FIT:
            raise ValueError(f"the weights must add up to {_FULL_FIT}, not {total}")
        return self


class TerritoryBound(BaseModel):
    """How many projects the needs that lie wholly in a territory hold together.

    `at_least` comes before every other level, wherever projects pass the gates; None as `at_most` is no bound.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    territory: Annotated[str, Field(min_length=1)]
    at_least: Annotated[int, Field(ge=0)] = 0
    at_most: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if reach_of((self.territory,)).whole_city:
            raise ValueError("a bound on the whole city is none by territory: name a part of it")
        if self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"at_least {self.at_least} can't be more than at_most {self.at_most}")
        return self

    def holds(self, reach: Reach) -> bool:
        """Whether a reach lies wholly in the territory."""
        return not reach.whole_city and reach.codes <= reach_of((self.territory,)).codes


class Rules(BaseModel):
    """One version of the rules; `matching_rules.toml` says what each value is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")]
    publication: Literal["rolling", "in-rounds"]
    lottery_seed: Annotated[str, Field(min_length=1)]
    weights: Weights
    through_whole_city_percent: Annotated[int, Field(ge=0, le=100)]
    words_for_full_text: Annotated[int, Field(ge=1)]
    floor: Points
    most_needs_of_a_coalition: Annotated[int, Field(ge=1)]
    equity: tuple[TerritoryBound, ...]
    urgency: Mapping[Coverage, Mapping[Salience, Urgency]]

    @model_validator(mode="after")
    def _check(self) -> Self:
        for coverage in get_args(Coverage):
            for salience in get_args(Salience):
                if salience not in self.urgency.get(coverage, {}):
                    raise ValueError(f"urgency says nothing of a need that is {coverage} and {salience}")
        for one, other in combinations(self.equity, 2):
            if common := reach_of((one.territory,)).codes & reach_of((other.territory,)).codes:
                both = f"{one.territory} and {other.territory}"
                raise ValueError(f"equity: {both} have {min(common)} in common; a need can count for one bound only")
        return self

    @cached_property
    def actor(self) -> str:
        """How events name the engine under these rules."""
        return f"engine:{self.publication}@{self.version}"

    def bounded_in(self, reach: Reach) -> str | None:
        """The territory with a bound that a need with this reach counts for, if it does for any."""
        return next((bound.territory for bound in self.equity if bound.holds(reach)), None)

    def most_needs(self, members: int) -> int:
        """How many needs an application may answer that has so many organisations besides its lead."""
        return min(1 + members, self.most_needs_of_a_coalition)


RULES: Final = programme().read("matching_rules.toml", Rules)
