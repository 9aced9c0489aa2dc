"""Support plans and figures of mentoring, listed for people."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from contracts.states import SupportActionState
from deploy.command_line.environment import connected
from deploy.json_lines import print_lines
from libraries.chassis.store import Connection

if TYPE_CHECKING:
    from services.mentoring.operations import Listed

_ACTION_STYLES: Final = {"started": "cyan", "finished": "bold green", "dropped": "dim"}
_OUTCOME_STYLES: Final = {"in-contact": "cyan", "cooperation": "bold green", "nothing-came-of-it": "dim"}

_AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line")]


def support(
    state: Annotated[SupportActionState | None, typer.Option(help="Only plans with an action in this state")] = None,
    assignment: Annotated[UUID | None, typer.Option(help="Only the plan of this assignment, by id")] = None,
    as_json: _AsJson = False,
) -> None:
    """List support plans, the oldest first: how far their actions are, and which introductions were made."""
    from services.mentoring import operations

    found = _ask(lambda connection: operations.list_support_plans(connection, state=state, assignment_id=assignment))
    if as_json:
        print_lines(found)
        return
    table = Table("project", "actions", "introductions", show_lines=True)
    for row in found:
        actions = [f"{action['action']}: {_styled(action['state'], _ACTION_STYLES)}" for action in row["actions"]]
        introductions = [
            f"{escape(made['partner_name'])}: {_styled(made['outcome'], _OUTCOME_STYLES)}"
            for made in row["introductions"]
        ]
        table.add_row(escape(row["project_title"]), "\n".join(actions), "\n".join(introductions))
    Console().print(table if found else "There are no such plans.")


def impact(
    assignment: Annotated[UUID | None, typer.Option(help="Only the figures of this assignment, by id")] = None,
    as_json: _AsJson = False,
) -> None:
    """Show the figures that projects reported, year by year, beside those they began with."""
    from services.mentoring import operations

    found = _ask(lambda connection: operations.list_impact(connection, assignment_id=assignment))
    if as_json:
        print_lines(found)
        return
    last = max((int(year) for row in found for year in row["years"]), default=0)
    table = Table("project", "figure", *(Column(_year(year), justify="right") for year in range(last + 1)))
    for row in found:
        for number, code in enumerate(sorted({code for figures in row["years"].values() for code in figures})):
            values = [row["years"].get(str(year), {}).get(code) for year in range(last + 1)]
            table.add_row("" if number else escape(row["project_title"]), code, *map(_figure, values))
    Console().print(table if found else "No figures were reported.")


def _ask(operation: Callable[[Connection], Awaitable[Sequence[Listed]]]) -> Sequence[Listed]:
    async def ask() -> Sequence[Listed]:
        async with connected(search_path="mentoring") as connection:
            return await operation(connection)

    return asyncio.run(ask())


def _year(year: int) -> str:
    return f"year {year}" if year else "beginning"


def _figure(value: int | None) -> str:
    return "" if value is None else str(value)


def _styled(word: str, styles: Mapping[str, str], *, otherwise: str = "yellow") -> str:
    return f"[{styles.get(word, otherwise)}]{word}[/]"
