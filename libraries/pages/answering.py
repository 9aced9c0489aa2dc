"""What serves a service's pages: one guard that says with each answer what a browser may do with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import asyncpg
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from libraries.links.desk import DESK_PATH
from libraries.pages.asking import OfAnotherSession, Refused
from libraries.pages.database import Busy
from libraries.pages.premises import Premises

HEADERS: Final = {
    # What this address serves itself, and nothing that stands in a page; shown in no frame, and sent nowhere else.
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
AWAY: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.LockNotAvailableError,
    asyncpg.InsufficientResourcesError,
    OSError,
    TimeoutError,
)
"""What passes by itself: a database that is away, busy, or slower than a page may wait."""

_STATIC: Final = "/static"


class Answering:
    """All routes of a service, its static files over those that all share, and a page for each way to fail."""

    def __init__(self, premises: Premises, routes: Sequence[BaseRoute]) -> None:
        self._premises = premises
        packages: list[str | tuple[str, str]] = [
            (package, "static") for package in (premises.site.package, "libraries.pages")
        ]
        static = Mount(_STATIC, StaticFiles(packages=packages))
        failures = {
            Busy: self._busy,
            Refused: self._refuse,
            OfAnotherSession: self._ask_again,
            HTTPException: self._refuse_http,
            Exception: self._fail,
        }
        handlers = {**failures, **dict.fromkeys(AWAY, self._busy)}
        self._application = Starlette(routes=[*routes, static], exception_handlers=handlers)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        kept = "public, max-age=86400" if scope["path"].startswith(_STATIC) else "no-store"

        async def guarded(message: Message) -> None:
            # Here, so that no answer goes without: not found and too large are answered elsewhere.
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update({**HEADERS, "cache-control": kept})
            await send(message)

        await self._application(scope, receive, guarded)

    async def _refuse(self, request: Request, refused: Refused) -> Response:
        reader = self._premises.reader(request)
        why = reader.say(refused.french, refused.english)
        return self._premises.rendering.page(
            reader, "refused.html", status=refused.status, why=why, back=_back(request)
        )

    async def _ask_again(self, request: Request, refused: OfAnotherSession) -> Response:
        # Nobody but who is signed in sees this page, and it sends nothing by itself: another site's page gains nothing.
        reader = self._premises.reader(request)
        kept = {name: values for name, values in refused.fields.items() if name != "form_token"}
        return self._premises.rendering.page(
            reader, "again.html", status=refused.status, path=request.url.path, kept=kept
        )

    async def _refuse_http(self, request: Request, error: HTTPException) -> Response:
        reader = self._premises.reader(request)
        return self._premises.rendering.page(
            reader, "refused.html", status=error.status_code, why=None, back=_back(request)
        )

    async def _fail(self, request: Request, error: Exception) -> Response:
        # Its words may quote what somebody wrote: the log says of what kind it is, and where.
        # Nor its address, which may hold a right: by which route it was asked for.
        route = getattr(request.scope.get("route"), "path", None)
        self._premises.log.error("a page failed", action="show", route=route, exc_info=error)
        reader = self._premises.reader(request)
        why = reader.say("Une erreur de notre part\u00a0: le journal dit où.", "A mistake of ours: the log says where.")
        return self._premises.rendering.page(reader, "refused.html", status=500, why=why, back=_back(request))

    async def _busy(self, request: Request, error: Exception) -> Response:
        self._premises.log.warning("a page was not shown", action="show", error=type(error).__name__)
        return self._premises.rendering.page(self._premises.reader(request), "busy.html", status=503)


def _back(request: Request) -> str:
    """Where somebody goes on who was refused: who has nothing but a link goes back to its page."""
    return request.url.path if request.url.path.startswith(DESK_PATH) else "/"
