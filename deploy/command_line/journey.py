"""What happened to something, and how far the journal that tells it has read."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console, Group

from contracts.message import Language
from deploy.command_line.environment import connected, kafka_cluster
from deploy.command_line.languages import LanguageOption, language_of
from deploy.json_lines import print_json
from libraries.chassis.settings import SettingsError
from libraries.chassis.store import Connection

if TYPE_CHECKING:
    from deploy.journeys.behind import Behind
    from deploy.journeys.page import Page
    from deploy.journeys.set_aside import SetAside
    from services.journal.journeys.model import Journey

_FOLLOW_SECONDS: Final = 1.0

journal = typer.Typer(name="journal", help="How far the journal has read; reading all again.", no_args_is_help=True)


def journey(
    asked: Annotated[
        list[str],
        typer.Argument(
            metavar="ID...",
            help="The id of anything, a trace, a SIREN or RNA number, or a line of a log; - reads it from the input",
        ),
    ],
    language: LanguageOption = "fr",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a story")] = False,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="A sequence diagram")] = False,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what happens, until Ctrl-C")] = False,
    all_steps: Annotated[
        bool, typer.Option("--all", help="With a line for each mail that was sent or cancelled")
    ] = False,
) -> None:
    """Tell what happened to something, step by step, where it is now, what it waits for and what comes next."""
    spoken = language_of(language)
    found = asyncio.run(_read(sys.stdin.read() if asked == ["-"] else " ".join(asked)))
    if mermaid:
        from deploy.journeys.diagram import diagram

        print("\n".join(diagram(each, spoken) for each in found), end="")
    elif as_json:
        _print_json(found)
    else:
        _show(found, spoken, all_steps=all_steps, follow=follow)


@journal.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a topic that it is behind on")] = False,
) -> None:
    """Say how far the journal is behind its topics; exit code 2 where it is, or where nobody can tell."""
    from deploy.journeys.behind import told

    missing = asyncio.run(_missing())
    if isinstance(missing, str):
        raise SettingsError(missing)
    if as_json:
        for each in missing:
            print_json(asdict(each))
    else:
        typer.echo(told(missing, french=False))
    raise typer.Exit(2 if missing else 0)


@journal.command()
def rebuild(
    yes: Annotated[bool, typer.Option("--yes", help="Empty the journal, and let it read all topics again")] = False,
) -> None:
    """Empty the journal and have it read all topics from their beginnings; it may go on running meanwhile."""
    from services.journal.operations import begin_again

    if not yes:
        raise typer.BadParameter("this empties the journal until it has read all topics again: say --yes")

    async def empty() -> None:
        async with connected(search_path="journal") as connection:
            await begin_again(connection)

    asyncio.run(empty())
    typer.echo("the journal is empty, and reads all topics again: see `engage journal status`", err=True)


@asynccontextmanager
async def _in_schema(service: str) -> AsyncIterator[Connection]:
    async with connected(search_path=service) as connection:
        yield connection


async def _read(text: str) -> list[Journey]:
    from services.journal.operations import NothingFound, find_stories, read_journey

    async with connected(search_path="journal") as connection:
        try:
            return [await read_journey(connection, story_id) for story_id in await find_stories(connection, text)]
        except NothingFound as error:
            raise typer.BadParameter(f"{error} (see `engage journal status`)") from None


async def _set_aside(found: Journey) -> list[SetAside]:
    from deploy.journeys.set_aside import set_aside

    return await set_aside(_in_schema, found.dead_letters)


async def _missing() -> Sequence[Behind] | str:
    """How far the journal is behind, or why nobody can tell."""
    from deploy.journeys.behind import EndsUnknown, behind
    from services.journal.operations import read_positions

    async with connected(search_path="journal") as connection:
        positions = await read_positions(connection)
    try:
        return await behind(kafka_cluster(), positions, datetime.now(UTC))
    except (SettingsError, EndsUnknown) as error:
        return str(error)


def _incomplete(language: Language) -> str:
    from deploy.journeys.behind import told

    missing = asyncio.run(_missing())
    if isinstance(missing, str):
        unknown = "Nul ne sait si c’est complet" if language == "fr" else "Nobody knows whether this is complete"
        return f"{unknown}: {missing.splitlines()[0]}"
    return told(missing, french=language == "fr")


def _show(found: Sequence[Journey], spoken: Language, *, all_steps: bool, follow: bool) -> None:
    from deploy.journeys.page import Page, stories

    console = Console()
    if len(found) > 1:
        console.print(_many(len(found), spoken), Group(*stories(found, spoken)), sep="\n")
        return
    page = Page(spoken, all_steps=all_steps)
    page.show(found[0], console, asyncio.run(_set_aside(found[0])))
    console.print(f"\n[dim]{_incomplete(spoken)}[/]", highlight=False)
    if follow:
        _follow(found[0], page, console)


def _print_json(found: Sequence[Journey]) -> None:
    missing = asyncio.run(_missing())
    lacking: Any = {"unknown": missing} if isinstance(missing, str) else [asdict(each) for each in missing]
    for each in found:
        letters = [asdict(letter) for letter in asyncio.run(_set_aside(each))]
        whole = {**asdict(each), "set_aside": letters, "journal_behind": lacking}
        print_json(whole)


def _many(count: int, language: Language) -> str:
    if language == "fr":
        return f"Cela appartient à {count} histoires ; engage journey suivi de l’une :"
    return f"This belongs to {count} stories; engage journey with one of them:"


def _follow(shown: Journey, page: Page, console: Console) -> None:
    from deploy.journeys.following import follow
    from services.journal.operations import NothingFound, read_journey

    async def read() -> Journey | None:
        async with connected(search_path="journal") as connection:
            try:
                return await read_journey(connection, shown.story_id)
            except NothingFound:
                return None

    with suppress(KeyboardInterrupt):
        follow(shown, page, console, read=lambda: asyncio.run(read()), pause=lambda: time.sleep(_FOLLOW_SECONDS))
