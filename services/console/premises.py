"""What every page works with, and who may ask for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from structlog.typing import FilteringBoundLogger

from services.console.asking import Fields, form_of, reader_of
from services.console.database import ConsoleDatabase
from services.console.rendering import Reader, Rendering
from services.console.settings import ConsoleSettings
from services.console.signing import Signer
from services.console.watching.watch import Watch

Right: TypeAlias = Literal["look", "repair", "audit"]
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Premises:
    """The database, the watch over the services, the signer, what renders, the log, and the clock."""

    settings: ConsoleSettings
    database: ConsoleDatabase
    watch: Watch
    signer: Signer
    rendering: Rendering
    log: FilteringBoundLogger
    clock: Callable[[], datetime]

    def shown(self, show: Callable[[Request, Reader], Awaitable[Response]], right: Right = "look") -> Endpoint:
        """An endpoint that shows a page to who may see it."""

        async def endpoint(request: Request) -> Response:
            reader = reader_of(request, self.signer, self.clock())
            refused = self._refused(reader, right)
            return await show(request, reader) if refused is None else refused

        return endpoint

    def taken(self, take: Callable[[Request, Reader, Fields], Awaitable[Response]], right: Right) -> Endpoint:
        """An endpoint that takes a form of its own pages from who may send it."""

        async def endpoint(request: Request) -> Response:
            reader = reader_of(request, self.signer, self.clock())
            refused = self._refused(reader, right)
            if refused is not None:
                return refused
            return await take(request, reader, await form_of(request, reader, self.signer))

        return endpoint

    def _refused(self, reader: Reader, right: Right) -> Response | None:
        if reader.session is None:
            return self.rendering.page(reader, "outside.html", status=401)
        may = {"look": True, "repair": reader.repairs, "audit": reader.audits}[right]
        return None if may else self.rendering.page(reader, "refused.html", status=403, why=None)
