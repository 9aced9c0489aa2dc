"""The texts of mails as a reader looks at them, and what became of mail that could not be delivered."""

from __future__ import annotations

import asyncio
import getpass
import sys
import webbrowser
from collections.abc import Sequence
from mailbox import mbox
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated, Any, get_args
from uuid import UUID

import typer
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as Shown

from deploy.command_line.environment import connected
from deploy.json_lines import print_lines
from libraries.clocks.programme import programme_clock

mail = typer.Typer(name="mail", help="The texts of mails, and mail that came back.", no_args_is_help=True)


@mail.command()
def kinds() -> None:
    """List the kinds of mail."""
    from services.notifications.kinds import KINDS
    from services.notifications.mails.texts import DIGEST

    print(*(kind.kind for kind in KINDS.all), DIGEST, sep="\n")


@mail.command()
def bounces(
    source: Annotated[
        str,
        typer.Argument(metavar="FILE", help="A mail or an mbox; - for one mail from a pipe"),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False,
) -> None:
    """Take in delivery reports (RFC 3464): a mail that came back is marked, a bad address written to no more."""
    found = asyncio.run(_take_in(_mails_in(source)))
    if as_json:
        print_lines(found)
        return
    table = Table("mail", "follow-up", "status", "what it means")
    for row in found:
        table.add_row(str(row["mail"]), str(row["follow_up_id"] or ""), row["status"] or "", row["outcome"])
    Console().print(table if found else "There is no mail.")


def _mails_in(source: str) -> list[bytes]:
    try:
        content = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{source}: {error.strerror}", param_hint="FILE") from None
    if source != "-" and content.startswith(b"From "):
        return [message.as_bytes() for message in mbox(source, create=False)]
    return [content] if content.strip() else []


async def _take_in(mails: Sequence[bytes]) -> list[dict[str, Any]]:
    from services.notifications.operations import take_in

    found: list[dict[str, Any]] = []
    async with connected(search_path="notifications") as connection:
        for number, content in enumerate(mails, start=1):
            bounce, outcome = await take_in(connection, content, at=programme_clock()())
            found.append(
                {
                    "mail": number,
                    "follow_up_id": bounce.follow_up_id if bounce else None,
                    "status": bounce.status if bounce else None,
                    "outcome": outcome,
                }
            )
    return found


@mail.command()
def undeliverable(as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False) -> None:
    """List the people whose address is not written to any more, and why; addresses are not shown."""
    found = asyncio.run(_undeliverable())
    if as_json:
        print_lines(found)
        return
    table = Table("person", "role", "why", "address given", "the address before")
    for row in found:
        given = f"{row['said_at']:%Y-%m-%d}" + (", not confirmed" if row["is_changing"] else "")
        table.add_row(
            str(row["person_id"]), row["role"], row["undeliverable"] or "", given, row["former_undeliverable"] or ""
        )
    Console().print(table if found else "Every address is written to.")


async def _undeliverable() -> list[dict[str, Any]]:
    from services.notifications.operations import list_undeliverable

    async with connected(search_path="notifications") as connection:
        return await list_undeliverable(connection)


@mail.command()
def restore(person: Annotated[UUID, typer.Argument(help="The person's id")]) -> None:
    """Write to a person's address again, for example once a full mailbox was emptied."""
    if not asyncio.run(_restore(person)):
        typer.echo(f"{person}: nothing keeps mail from this person", err=True)
        raise typer.Exit(1)
    typer.echo(f"{person}: is written to again")


async def _restore(person: UUID) -> bool:
    from services.notifications.operations import restore

    async with connected(search_path="notifications") as connection:
        return await restore(connection, person)


@mail.command(name="confirm-address")
def confirm_address(
    person: Annotated[UUID, typer.Argument(help="The person's id")],
    role: Annotated[str, typer.Argument(help="As what: lead, owner, mentor or line-manager")],
    why: Annotated[str, typer.Option("--why", help="How it is known to be theirs: kept with the change")],
    by: Annotated[str, typer.Option("--by", help="Who decides", default_factory=getpass.getuser)],
) -> None:
    """Confirm a new address for a person, where mail to the one before can't be delivered any more."""
    from contracts.contacts import ContactRole

    if role not in get_args(ContactRole):
        raise typer.BadParameter(f"{role}: should be one of {', '.join(get_args(ContactRole))}", param_hint="ROLE")
    outcome = asyncio.run(_confirm_address(person, role, by, why))
    if outcome == "still reached":
        typer.echo(f"{person}: is still reached at the address before, and was asked there to confirm it", err=True)
    elif outcome == "nothing waits":
        typer.echo(f"{person}: no new address of this {role} waits to be confirmed", err=True)
    else:
        typer.echo(f"{person}: is written to at the new address from now on")
        return
    raise typer.Exit(1)


async def _confirm_address(person: UUID, role: Any, by: str, why: str) -> str:
    from services.notifications.operations import confirm_address

    async with connected(search_path="notifications") as connection:
        return await confirm_address(connection, person, role, at=programme_clock()(), by=by, why=why)


@mail.command()
def preview(
    kind: Annotated[str, typer.Argument(help="A kind of mail, as `engage mail kinds` lists them")],
    language: Annotated[str, typer.Option(help="fr or en")] = "fr",
    html: Annotated[Path | None, typer.Option(help="Write its HTML part to this file")] = None,
    browser: Annotated[bool, typer.Option("--browser", help="Open its HTML part in a browser")] = False,
) -> None:
    """Show a mail with made-up names: its subject and its plain text, and its HTML where asked for."""
    from services.notifications.kinds import KINDS
    from services.notifications.mails.texts import DIGEST, LANGUAGES, load_texts, sample

    known = [*(each.kind for each in KINDS.all), DIGEST]
    if kind not in known:
        raise typer.BadParameter(f"{kind}: should be one of {', '.join(known)}", param_hint="KIND")
    if language not in LANGUAGES:
        raise typer.BadParameter(f"{language}: should be one of {', '.join(LANGUAGES)}", param_hint="--language")
    text = sample(load_texts([kind]), kind, language)
    console = Console()
    console.print(Panel(Shown(text.plain.strip()), title=Shown(text.subject), title_align="left", expand=False))
    if browser and html is None:
        html = Path(mkdtemp(prefix="engage-mail-")) / f"{kind}.{language}.html"
    if html is not None:
        html.write_text(text.html, encoding="utf-8")
        typer.echo(f"its HTML part is in {html}", err=True)
    if browser and html is not None:
        webbrowser.open(html.resolve().as_uri())
