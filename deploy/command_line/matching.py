"""The pool as a person asks about it: why an application is where it is, what would be otherwise, who decides."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Column, Table

from contracts.message import Language
from deploy.command_line.environment import connected
from deploy.command_line.languages import LanguageOption, language_of
from deploy.json_lines import print_json

if TYPE_CHECKING:
    from services.matching.answers.explanations import Explanation
    from services.matching.answers.suppositions import Outcome
    from services.matching.edges.fit import FitPoints
    from services.matching.pool.pool import Pool

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object")]

_STYLES = {
    "held": "bold green",
    "fixed": "bold green",
    "possible": "cyan",
    "missing": "yellow",
    "no-place": "red",
    "shut": "dim",
}


def explain(
    application: Annotated[UUID, typer.Argument(metavar="APPLICATION", help="The application's id")],
    need: Annotated[UUID | None, typer.Argument(metavar="[NEED]", help="Only this need")] = None,
    language: LanguageOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Explain where an application is held: each need's gates, fit and price, and exactly what was missing."""
    from services.matching import operations

    spoken = language_of(language)
    pool = asyncio.run(_read())
    try:
        found = operations.explain(pool, application, need_id=need)
    except operations.NotThere as error:
        raise typer.BadParameter(str(error)) from None
    if as_json:
        print_json(_as_json(found, pool))
    else:
        _show(found, pool, spoken)


def what_if(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="TOML or JSON")],
    as_json: JsonOption = False,
) -> None:
    """Decide under other rules, capacities, pins or bans, and show the difference; nothing is published or kept."""
    from services.matching import operations

    try:
        # Read first: a file that is wrong needs no database.
        supposition = operations.read_supposition(file.read_text(encoding="utf-8"), file.name)
        pool = asyncio.run(_read())
        outcome = operations.suppose(pool, supposition)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if as_json:
        print_json(dataclasses.asdict(outcome))
    else:
        _show_outcome(outcome, pool)


async def _read() -> Pool:
    """The pool as its writer last left it."""
    from services.matching.operations import read_pool

    async with connected(search_path="matching") as connection:
        return await read_pool(connection)


def _as_json(found: Explanation, pool: Pool) -> dict[str, Any]:
    from services.matching.answers.explanations import standing_text

    return {
        "application_id": found.candidate.application_id,
        "project_title": found.candidate.project_title,
        "rules_version": pool.rules.version,
        "needs": [
            {
                "need_id": considered.need.need_id,
                "need_title": considered.need.document.content.title,
                "standing": considered.standing,
                "gates": considered.shut,
                "fit": considered.fit._asdict() if considered.fit else None,
                "price": considered.price._asdict() if considered.price else None,
                "missing": considered.missing._asdict() if considered.missing else None,
                "fr": standing_text(considered, "fr"),
                "en": standing_text(considered, "en"),
            }
            for considered in found.considerations
        ],
        "would_move": [dataclasses.asdict(it) for it in found.moves],
    }


def _show(found: Explanation, pool: Pool, language: Language) -> None:
    from services.matching.answers.explanations import standing_text

    table = Table(
        Column("need", ratio=4),
        *(Column(name, justify="right") for name in ("fit", "theme", "public", "place", "file", "text")),
        Column("why", ratio=6),
        title=f"{found.candidate.project_title} ({found.candidate.track}), rules {pool.rules.version}",
        title_justify="left",
    )
    for considered in found.considerations:
        style = _STYLES[considered.standing]
        why = f"[{style}]{standing_text(considered, language)}[/]"
        table.add_row(considered.need.document.content.title, *_points(considered.fit), why)
    console = Console()
    console.print(table)
    if found.moves:
        console.print("If it were not there:" if language == "en" else "S’il n’était pas là :")
        for move in found.moves:
            project = pool.candidates[move.application_id].project_title
            console.print(f"  {project}: {_title(pool, move.before)} → {_title(pool, move.after)}", highlight=False)


def _points(fit: FitPoints | None) -> Iterable[str]:
    if fit is None:
        return ("",) * 6
    return tuple(map(str, (fit.total, fit.theme, fit.public, fit.territory, fit.readiness, fit.text)))


def _show_outcome(outcome: Outcome, pool: Pool) -> None:
    console = Console()
    table = Table("project", "held for now", "would be held for", title="What would change", title_justify="left")
    for move in outcome.differences:
        project = pool.candidates[move.application_id].project_title
        table.add_row(project, _title(pool, move.before), f"[yellow]{_title(pool, move.after)}[/]")
    console.print(table if outcome.differences else "[green]Nothing would change.[/]")
    for words, needs in (
        ("newly answered", outcome.newly_answered),
        ("no longer answered", outcome.no_longer_answered),
    ):
        for need_id in needs:
            console.print(f"{words}: {_title(pool, need_id)}", highlight=False)
    totals = Table("", "now", "then", "difference")
    for name, before, after in (
        ("projects placed", outcome.placed_before, outcome.placed_after),
        ("equity, places of territories", outcome.before.equity, outcome.after.equity),
        ("coverage, points of urgency", outcome.before.coverage, outcome.after.coverage),
        ("fit, points", outcome.before.fit, outcome.after.fit),
    ):
        table_style = "green" if after > before else "red" if after < before else "dim"
        totals.add_row(name, str(before), str(after), f"[{table_style}]{after - before:+}[/]")
    console.print(totals)


def _title(pool: Pool, need_id: UUID | None) -> str:
    return "—" if need_id is None else pool.needs[need_id].document.content.title
