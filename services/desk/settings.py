"""What the desk reads from the environment beside what every service does."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from libraries.chassis.settings import Settings
from libraries.links.keys import LinkKeySettings
from libraries.pages.openid.settings import OpenIDSettings
from libraries.pages.settings import PublicAddress, SigningKey
from libraries.pages.signing import Signer


class DeskSettings(Settings, OpenIDSettings, LinkKeySettings):
    """Where people reach the desk, and for how long they stay signed in; each under the prefix `ENGAGE_`."""

    desk_key: SigningKey = Field(
        description="What links and sessions of the desk are signed with, 16 letters or more; whoever has it can "
        "decide as anybody"
    )
    desk_former_key: SigningKey | None = Field(
        None,
        description="The key of before, while a key is changed: what it signed is good until it is over, and nothing "
        "new is signed with it",
    )
    desk_url: PublicAddress | None = Field(
        None,
        description="Where people reach the desk, such as https://programme.example; with https its cookies are only "
        "sent there; without it the port of ENGAGE_HTTP_PORT on this machine",
    )
    desk_session_hours: int = Field(8, ge=1, le=24, description="Hours after which somebody has to sign in again")

    @property
    def signer(self) -> Signer:
        """What signs links and sessions."""
        former = None if self.desk_former_key is None else self.desk_former_key.get_secret_value()
        return Signer(self.desk_key.get_secret_value(), "desk", former)

    @property
    def session(self) -> timedelta:
        """How long somebody stays signed in."""
        return timedelta(hours=self.desk_session_hours)

    @property
    def address(self) -> str:
        """Where people reach the desk, without a path."""
        return self.desk_url or f"http://{self.http_host}:{self.http_port}"
