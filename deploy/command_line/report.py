"""What came of an edition: on a terminal, as JSON, or as a document."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from contracts.message import Language
from deploy.command_line.environment import connected
from deploy.command_line.languages import LanguageOption, language_of
from deploy.json_lines import print_json
from libraries.clocks.programme import programme_clock

if TYPE_CHECKING:
    from services.journal.reports.model import EditionReport
    from services.journal.reports.telling import Section

_BAR_CHARACTERS: Final = 16
_COLOURS: Final = ("blue", "yellow", "green")


def report(
    edition: Annotated[
        str | None, typer.Argument(help="The edition, such as contest-2025; without one, all together")
    ] = None,
    language: LanguageOption = "fr",
    pdf: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a document here, instead; needs engage[report]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object")] = False,
) -> None:
    """Report what came of an edition: who applied for what, what was selected and took root, mentoring, impact.

    It counts, and names nobody. What the journal has not read yet is not in it: see `engage journal status`.
    """
    from services.journal.reports.telling import sections_of, title_of

    spoken = language_of(language)
    read = asyncio.run(_read(edition))
    if as_json:
        print_json(asdict(read))
        return
    title, sections = title_of(read, spoken), sections_of(read, spoken)
    if pdf is None:
        _show(title, sections, spoken)
        return
    from services.journal.reports.document import document_of

    today = programme_clock()().date().isoformat()
    foot = f"Engage, état au {today}" if spoken == "fr" else f"Engage, as of {today}"
    pdf.write_bytes(document_of(title, sections, foot, spoken))
    typer.echo(str(pdf), err=True)


async def _read(edition: str | None) -> EditionReport:
    from services.journal.operations import NothingFound, read_report

    async with connected(search_path="journal") as connection:
        try:
            return await read_report(connection, edition)
        except NothingFound as error:
            raise typer.BadParameter(str(error), param_hint="EDITION") from None


def _show(title: str, sections: tuple[Section, ...], language: Language) -> None:
    console = Console()
    console.print(Text(title, style="bold"), end="\n\n")
    for section in sections:
        console.print(_table(section, language))
        if section.note:
            console.print(Text(section.note, style="dim"))
        console.print()


def _table(section: Section, language: Language) -> Table:
    from services.journal.reports.document import shown

    columns = [
        Column(heading, justify="right" if _is_number(section, place) else "left", overflow="fold")
        for place, heading in enumerate(section.headings)
    ]
    table = Table(*columns, title=section.title, title_justify="left", title_style="bold")
    if section.drawn:
        table.add_column("", width=_BAR_CHARACTERS, no_wrap=True)
    most = max((_number(row[place]) for row in section.rows for place in section.drawn), default=0)
    for row in section.rows:
        cells = [Text(shown(cell, language)) for cell in row]
        if section.drawn:
            bars = (
                Text("▄" * _wide(_number(row[place]), most), style=_COLOURS[at % len(_COLOURS)])
                for at, place in enumerate(section.drawn)
            )
            cells.append(Text("\n").join(bars))
        table.add_row(*cells)
    return table


def _wide(value: float, most: float) -> int:
    """How wide a bar is, in characters: what there is of shows at least as one."""
    return 0 if not value or not most else max(1, round(value / most * _BAR_CHARACTERS))


def _number(cell: object) -> float:
    return cell if isinstance(cell, int | float) else 0


def _is_number(section: Section, place: int) -> bool:
    return any(isinstance(row[place], int | float) for row in section.rows)
