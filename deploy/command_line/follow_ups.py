"""Follow-ups as an operator handles them: list, show, cancel, send now; nobody's address is ever shown."""

from __future__ import annotations

import asyncio
import getpass
import json
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Column, Table

from deploy.command_line.environment import connected
from deploy.command_line.json_lines import print_lines

follow_ups = typer.Typer(name="follow-ups", help="What was sent to whom, and what will be.", no_args_is_help=True)

_STATES = ("scheduled", "sending", "sent", "cancelled", "failed")
_STYLES = {"sent": "green", "failed": "red", "cancelled": "dim", "sending": "yellow", "scheduled": "cyan"}
_COLUMNS = """id, kind, state, recipient_id, counterpart_id, matter_id, due_at, next_attempt_at, attempts, in_doubt,
              settled, sent_at, bounced, message_id, requested, requested_by, requested_why"""
_LIST = f"""
SELECT {_COLUMNS} FROM notifications.follow_up
 WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR kind = $2)
   AND ($3::uuid IS NULL OR recipient_id = $3) AND ($4::uuid IS NULL OR matter_id = $4) AND due_at <= $5
   AND (NOT $6 OR state = 'scheduled' AND due_at <= now() AND EXISTS (
        SELECT FROM unnest(ARRAY[recipient_id, counterpart_id]) AS named
         WHERE named IS NOT NULL AND named NOT IN (SELECT person_id FROM notifications.contact)))
 ORDER BY due_at, id
"""  # noqa: S608
_SHOW = f"SELECT {_COLUMNS} FROM notifications.follow_up WHERE id = $1"  # noqa: S608
# Due at once, so that the next portion of its lane cancels it and says so; one that is being sent is at its last
# attempt.
_CANCEL = """
UPDATE notifications.follow_up
   SET settled = coalesce(settled, 'cancelled-by-operator'), requested = 'cancel', requested_by = $2,
       requested_why = $3,
       next_attempt_at = CASE WHEN state = 'scheduled' THEN '-infinity' ELSE next_attempt_at END
 WHERE id = $1 AND state IN ('scheduled', 'sending')
"""
_SEND_NOW = """
UPDATE notifications.follow_up
   SET requested = 'send-now', requested_by = $2, requested_why = $3, next_attempt_at = '-infinity'
 WHERE id = $1 AND state = 'scheduled' AND settled IS NULL
"""

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
    """List follow-ups, the first due first."""
    if state is not None and state not in _STATES:
        raise typer.BadParameter(f"{state}: should be one of {', '.join(_STATES)}", param_hint="--state")
    before = datetime.now(UTC) + timedelta(days=due_within)
    rows = asyncio.run(_fetch(_LIST, state, kind, recipient, matter, before, unreachable))
    if as_json:
        print_lines(rows)
        return
    table = Table(Column("id", no_wrap=True), "kind", "state", "recipient", "due", "attempts", "why not sent")
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
        )
    Console().print(table if rows else "There are no such follow-ups.")


@follow_ups.command()
def show(identifier: Annotated[UUID, typer.Argument(metavar="ID")]) -> None:
    """Show all that is known of one, as one JSON object."""
    print(json.dumps(_known(identifier), default=str, indent=1))


@follow_ups.command()
def cancel(identifier: Annotated[UUID, typer.Argument(metavar="ID")], why: WhyOption, by: ByOption) -> None:
    """Never send it; notifications says so on its topic at its next look."""
    _request(identifier, "cancel", by, why)


@follow_ups.command(name="send-now")
def send_now(identifier: Annotated[UUID, typer.Argument(metavar="ID")], why: WhyOption, by: ByOption) -> None:
    """Send it at notifications' next look instead of when it is due; still once."""
    _request(identifier, "send-now", by, why)


def _request(identifier: UUID, what: Literal["cancel", "send-now"], by: str, why: str) -> None:
    query = _CANCEL if what == "cancel" else _SEND_NOW
    if asyncio.run(_execute(query, identifier, by, why)) != "UPDATE 1":
        row = _known(identifier)
        because = f"is {row['state']}" + (f" and settled ({row['settled']})" if row["settled"] else "")
        raise typer.BadParameter(f"{identifier} {because}: only what is still to be sent can be decided on")
    typer.echo(f"{identifier}: {what} requested; notifications does it at its next look", err=True)


def _known(identifier: UUID) -> dict[str, Any]:
    rows = asyncio.run(_fetch(_SHOW, identifier))
    if not rows:
        raise typer.BadParameter(f"{identifier} is no follow-up: see `engage follow-ups list`")
    return rows[0]


async def _fetch(query: str, *arguments: object) -> list[dict[str, Any]]:
    async with connected() as connection:
        return [dict(row) for row in await connection.fetch(query, *arguments)]


async def _execute(query: str, *arguments: object) -> str:
    async with connected() as connection:
        return await connection.execute(query, *arguments)
