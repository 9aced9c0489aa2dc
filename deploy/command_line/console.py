"""The operators' page: running it, and the links that sign people in."""

from __future__ import annotations

import asyncio
import getpass
from enum import StrEnum
from typing import Annotated, Final, cast

import typer
from pydantic import Field

from deploy.command_line.one_time_links import MinutesOption, OneTimeLinkSettings, good_until, link_settings
from deploy.roles import CONSOLE
from libraries.chassis.settings import read_settings
from libraries.pages.settings import PublicAddress, SigningKey
from libraries.pages.signing import Role, Signer, link_to, ticket_for
from services.console.rights import ROLES

console = typer.Typer(name="console", help="The operators' page.", no_args_is_help=True)

RoleName = StrEnum("RoleName", {name: name for name in ROLES})  # type: ignore[misc]

_READER: Final = RoleName("reader")


class LinkSettings(OneTimeLinkSettings):
    """What a link to the console is made of, as the console itself reads it."""

    console_key: SigningKey = Field(description="The console's own ENGAGE_CONSOLE_KEY")
    console_url: PublicAddress = Field("http://127.0.0.1:8080", description="Where people reach the console")


@console.command()
def link(
    by: Annotated[str, typer.Option("--by", help="Who signs in by it", default_factory=getpass.getuser)],
    role: Annotated[RoleName, typer.Option(help="What they may do")] = _READER,
    minutes: MinutesOption = 15,
) -> None:
    """Print a link that signs one person in, once; whoever has it is that person to the console."""
    settings = link_settings(LinkSettings)
    try:
        ticket = ticket_for(by, cast("Role", role.value), expires_at=good_until(minutes))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--by") from None
    signer = Signer(settings.console_key.get_secret_value(), CONSOLE)
    typer.echo(link_to(settings.console_url, signer, ticket))


def run_pages() -> int:
    """Serves the console until it is told to end; returns the exit code."""
    from libraries.chassis.watching.log import configure_logs
    from services.console.app import run
    from services.console.settings import ConsoleSettings

    settings = read_settings(ConsoleSettings)
    return asyncio.run(run(settings, configure_logs(CONSOLE, settings.log_level)))
