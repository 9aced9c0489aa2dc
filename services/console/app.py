"""The console: what serves its pages, and its life from start to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from libraries.chassis.running.serving import Port, bound_socket
from libraries.chassis.servers.migration import check_migrated
from services.console.asking import MOST_BODY_BYTES, Refused, reader_of
from services.console.database import SCHEMA, Busy, ConsoleDatabase
from services.console.pages.audit import Audit
from services.console.pages.now import Now
from services.console.pages.programme import Programme
from services.console.pages.repair import Repair
from services.console.pages.signing_in import SigningIn
from services.console.pages.stories import Stories
from services.console.premises import Premises
from services.console.rendering import Rendering
from services.console.settings import ConsoleSettings
from services.console.signing import Signer
from services.console.watching.ends import Ends
from services.console.watching.watch import Watch

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
_STATIC: Final = "/static"
_AWAY: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.LockNotAvailableError,
    asyncpg.InsufficientResourcesError,
    OSError,
    TimeoutError,
)
"""What passes by itself: a database that is away, busy, or slower than a page may wait."""


class Console:
    """All pages, behind one guard that says with each answer what a browser may do with it."""

    def __init__(
        self,
        settings: ConsoleSettings,
        log: FilteringBoundLogger,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        signer = Signer(settings.console_key.get_secret_value())
        self.database = ConsoleDatabase(settings.database, settings.database_connections)
        self.watch = Watch(self.database, Ends(settings.cluster), log, clock)
        self._premises = Premises(settings, self.database, self.watch, signer, Rendering(signer, clock), log, clock)
        parts = (SigningIn, Now, Stories, Repair, Programme, Audit)
        routes: list[BaseRoute] = [route for part in parts for route in part(self._premises).routes]
        static = Mount(_STATIC, StaticFiles(packages=[("services.console", "static")]))
        failures = {Busy: self._busy, Refused: self._refuse, HTTPException: self._refuse_http, Exception: self._fail}
        handlers = {**failures, **dict.fromkeys(_AWAY, self._busy)}
        self._application = Starlette(routes=[*routes, static], exception_handlers=handlers)  # type: ignore[arg-type]

    async def open(self) -> None:
        """Connects, and begins to watch; raises what the database raises, and MigrationError."""
        await self.database.open()
        async with self.database.within() as connection:
            await check_migrated(connection, SCHEMA)
        await self.watch.open()

    async def close(self) -> None:
        """Lets go of all connections."""
        await self.watch.close()
        await self.database.close()

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
        reader = reader_of(request, self._premises.signer, self._premises.clock())
        why = reader.say(refused.french, refused.english)
        return self._premises.rendering.page(reader, "refused.html", status=refused.status, why=why)

    async def _refuse_http(self, request: Request, error: HTTPException) -> Response:
        reader = reader_of(request, self._premises.signer, self._premises.clock())
        return self._premises.rendering.page(reader, "refused.html", status=error.status_code, why=None)

    async def _fail(self, request: Request, error: Exception) -> Response:
        # Its words may quote what somebody wrote: the log says of what kind it is, and where.
        self._premises.log.error("a page failed", action="show", path=request.url.path, exc_info=error)
        reader = reader_of(request, self._premises.signer, self._premises.clock())
        why = reader.say("Une erreur de notre part : le journal dit où.", "A mistake of ours: the log says where.")
        return self._premises.rendering.page(reader, "refused.html", status=500, why=why)

    async def _busy(self, request: Request, error: Exception) -> Response:
        self._premises.log.warning("a page was not shown", action="show", error=type(error).__name__)
        reader = reader_of(request, self._premises.signer, self._premises.clock())
        return self._premises.rendering.page(reader, "busy.html", status=503)


def health_of(console: Console) -> ASGIApp:
    """What says whether the console is alive, and ready to show pages."""

    async def live(request: Request) -> Response:
        return _verdict([])

    async def ready(request: Request) -> Response:
        try:
            async with console.database.within() as connection:
                await connection.fetchval("SELECT 1")
        except (Busy, asyncpg.PostgresError, *_AWAY):
            return _verdict(["the database does not answer"])
        return _verdict([])

    return Starlette(routes=[Route("/health/live", live), Route("/health/ready", ready)])


def _verdict(problems: list[str]) -> Response:
    body = orjson.dumps({"status": "failing" if problems else "ok", "problems": problems})
    return Response(body, 503 if problems else 200, media_type="application/json")


async def run(settings: ConsoleSettings, log: FilteringBoundLogger) -> int:
    """Serves the console until SIGTERM or SIGINT; returns the exit code.

    Raises SettingsError for a port that can't be had, MigrationError for a schema that is not up to date, and what the
    database raises.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    console = Console(settings, log)
    limits = settings.http_limits
    health = bound_socket(settings.health_host, settings.health_port, "ENGAGE_HEALTH")
    public = bound_socket(settings.http_host, settings.http_port, "ENGAGE_HTTP")
    await console.open()
    ports = [
        Port(health_of(console), health, limits, body_bytes=0),
        Port(console, public, limits, body_bytes=MOST_BODY_BYTES),
    ]
    log.info("the console is open", action="start")
    serving = [asyncio.create_task(port.run_until_closed()) for port in ports]
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([*serving, stopping], return_when=asyncio.FIRST_COMPLETED)
    fell = not stop.is_set()
    for port in ports:
        port.close()
    await asyncio.gather(*serving, return_exceptions=True)
    await console.close()
    return 1 if fell else 0
