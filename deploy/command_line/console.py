"""The operators' page: running it, and the links that sign people in."""

from __future__ import annotations

import asyncio
import getpass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, cast, get_args
from uuid import uuid4

import typer
from pydantic import Field, SecretStr

from deploy.roles import CONSOLE
from libraries.chassis.environment import EnvironmentSettings
from libraries.chassis.settings import read_settings
from services.console.signing import Role, link_to

console = typer.Typer(name="console", help="The operators' page.", no_args_is_help=True)

RoleName = StrEnum("RoleName", {name: name for name in get_args(Role)})  # type: ignore[misc]

_READER: Final = RoleName("reader")
_MOST_MINUTES: Final = 24 * 60


class LinkSettings(EnvironmentSettings):
    """What a link to the console is made of, as the console itself reads it."""

    console_key: SecretStr = Field(min_length=16, description="The console's own ENGAGE_CONSOLE_KEY")
    console_url: str = Field(
        "http://127.0.0.1:8080", pattern=r"^https?://[^\s/]+$", description="Where people reach the console"
    )


@console.command()
def link(
    by: Annotated[str, typer.Option("--by", help="Who signs in by it", default_factory=getpass.getuser)],
    role: Annotated[RoleName, typer.Option(help="What they may do")] = _READER,
    minutes: Annotated[int, typer.Option(min=1, max=_MOST_MINUTES, help="For how long it is good")] = 15,
) -> None:
    """Print a link that signs one person in, once; whoever has it is that person to the console."""
    settings = read_settings(LinkSettings)
    address, key = settings.console_url, settings.console_key.get_secret_value()
    now, valid = datetime.now(UTC), timedelta(minutes=minutes)
    try:
        typer.echo(link_to(address, key, who=by, role=cast("Role", role.value), link_id=uuid4(), now=now, valid=valid))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--by") from None


def run_console() -> int:
    """Serves the console until it is told to end; returns the exit code."""
    from libraries.chassis.watching.log import configure_logs
    from services.console.app import run
    from services.console.settings import ConsoleSettings

    settings = read_settings(ConsoleSettings)
    return asyncio.run(run(settings, configure_logs(CONSOLE, settings.log_level)))
