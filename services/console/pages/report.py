"""What came of an edition, or of all: tables with a plot beside each."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libraries.pages.asking import Refused
from libraries.pages.bars import plots
from libraries.pages.reader import Reader
from services.console.premises import Premises
from services.journal import operations
from services.journal.reports.telling import sections_of, title_of

_LONGEST_NAME: Final = 100


class Report:
    """The report of an edition out of the journal; it counts, and names nobody."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [Route("/programme/report", premises.shown(self._show), methods=["GET"])]

    async def _show(self, request: Request, reader: Reader) -> Response:
        edition = request.query_params.get("edition", "")[:_LONGEST_NAME] or None
        async with self._premises.database.within("journal") as connection:
            editions = await operations.read_editions(connection)
            try:
                report = await operations.read_report(connection, edition)
            except operations.NothingFound:
                raise Refused(404, "Cette édition n’est pas connue.", "This edition is not known.") from None
        sections = sections_of(report, reader.language)
        values: dict[str, Any] = {
            "title": title_of(report, reader.language),
            "sections": [(section, plots(section.rows, section.drawn)) for section in sections],
            "editions": editions,
            "edition": edition,
            "here_too": "report",
        }
        return self._premises.rendering.page(reader, "report.html", here="programme", **values)
