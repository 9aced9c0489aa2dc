"""Who decides on all needs, from the environment."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from pydantic import Field

from libraries.chassis.environment import EnvironmentSettings
from libraries.chassis.settings import read_settings


class DecidingSettings(EnvironmentSettings):
    """Who heads the programme; each under the prefix `ENGAGE_`."""

    programme_heads: frozenset[UUID] = Field(
        default=frozenset(),
        max_length=1_000,
        description="JSON: the person ids of who may decide on every need, besides its owner and their deputy",
    )


@cache
def programme_heads() -> frozenset[UUID]:
    """The heads of the programme, as the environment had them at the start; raises SettingsError."""
    return read_settings(DecidingSettings).programme_heads
