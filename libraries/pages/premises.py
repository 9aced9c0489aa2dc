"""What every page works with, and who may ask for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from structlog.typing import FilteringBoundLogger

from libraries.pages.asking import Fields, form_of, reader_of
from libraries.pages.database import PagesDatabase
from libraries.pages.reader import Reader
from libraries.pages.rendering import Rendering
from libraries.pages.signing import Signer, Ticket
from libraries.pages.site import Site

OWN: Final = "own"
"""The right of whoever is let in at all, if only to one matter: to what they said themselves, and to leave."""

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Premises:
    """The service's own name and rights, its database, the signer, what renders, the log, and the clock."""

    site: Site
    database: PagesDatabase
    signer: Signer
    rendering: Rendering
    log: FilteringBoundLogger
    clock: Callable[[], datetime]

    def reader(self, request: Request) -> Reader:
        """Who asks."""
        return reader_of(request, self.site, self.signer, self.clock())

    def shown(self, show: Callable[[Request, Reader], Awaitable[Response]], right: str = "look") -> Endpoint:
        """An endpoint that shows a page to who may see it."""

        async def endpoint(request: Request) -> Response:
            reader = self.reader(request)
            refused = self._refused(request, reader, right)
            return await show(request, reader) if refused is None else refused

        return endpoint

    def taken(self, take: Callable[[Request, Reader, Fields], Awaitable[Response]], right: str) -> Endpoint:
        """An endpoint that takes a form of its own pages from who may send it."""

        async def endpoint(request: Request) -> Response:
            reader = self.reader(request)
            refused = self._refused(request, reader, right)
            if refused is not None:
                return refused
            return await take(request, reader, await form_of(request, reader, self.signer))

        return endpoint

    def keep_session(self, answer: Response, session: Ticket) -> None:
        """Has a browser keep a session: it is the cookie itself, signed, and over after some hours."""
        self.set_cookie(
            answer, self.site.cookie, self.signer.seal("session", session), int(self.site.session.total_seconds())
        )

    def set_cookie(self, answer: Response, name: str, value: str, seconds: int) -> None:
        """Has a browser keep a cookie for so long, which no other site and no script gets."""
        secure = self.site.address.startswith("https://")
        answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="strict", secure=secure)

    def _refused(self, request: Request, reader: Reader, right: str) -> Response | None:
        if reader.session is None:
            return self.rendering.page(reader, "outside.html", status=401)
        matter_id = reader.session.matter_id
        is_within = matter_id is None or right == OWN or matter_id in request.path_params.values()
        if is_within and self.site.may(reader.session, "look" if right == OWN else right):
            return None
        return self.rendering.page(reader, "refused.html", status=403, why=None)
