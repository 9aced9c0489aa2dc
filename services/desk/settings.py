"""What the desk reads from the environment beside what every service does."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from libraries.chassis.settings import Settings
from libraries.links.keys import LinkKeySettings
from libraries.pages.settings import PublicAddress, SigningKey


class DeskSettings(Settings, LinkKeySettings):
    """Where people reach the desk, and for how long they stay signed in; each under the prefix `ENGAGE_`."""

    desk_key: SigningKey = Field(
        description="What links and sessions of the desk are signed with, 16 letters or more; whoever has it can "
        "decide as anybody"
    )
    desk_url: PublicAddress | None = Field(
        None,
        description="Where people reach the desk, such as https://programme.example; with https its cookies are only "
        "sent there; without it the port of ENGAGE_HTTP_PORT on this machine",
    )
    desk_session_hours: int = Field(8, ge=1, le=24, description="Hours after which somebody has to sign in again")

    @property
    def session(self) -> timedelta:
        """How long somebody stays signed in."""
        return timedelta(hours=self.desk_session_hours)

    @property
    def address(self) -> str:
        """Where people reach the desk, without a path."""
        return self.desk_url or f"http://{self.http_host}:{self.http_port}"
