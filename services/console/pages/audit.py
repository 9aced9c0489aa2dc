"""The audit: what was done in the console, by whom and why."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libraries.pages.asking import Refused
from libraries.pages.reader import Reader
from libraries.pages.signing import MOST_NAME_CHARACTERS
from services.console import store
from services.console.premises import Premises

_LARGEST: int = 2**63 - 1


class Audit:
    """Lists what was done, the last first, a hundred lines a page."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [Route("/audit", premises.shown(self._show, "audit"), methods=["GET"])]

    async def _show(self, request: Request, reader: Reader) -> Response:
        who = request.query_params.get("who", "").strip()[:MOST_NAME_CHARACTERS] or None
        before = _number(request.query_params.get("before"))
        what = "look" if request.query_params.get("only") == "looks" else None
        async with self._premises.database.within() as connection:
            lines = await store.read_audit(connection, before=before, who=who, what=what)
        more = lines[-1]["id"] if len(lines) == store.MOST_LINES else None
        return self._premises.rendering.page(
            reader, "audit.html", here="audit", lines=lines, who=who, what=what, more=more
        )


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or int(text[:20]) > _LARGEST:
        raise Refused(422, "«\u00a0before\u00a0» doit être un nombre.", "“before” has to be a number.")
    return int(text)
