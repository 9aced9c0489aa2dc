"""Links that sign somebody in once, at the console or at the desk: what their makers share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, TypeVar

import typer
from pydantic import Field

from libraries.chassis.environment import EnvironmentSettings
from libraries.chassis.settings import SettingsError, read_settings

_MOST_MINUTES: Final = 24 * 60

MinutesOption = Annotated[int, typer.Option(min=1, max=_MOST_MINUTES, help="For how long it is good")]


class OneTimeLinkSettings(EnvironmentSettings):
    """Whether one-time links are good at all; each under the prefix `ENGAGE_`."""

    oidc_issuer: str | None = Field(None, description="The provider at which people sign in")
    oidc_links: bool = Field(False, description="Whether one-time links are good beside the provider")


Kind = TypeVar("Kind", bound=OneTimeLinkSettings)


def link_settings(kind: type[Kind]) -> Kind:
    """What a link is made of; raises SettingsError where none would be good."""
    settings = read_settings(kind)
    if settings.oidc_issuer is not None and not settings.oidc_links:
        raise SettingsError("ENGAGE_OIDC_LINKS: is not set, so that people sign in at ENGAGE_OIDC_ISSUER alone")
    return settings


def good_until(minutes: int) -> datetime:
    """Until when a link is good that is made now."""
    return datetime.now(UTC) + timedelta(minutes=minutes)
