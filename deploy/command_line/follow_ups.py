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
from rich.table import Column, Table

from deploy.command_line.environment import connected
from deploy.json_lines import print_json, print_lines
from libraries.clocks.programme import programme_clock

follow_ups = typer.Typer(name="follow-ups", help="What was sent to whom, and what will be.", no_args_is_help=True)

_STATES = ("scheduled", "sending", "sent", "cancelled", "failed")
_STYLES = {"sent": "green", "failed": "red", "cancelled": "dim", "sending": "yellow", "scheduled": "cyan"}
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
    as_json: JsonOption = False,
) -> None:
    """List follow-ups, the first due first, with all that is to come in series."""
    if state is not None and state not in _STATES:
        raise typer.BadParameter(f"{state}: should be one of {', '.join(_STATES)}", param_hint="--state")
    from services.notifications.operations import Filter, list_follow_ups

    before = programme_clock()() + timedelta(days=due_within)
    wanted = Filter(before, state, kind, recipient, matter, unreachable)
    rows = asyncio.run(_ask(lambda connection: list_follow_ups(connection, wanted, at=programme_clock()())))
    if as_json:
        print_lines(rows)
        return
    Console().print(_table(rows) if rows else "There are no such follow-ups.")


def _table(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(Column("id", no_wrap=True), "kind", "state", "recipient", "due", "attempts", "why not sent", "series")
    for row in rows:
        style = _STYLES[row["state"]]
        doubt = " (in doubt)" if row["in_doubt"] else ""
        due = f"{row['due_at']:%Y-%m-%d %H:%M}"
        table.add_row(
            str(row["id"]),
            row["kind"],
            f"[{style}]{row['state']}[/]{doubt}",
            str(row["recipient_id"]),
            due,
            str(row["attempts"]),
            row["settled"] or "",
            _place_in_series(row),
        )
    return table


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
