"""Pairs of mentors and leads, obstacles and support plans, as a person asks about them."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import asyncpg
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from deploy.command_line.environment import connected
from deploy.command_line.json_lines import print_lines
from services.mentoring.settings.rhythms import SETTINGS

_STATES = ("offered", "accepted-by-mentor", "accepted-by-lead", "accepted", "active", "declined", "expired", "ended")
_STYLES = {"active": "bold green", "accepted": "green", "declined": "red", "expired": "yellow", "ended": "dim"}
_QUERY = """
SELECT pair_id, pair.state, project_title, mentor_id, lead_id, fit, offered_at, expires_at, started_at, meetings,
       last_contact_at, paused_until, ends_at
  FROM mentoring.pair JOIN mentoring.lead USING (assignment_id)
 WHERE ($1::text IS NULL OR pair.state = $1) AND ($2::uuid IS NULL OR mentor_id = $2)
 ORDER BY offered_at, pair_id
"""


_OBSTACLE_STATES = ("opened", "taken", "escalated", "lifted", "abandoned")
_OBSTACLE_STYLES = {"taken": "cyan", "escalated": "bold red", "lifted": "green", "abandoned": "dim"}
_OBSTACLES = """
SELECT obstacle_id, obstacle.state, kind, service, project_title, assignment_id, opened_at, due_at, level, reason
  FROM mentoring.obstacle JOIN mentoring.lead USING (assignment_id)
 WHERE ($1::text IS NULL OR obstacle.state = $1) AND ($2::text IS NULL OR service = $2)
   AND (NOT $3 OR obstacle.level > 0 AND obstacle.state NOT IN ('lifted', 'abandoned'))
 ORDER BY due_at NULLS LAST, obstacle_id
"""


_ACTION_STYLES = {"started": "cyan", "finished": "bold green", "dropped": "dim"}
_OUTCOME_STYLES = {"in-contact": "cyan", "cooperation": "bold green", "nothing-came-of-it": "dim"}
# An action that nothing has changed yet has no row: it is planned.
_SUPPORT = """
SELECT assignment_id, project_title, organisation_name, plan.actions,
       (SELECT json_agg(json_build_object('introduction_id', introduction_id, 'partner_kind', partner_kind,
                                          'partner_name', partner_name, 'made_on', made_on, 'outcome', outcome)
                        ORDER BY made_on, introduction_id)
          FROM mentoring.introduction WHERE introduction.assignment_id = lead.assignment_id) AS introductions
  FROM mentoring.lead
 CROSS JOIN LATERAL (
       SELECT json_agg(json_build_object('action', code, 'state', coalesce(state, 'planned'), 'reason', reason)
                       ORDER BY code) AS actions,
              bool_or($2::text IS NULL OR coalesce(state, 'planned') = $2) AS asked_for
         FROM unnest($3::text[]) AS planned (code)
         FULL JOIN (
              SELECT code, state, reason
                FROM mentoring.support_action WHERE support_action.assignment_id = lead.assignment_id
         ) AS changed USING (code)
 ) AS plan
 WHERE ($1::uuid IS NULL OR assignment_id = $1) AND plan.asked_for
 ORDER BY confirmed_at, assignment_id
"""
_ACTION_STATES = ("planned", "started", "finished", "dropped")


def support(
    state: Annotated[
        str | None, typer.Option(help=f"Only plans with an action that is one of {', '.join(_ACTION_STATES)}")
    ] = None,
    assignment: Annotated[str | None, typer.Option(help="Only the plan of this assignment, by id")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False,
) -> None:
    """List support plans, the oldest first: how far their actions are, and which introductions were made."""
    if state is not None and state not in _ACTION_STATES:
        raise typer.BadParameter(f"{state}: should be one of {', '.join(_ACTION_STATES)}", param_hint="--state")
    try:
        found = asyncio.run(_fetch(_SUPPORT, assignment, state, SETTINGS.support.actions))
    except asyncpg.DataError:
        raise typer.BadParameter(f"{assignment}: should be a UUID", param_hint="--assignment") from None
    for row in found:
        row["actions"], row["introductions"] = json.loads(row["actions"]), json.loads(row["introductions"] or "[]")
    if as_json:
        print_lines(found)
        return
    table = Table("project", "actions", "introductions", show_lines=True)
    for row in found:
        actions = [f"{it['action']}: {_styled(it['state'], _ACTION_STYLES)}" for it in row["actions"]]
        introductions = [
            f"{escape(it['partner_name'])}: {_styled(it['outcome'], _OUTCOME_STYLES)}" for it in row["introductions"]
        ]
        table.add_row(escape(row["project_title"]), "\n".join(actions), "\n".join(introductions))
    Console().print(table if found else "There are no such plans.")


_IMPACT = """
SELECT assignment_id, project_title, organisation_name, json_object_agg(year, figures::json ORDER BY year) AS years
  FROM mentoring.impact JOIN mentoring.lead USING (assignment_id)
 WHERE $1::uuid IS NULL OR assignment_id = $1
 GROUP BY assignment_id, project_title, organisation_name, confirmed_at
 ORDER BY confirmed_at, assignment_id
