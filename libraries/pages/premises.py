"""What every page works with, and who may ask for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final, TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from structlog.typing import FilteringBoundLogger

from libraries.pages.asking import Fields, form_of, reader_of
from libraries.pages.database import PagesDatabase
from libraries.pages.reader import Reader
from libraries.pages.rendering import Rendering
from libraries.pages.sessions import Sessions
from libraries.pages.signing import Signer
from libraries.pages.site import Site

OWN: Final = "own"
"""The right of whoever is let in at all, if only to one matter: to what they said themselves, and to leave."""

LEAVE_PATH: Final = "/leave"
"""Where who is signed in ends their session."""

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Premises:
    """The service's own name and rights, its database, sessions, the signer, what renders, the log, and the clocks.

    Sessions go by `clock`, which is the machine's; what people say, and what is due, by the programme's.
    """

    site: Site
    database: PagesDatabase
    sessions: Sessions
    signer: Signer
    rendering: Rendering
    log: FilteringBoundLogger
    clock: Callable[[], datetime]
    programme_clock: Callable[[], datetime]

    def reader(self, request: Request) -> Reader:
        """Who asks, as far as it is known without a look into the database."""
        reader = reader_of(request, self.site, self.signer, self.clock())
        if reader.session is not None and self.sessions.has_ended(reader.session.id):
            return Reader(reader.language)
        return reader

    async def visitor(self, request: Request) -> Reader:
        """Who asks: nobody whose session was ended more than a second ago; raises what the database raises."""
        await self.sessions.look()
        return self.reader(request)

    def shown(self, show: Callable[[Request, Reader], Awaitable[Response]], right: str = "look") -> Endpoint:
        """An endpoint that shows a page to who may see it."""

        async def endpoint(request: Request) -> Response:
            reader = await self.visitor(request)
            refused = self._refused(request, reader, right)
            return await show(request, reader) if refused is None else refused

        return endpoint

    def taken(self, take: Callable[[Request, Reader, Fields], Awaitable[Response]], right: str | None) -> Endpoint:
        """An endpoint that takes a form of its own pages from who may send it: without a right, from who signed in."""

        async def endpoint(request: Request) -> Response:
            reader = await self.visitor(request)
            refused = self._refused(request, reader, right)
            if refused is not None:
                return refused
            return await take(request, reader, await form_of(request, reader, self.signer))

        return endpoint

    def outside(self, request: Request, reader: Reader, status: int) -> Response:
        """What somebody is shown who has not signed in; where they do, they come back to what they asked for."""
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        goes_on = asked if request.method == "GET" and status == HTTPStatus.UNAUTHORIZED else "/"
        # Who enters sends a form as well, and who leaves; nothing that they wrote is waiting.
        is_unsent = request.method == "POST" and status == HTTPStatus.UNAUTHORIZED and request.url.path != LEAVE_PATH
        return self.rendering.page(reader, "outside.html", status=status, goes_on=goes_on, is_unsent=is_unsent)

    def _refused(self, request: Request, reader: Reader, right: str | None) -> Response | None:
        if reader.session is None:
            return self.outside(request, reader, HTTPStatus.UNAUTHORIZED)
        matter_id = reader.session.matter_id
        is_within = matter_id is None or right in (None, OWN) or matter_id in request.path_params.values()
        if is_within and (right is None or self.site.may(reader.session, "look" if right == OWN else right)):
            return None
        return self.rendering.page(reader, "refused.html", status=403, why=None)
