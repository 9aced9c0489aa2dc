"""Sets the report of an edition as a PDF that screen readers can read (PDF/UA-1)."""

from __future__ import annotations

import importlib.resources
from collections.abc import Sequence

import orjson

from contracts.message import Language
from libraries.chassis.settings import SettingsError
from services.journal.reports.telling import Cell, Section


def document_of(title: str, sections: Sequence[Section], foot: str, language: Language) -> bytes:
    """The PDF of a report; raises SettingsError where what sets it is not installed."""
    try:
        import typst
    except ImportError:
        raise SettingsError("--pdf: needs typst, which is not installed: pip install 'engage[report]'") from None
    data = {
        "title": title,
        "author": "Engage",
        "foot": foot,
        "language": language,
        "plot": "Graphique" if language == "fr" else "Plot",
        "sections": [_section(section, language) for section in sections],
    }
    template = importlib.resources.files("deploy.report").joinpath("document.typ").read_bytes()
    # No fonts of the machine, so that the same report is the same document everywhere.
    compiled: bytes = typst.compile(
        template,
        sys_inputs={"report": orjson.dumps(data).decode()},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )
    return compiled


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
