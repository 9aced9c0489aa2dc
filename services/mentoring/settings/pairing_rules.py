"""How mentors are compared, as `pairing_rules.toml` has it."""

from __future__ import annotations

from functools import cached_property
from typing import Final, Self

from pydantic import Field, model_validator

from libraries.programme.running import programme
from services.mentoring.settings.versioned import Part, Versioned

FULL_FIT: Final = 1000
"""What the parts of a fit add up to, as the contract of an offer has it."""


class PairingWeights(Part):
    """What each part of a mentor's fit counts at most, in points that add up to 1000."""

    skills: int = Field(ge=0)
    territory: int = Field(ge=0)
    availability: int = Field(ge=0)

    @model_validator(mode="after")
    def _add_up(self) -> Self:
        if (total := self.skills + self.territory + self.availability) != FULL_FIT:
            raise ValueError(f"the weights must add up to {FULL_FIT}, not {total}")
        return self


class PairingRules(Versioned):
    """How mentors are compared: by what they know, where they can be, and whether they can meet when the lead can.

    `unstated` is what a part earns, in thousandths of its weight, where the mentor or the project does not
    say: an answer that is missing is neither a match nor a failure. `seed` feeds the lottery between equals.
    """

    weights: PairingWeights
    unstated: int = Field(ge=0, le=1000)
    seed: str = Field(min_length=1)

    @cached_property
    def actor(self) -> str:
        """Who acts where these rules decide, as events name it."""
        return f"engine:pairing@{self.version}"


RULES: Final = programme().read("pairing_rules.toml", PairingRules)