"""


def impact(
    assignment: Annotated[str | None, typer.Option(help="Only the figures of this assignment, by id")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False,
) -> None:
    """Show the figures that projects reported, year by year, beside those they began with."""
    try:
        found = asyncio.run(_fetch(_IMPACT, assignment))
    except asyncpg.DataError:
        raise typer.BadParameter(f"{assignment}: should be a UUID", param_hint="--assignment") from None
    for row in found:
        row["years"] = json.loads(row["years"])
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


def _year(year: int) -> str:
    return f"year {year}" if year else "beginning"


def _figure(value: int | None) -> str:
    return "" if value is None else str(value)


def _styled(word: str, styles: dict[str, str]) -> str:
    return f"[{styles.get(word, 'yellow')}]{word}[/]"


def pairs(
    state: Annotated[str | None, typer.Option(help=f"One of {', '.join(_STATES)}")] = None,
    mentor: Annotated[str | None, typer.Option(help="Only the pairs of this mentor, by id")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False,
) -> None:
    """List pairs, the oldest first: who was offered to whom, until when, and what came of it."""
    if state is not None and state not in _STATES:
        raise typer.BadParameter(f"{state}: should be one of {', '.join(_STATES)}", param_hint="--state")
    try:
        found = asyncio.run(_fetch(_QUERY, state, mentor))
    except asyncpg.DataError:
        raise typer.BadParameter(f"{mentor}: should be a mentor's id, a UUID", param_hint="--mentor") from None
    if as_json:
        print_lines(found)
        return
    table = Table(Column("pair", no_wrap=True), "state", "project", "mentor", "fit", "offered", "until", "met")
    for row in found:
        style = _STYLES.get(row["state"], "cyan")
        table.add_row(
            str(row["pair_id"]),
            f"[{style}]{row['state']}[/]",
            row["project_title"],
            str(row["mentor_id"]),
            str(row["fit"]),
            f"{row['offered_at']:%Y-%m-%d %H:%M}",
            f"{row['ends_at'] or row['expires_at']:%Y-%m-%d}",
            f"{row['meetings']} times" if row["ends_at"] else "",
        )
    Console().print(table if found else "There are no such pairs.")


def obstacles(
    state: Annotated[str | None, typer.Option(help=f"One of {', '.join(_OBSTACLE_STATES)}")] = None,
    service: Annotated[str | None, typer.Option(help="Only those that this city service owns, by code")] = None,
    late: Annotated[bool, typer.Option("--late", help="Only open ones that were not lifted in time")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False,
) -> None:
    """List obstacles, the next due first: what stands in which project's way, who owns it, until when."""
    if state is not None and state not in _OBSTACLE_STATES:
        raise typer.BadParameter(f"{state}: should be one of {', '.join(_OBSTACLE_STATES)}", param_hint="--state")
    found = asyncio.run(_fetch(_OBSTACLES, state, service, late))
    if as_json:
        print_lines(found)
        return
    table = Table(Column("obstacle", no_wrap=True), "state", "kind", "project", "owned by", "opened", "due", "told")
    for row in found:
        style = _OBSTACLE_STYLES.get(row["state"], "yellow")
        table.add_row(
            str(row["obstacle_id"]),
            f"[{style}]{row['state']}[/]",
            row["kind"],
            row["project_title"],
            row["service"],
            f"{row['opened_at']:%Y-%m-%d}",
            f"{row['due_at']:%Y-%m-%d}" if row["due_at"] else "",
            str(row["level"]) if row["level"] else "",
        )
    Console().print(table if found else "There are no such obstacles.")


async def _fetch(query: str, *arguments: object) -> list[dict[str, Any]]:
    async with connected() as connection:
        return [dict(row) for row in await connection.fetch(query, *arguments)]
