"""What the console reads from the environment beside what every service does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import Field

from libraries.chassis.settings import Settings
from libraries.pages.openid.settings import OpenIDSettings
from libraries.pages.settings import PublicAddress, SigningKey
from libraries.pages.signing import Signer


class ConsoleSettings(Settings, OpenIDSettings):
    """Where people reach the console, and for how long they stay signed in; each under the prefix `ENGAGE_`."""

    console_key: SigningKey = Field(
        description="What links and sessions of the console are signed with, 16 letters or more; whoever has it can "
        "sign in as anybody"
    )
    console_former_key: SigningKey | None = Field(
        None,
        description="The key of before, while a key is changed: what it signed is good until it is over, and nothing "
        "new is signed with it",
    )
    console_url: PublicAddress | None = Field(
        None,
        description="Where people reach the console, such as https://engage.example; with https its cookies are only "
        "sent there; without it the port of ENGAGE_HTTP_PORT on this machine",
    )
    console_session_hours: int = Field(8, ge=1, le=24, description="Hours after which somebody has to sign in again")
    console_readers: int = Field(
        50, ge=1, le=1_000, description="Pages of the console that may be shown by the second at the same time"
    )
    console_boundaries_file: Path | None = Field(
        None,
        description="GeoJSON to draw the map of needs by: a FeatureCollection whose features have the "
        "code of their territory as property `code`; none: tiles",
    )

    @property
    def signer(self) -> Signer:
        """What signs links and sessions."""
        former = None if self.console_former_key is None else self.console_former_key.get_secret_value()
        return Signer(self.console_key.get_secret_value(), "console", former)

    @property
    def session(self) -> timedelta:
        """How long somebody stays signed in."""
        return timedelta(hours=self.console_session_hours)

    @property
    def address(self) -> str:
        """Where people reach the console, without a path."""
        return self.console_url or f"http://{self.http_host}:{self.http_port}"
