"""What the console reads from the environment beside what every service does."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from pydantic import Field, SecretStr, field_validator

from libraries.chassis.settings import Settings

_SHORTEST_KEY: Final = 16


class ConsoleSettings(Settings):
    """Where people reach the console, and for how long they stay signed in; each under the prefix `ENGAGE_`."""

    console_key: SecretStr = Field(
        description="What links and sessions of the console are signed with, 16 letters or more; whoever has it can "
        "sign in as anybody"
    )
    console_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/]+$",
        description="Where people reach the console, such as https://engage.example; with https its cookies are only "
        "sent there; without it the port of ENGAGE_HTTP_PORT on this machine",
    )
    console_session_hours: int = Field(8, ge=1, le=24, description="Hours after which somebody has to sign in again")
    console_readers: int = Field(
        50, ge=1, le=1_000, description="Pages of the console that may be shown by the second at the same time"
    )

    @field_validator("console_key")
    @classmethod
    def _check_key(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < _SHORTEST_KEY:
            raise ValueError(f"has less than {_SHORTEST_KEY} letters")
        return value

    @property
    def session(self) -> timedelta:
        """How long somebody stays signed in."""
        return timedelta(hours=self.console_session_hours)

    @property
    def address(self) -> str:
        """Where people reach the console, without a path."""
        return self.console_url or f"http://{self.http_host}:{self.http_port}"
