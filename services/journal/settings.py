"""How long the journal keeps: a setting from the environment."""

from __future__ import annotations

from pydantic import Field

from libraries.chassis.environment import EnvironmentSettings


class JournalSettings(EnvironmentSettings):
    """What the journal takes from the environment, under the prefix `ENGAGE_`."""

    journal_months: int = Field(
        60,
        ge=1,
        le=1_200,
        description="Whole months that the journal keeps events for: an edition, eighteen months of a pair and three "
        "years of impact fit into five years",
    )
