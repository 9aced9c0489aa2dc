"""A report as files for others: a PDF that screen readers can read (PDF/UA-1), and a table for spreadsheets."""

from __future__ import annotations

import csv
import importlib.resources
import importlib.util
import io
from collections.abc import Sequence
from typing import Final

import orjson

from contracts.message import Language
from libraries.chassis.settings import SettingsError
from libraries.spreadsheets import harmless
from services.journal.reports.telling import Cell, Section

_COLUMNS: Final = ("section", "row", "column", "value")


def can_be_set() -> bool:
    """Whether what sets documents is installed: it comes with `engage[report]`."""
    return importlib.util.find_spec("typst") is not None


def document_of(title: str, sections: Sequence[Section], foot: str, language: Language) -> bytes:
    """The PDF of a report; raises SettingsError where what sets it is not installed."""
    try:
        import typst
    except ImportError:
        raise SettingsError("a PDF needs typst, which is not installed: pip install 'engage[report]'") from None
    data = {
        "title": title,
        "author": "Engage",
        "foot": foot,
        "language": language,
        "plot": "Graphique" if language == "fr" else "Plot",
        "sections": [_section(section, language) for section in sections],
    }
    template = importlib.resources.files("services.journal.reports").joinpath("document.typ").read_bytes()
    # No fonts of the machine, so that the same report is the same document everywhere.
    compiled: bytes = typst.compile(
        template,
        sys_inputs={"report": orjson.dumps(data).decode()},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )
    return compiled


def table_of(sections: Sequence[Section], language: Language) -> str:
    """All figures as one table in CSV (RFC 4180): a line for each, by its section, its row and its column."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(("section", "ligne", "colonne", "valeur") if language == "fr" else _COLUMNS)
    for section in sections:
        for name, *cells in section.rows:
            lines.writerows(
                (section.title, _written(name), heading, "" if cell is None else _written(cell))
                for heading, cell in zip(section.headings[1:], cells, strict=True)
            )
    return written.getvalue()


def _written(cell: Cell) -> Cell:
    return harmless(cell) if isinstance(cell, str) else cell


def _section(section: Section, language: Language) -> dict[str, object]:
    return {
        "title": section.title,
        "headings": section.headings,
        "rows": section.rows,
        "shown": [[shown(cell, language) for cell in row] for row in section.rows],
        "drawn": section.drawn,
        "note": section.note,
        "text": all(isinstance(cell, str | None) for row in section.rows for cell in row),
    }


def shown(cell: Cell, language: Language) -> str:
    """A cell as people read it: a dash for nothing, digits grouped as the language has it."""
    if cell is None:
        return "—"
    if isinstance(cell, str):
        return cell
    text = f"{cell:,.0f}" if float(cell).is_integer() else f"{cell:,.1f}"
    return text.replace(",", "\u202f").replace(".", ",") if language == "fr" else text
