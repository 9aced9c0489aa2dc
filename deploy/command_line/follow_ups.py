"""Follow-ups as an operator handles them: list, show, cancel, send now; nobody's address is ever shown."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import asyncpg
import typer
from rich.console import Console

from contracts.message import Language
from deploy.command_line.environment import connected
from deploy.command_line.languages import LanguageOption, language_of
from deploy.command_line.lists import CsvOption, table
from deploy.json_lines import print_csv, print_json, print_lines
from libraries.clocks.programme import programme_clock

follow_ups = typer.Typer(name="follow-ups", help="What was sent to whom, and what will be.", no_args_is_help=True)

_STATES = ("scheduled", "sending", "sent", "cancelled", "failed")
_COLUMNS = (
    "id", "state", "kind", "organisation", "title", "story_id", "matter_id", "recipient_id", "due_at", "attempts",
    "in_doubt", "settled", "series",
)  # fmt: skip
Answer = TypeVar("Answer")

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line")]
ByOption = Annotated[str, typer.Option("--by", help="Who decides", default_factory=getpass.getuser)]
WhyOption = Annotated[str, typer.Option("--why", help="Why: kept with the follow-up")]


@follow_ups.command(name="list")
def list_command(
    state: Annotated[str | None, typer.Option(help=f"One of {', '.join(_STATES)}")] = None,
    kind: Annotated[str | None, typer.Option(help="Such as acknowledgement or check-in-30-days")] = None,
    recipient: Annotated[UUID | None, typer.Option(help="The person's id")] = None,
    matter: Annotated[UUID | None, typer.Option(help="The application's, assignment's or pair's id")] = None,
    due_within: Annotated[float, typer.Option(help="Due within so many days from now, or before")] = 36_500.0,
    unreachable: Annotated[
        bool, typer.Option("--unreachable", help="Only what is due and waits for a contact that has not arrived")
    ] = False,
    language: LanguageOption = "fr",
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """List follow-ups, the first due first, with all that is to come in series, and what each is of."""
    spoken = language_of(language)
    if state is not None and state not in _STATES:
        raise typer.BadParameter(f"{state}: should be one of {', '.join(_STATES)}", param_hint="--state")
    from services.notifications.operations import Filter, list_follow_ups

    before = programme_clock()() + timedelta(days=due_within)
    wanted = Filter(before, state, kind, recipient, matter, unreachable)
    listed = _ask(lambda connection: list_follow_ups(connection, wanted, at=programme_clock()()))
    rows = asyncio.run(_with_names(asyncio.run(listed)))
    if as_json:
        print_lines(rows)
    elif as_csv:
        print_csv([{**row, "series": _place_in_series(row)} for row in rows], _COLUMNS)
    elif not rows:
        Console().print("Il n’y en a pas." if spoken == "fr" else "There are none.")
    else:
        Console().print(table("follow-ups", [_shown(row, spoken) for row in rows], spoken))


async def _with_names(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with what the journal knows it is of, as far as anybody may know that: one that is behind knows less."""
    from services.journal.operations import read_names

    async with connected(search_path="journal") as connection:
        names = await read_names(connection, (row["matter_id"] for row in rows))
    nothing = dict.fromkeys(("organisation", "title", "story_id"))
    return [{**row, **(names[row["matter_id"]]._asdict() if row["matter_id"] in names else nothing)} for row in rows]


def _shown(row: dict[str, Any], language: Language) -> dict[str, Any]:
    """A follow-up as a table shows it: the kind in words, with the code that `--kind` takes."""
    from services.journal.journeys.mails import mail_words

    told = {"kind": f"{mail_words(row['kind']).in_(language)} ({row['kind']})", "reason": row["settled"]}
    if row["state"] == "sending":  # which is over before anybody else hears of it
        told["state"] = "en cours d’envoi" if language == "fr" else "being sent"
    unless_none = {name: row[name] or None for name in ("attempts", "in_doubt")}
    return {**row, **told, **unless_none, "series": _place_in_series(row) or None}


@follow_ups.command()
def show(identifier: Annotated[UUID, typer.Argument(metavar="ID")]) -> None:
    """Show all that is known of one, as one JSON object."""
    print_json(_known(identifier), indent=1)


@follow_ups.command()
def cancel(identifier: Annotated[UUID, typer.Argument(metavar="ID")], why: WhyOption, by: ByOption) -> None:
    """Never send it; notifications says so on its topic at its next look."""
    _instruct(identifier, "cancel", by, why)


@follow_ups.command(name="send-now")
def send_now(identifier: Annotated[UUID, typer.Argument(metavar="ID")], why: WhyOption, by: ByOption) -> None:
    """Send it at notifications' next look instead of when it is due; still once."""
    _instruct(identifier, "send-now", by, why)


def _instruct(identifier: UUID, what: Literal["cancel", "send-now"], by: str, why: str) -> None:
    from services.notifications.operations import instruct

    if not asyncio.run(_ask(lambda connection: instruct(connection, what, identifier, by=by, why=why))):
        row = _known(identifier)
        because = f"is {row['state']}" + (f" and settled ({row['settled']})" if row["settled"] else "")
        raise typer.BadParameter(f"{identifier} {because}: only what is still to be sent can be decided on")
    typer.echo(f"{identifier}: {what} requested; notifications does it at its next look", err=True)


def _known(identifier: UUID) -> dict[str, Any]:
    from services.notifications import operations

    row = asyncio.run(_ask(lambda connection: operations.show(connection, identifier)))
    if row is None:
        raise typer.BadParameter(f"{identifier} is no follow-up: see `engage follow-ups list`")
    return row


def _place_in_series(row: dict[str, Any]) -> str:
    if row["series"] is None:
        return ""
    is_next = row["series"]["next_due_at"] == row["due_at"]
    return f"{row['series']['planned_by']}, " + ("next" if is_next else "later")


async def _ask(question: Callable[[asyncpg.Connection[asyncpg.Record]], Awaitable[Answer]]) -> Answer:
    async with connected(search_path="notifications") as connection:
        return await question(connection)
