"""What every page works with, and who may ask for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from structlog.typing import FilteringBoundLogger

from libraries.pages.asking import Fields, form_of, reader_of
from libraries.pages.database import PagesDatabase
from libraries.pages.reader import Reader
from libraries.pages.rendering import Rendering
from libraries.pages.signing import Signer
from libraries.pages.site import Site

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Premises:
    """The service's own name and rights, its database, the signer, what renders, the log, and the clocks.

    Sessions go by `clock`, which is the machine's; what people say, and what is due, by the programme's.
    """

    site: Site
    database: PagesDatabase
    signer: Signer
    rendering: Rendering
    log: FilteringBoundLogger
    clock: Callable[[], datetime]
    programme_clock: Callable[[], datetime]

    def reader(self, request: Request) -> Reader:
        """Who asks."""
        return reader_of(request, self.site, self.signer, self.clock())

    def shown(self, show: Callable[[Request, Reader], Awaitable[Response]], right: str = "look") -> Endpoint:
        """An endpoint that shows a page to who may see it."""

        async def endpoint(request: Request) -> Response:
            reader = self.reader(request)
            refused = self._refused(reader, right)
            return await show(request, reader) if refused is None else refused

        return endpoint

    def taken(self, take: Callable[[Request, Reader, Fields], Awaitable[Response]], right: str) -> Endpoint:
        """An endpoint that takes a form of its own pages from who may send it."""

        async def endpoint(request: Request) -> Response:
            reader = self.reader(request)
            refused = self._refused(reader, right)
            if refused is not None:
                return refused
            return await take(request, reader, await form_of(request, reader, self.signer))

        return endpoint

    def _refused(self, reader: Reader, right: str) -> Response | None:
        if reader.session is None:
            return self.rendering.page(reader, "outside.html", status=401)
        if self.site.may(reader.session, right):
            return None
        return self.rendering.page(reader, "refused.html", status=403, why=None)
