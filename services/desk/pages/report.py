"""What came of an edition, or of all: figures with plots, and as files to take along."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.message import Language
from libraries.pages.asking import Refused
from libraries.pages.bars import plots
from libraries.pages.reader import Reader
from libraries.work_days.city import CITY
from services.desk.premises import Premises
from services.journal import operations as journal
from services.journal.reports.document import can_be_set, document_of, table_of
from services.journal.reports.model import EditionReport
from services.journal.reports.telling import sections_of, title_of

_LONGEST_NAME: Final = 100


class Report:
    """One report, read on a page or saved as a file; it counts, and names nobody."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        # A document takes a second of a core: one at a time.
        self._turn = asyncio.Lock()
        self.routes = [
            Route("/programme/report", premises.shown(self._show, "figures"), methods=["GET"]),
            Route("/programme/report.{form}", premises.shown(self._save, "figures"), methods=["GET"]),
        ]

    async def _show(self, request: Request, reader: Reader) -> Response:
        edition, editions, report = await self._read(request)
        values: dict[str, Any] = {
            "title": title_of(report, reader.language),
            "sections": [
                (section, plots(section.rows, section.drawn)) for section in sections_of(report, reader.language)
            ],
            "editions": editions,
            "edition": edition,
            "forms": [form for form in _FORMS if form != "pdf" or can_be_set()],
        }
        return self._premises.rendering.page(reader, "report.html", here="figures", **values)

    async def _save(self, request: Request, reader: Reader) -> Response:
        form = request.path_params["form"]
        if form not in _FORMS or (form == "pdf" and not can_be_set()):
            raise Refused(404, "Ce format n’existe pas ici.", "There is no such format here.")
        kind, write = _FORMS[form]
        _, _, report = await self._read(request)
        as_of = CITY.day_of(self._premises.programme_clock()).isoformat()
        async with self._turn:
            content = await asyncio.to_thread(write, report, reader.language, as_of)
        name = f"{reader.say('bilan', 'report')}-{as_of}.{form}"
        return Response(content, headers={"content-disposition": f'attachment; filename="{name}"'}, media_type=kind)

    async def _read(self, request: Request) -> tuple[str | None, tuple[str, ...], EditionReport]:
        edition = request.query_params.get("edition", "")[:_LONGEST_NAME] or None
        async with self._premises.database.within("journal") as connection:
            editions = await journal.read_editions(connection)
            try:
                return edition, editions, await journal.read_report(connection, edition)
            except journal.NothingFound:
                raise Refused(404, "Cette édition n’est pas connue.", "This edition is not known.") from None


def _as_pdf(report: EditionReport, language: Language, as_of: str) -> bytes:
    foot = f"Engage, état au {as_of}" if language == "fr" else f"Engage, as of {as_of}"
    return document_of(title_of(report, language), sections_of(report, language), foot, language)


def _as_csv(report: EditionReport, language: Language, as_of: str) -> bytes:
    # Spreadsheets take a table for Latin-1 that does not begin so.
    return table_of(sections_of(report, language), language).encode("utf-8-sig")


def _as_json(report: EditionReport, language: Language, as_of: str) -> bytes:
    return orjson.dumps(asdict(report), default=str, option=orjson.OPT_INDENT_2)


_FORMS: Final[Mapping[str, tuple[str, Callable[[EditionReport, Language, str], bytes]]]] = {
    "pdf": ("application/pdf", _as_pdf),
    "csv": ("text/csv; charset=utf-8", _as_csv),
    "json": ("application/json", _as_json),
}
"""As what a report can be saved: the kind of content, and what writes it."""
