"""The desk: running it, and the links that sign people in on one machine."""

from __future__ import annotations

import asyncio
import getpass
from enum import StrEnum
from typing import Annotated, cast
from uuid import UUID

import typer
from pydantic import Field

from deploy.command_line.one_time_links import MinutesOption, OneTimeLinkSettings, good_until, link_settings
from deploy.roles import DESK
from libraries.chassis.settings import SettingsError, read_settings
from libraries.clocks.programme import programme_clock
from libraries.links.desk import DeskLinks
from libraries.links.keys import LinkKeySettings
from libraries.links.seal import Link
from libraries.pages.settings import PublicAddress, SigningKey
from libraries.pages.signing import Role, Signer, link_to, ticket_for
from services.desk.rights import ROLES

desk = typer.Typer(name="desk", help="The pages on which people do their part.", no_args_is_help=True)

RoleName = StrEnum("RoleName", {name: name for name in ROLES})  # type: ignore[misc]


class LinkSettings(OneTimeLinkSettings):
    """What a link to the desk is made of, as the desk itself reads it."""

    desk_key: SigningKey = Field(description="The desk's own ENGAGE_DESK_KEY")
    desk_url: PublicAddress = Field("http://127.0.0.1:8080", description="Where people reach the desk")


class MentorLinkSettings(LinkKeySettings):
    """What the link to somebody's own page is made of, as mails have it."""

    desk_url: PublicAddress = Field("http://127.0.0.1:8080", description="Where people reach the desk")


@desk.command()
def link(
    roles: Annotated[list[RoleName], typer.Option("--as", help="What they are to the programme; may be repeated")],
    person: Annotated[UUID, typer.Option(help="Their person id, by which forms and needs know them")],
    by: Annotated[
        str, typer.Option("--by", help="The name that the pages call them by", default_factory=getpass.getuser)
    ],
    directorate: Annotated[str | None, typer.Option(help="The code of their directorate")] = None,
    minutes: MinutesOption = 15,
) -> None:
    """Print a link that signs one person in, once; whoever has it decides as that person."""
    settings = link_settings(LinkSettings)
    given = [cast("Role", role.value) for role in dict.fromkeys(roles)]
    try:
        ticket = ticket_for(by, *given, person_id=person, directorate=directorate, expires_at=good_until(minutes))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    typer.echo(link_to(settings.desk_url, Signer(settings.desk_key.get_secret_value(), DESK), ticket))


@desk.command()
def mentor(
    person: Annotated[UUID, typer.Option(help="The mentor's person id, as their page for heads has it")],
) -> None:
    """Print the link to a mentor's own page, for one whom no mail has led there; whoever has it is that mentor."""
    settings = read_settings(MentorLinkSettings)
    if (seal := settings.seal) is None:
        raise SettingsError("ENGAGE_LINK_KEY: is not set; give the one of the desk and of notifications")
    link = Link(person, person, "mentor")
    typer.echo(DeskLinks(settings.desk_url, seal).to("mentor", link, programme_clock()()))


def run_pages() -> int:
    """Serves the desk until it is told to end; returns the exit code."""
    from libraries.chassis.watching.log import configure_logs
    from services.desk.app import run
    from services.desk.settings import DeskSettings

    settings = read_settings(DeskSettings)
    return asyncio.run(run(settings, configure_logs(DESK, settings.log_level)))
