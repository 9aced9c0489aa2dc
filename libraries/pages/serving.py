"""The life of a service of pages from start to stop: its two ports, its health, and how it ends."""

from __future__ import annotations

import asyncio
import signal
from typing import Protocol

import asyncpg
import orjson
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from libraries.chassis.running.http_port import Port, bound_socket
from libraries.chassis.settings import Settings
from libraries.chassis.watching.catalogue import REGISTRY
from libraries.pages.answering import AWAY
from libraries.pages.asking import MOST_BODY_BYTES
from libraries.pages.database import Busy, PagesDatabase
from libraries.pages.measuring import measured


class Pages(Protocol):
    """A service of pages: it opens what it needs, answers, and closes it again."""

    database: PagesDatabase

    async def open(self) -> None:
        """Connects; raises what the database raises, and MigrationError."""

    async def close(self) -> None:
        """Lets go of all connections."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""


def health_of(database: PagesDatabase) -> ASGIApp:
    """What says whether pages are alive, ready to be shown, and how they do, in the metrics of all services."""

    async def live(request: Request) -> Response:
        return _verdict([])

    async def ready(request: Request) -> Response:
        try:
            async with database.within() as connection:
                await connection.fetchval("SELECT 1")
        except (Busy, asyncpg.PostgresError, *AWAY):
            return _verdict(["the database does not answer"])
        return _verdict([])

    async def metrics(request: Request) -> Response:
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(REGISTRY), headers={"content-type": kind})

    return Starlette(routes=[Route("/health/live", live), Route("/health/ready", ready), Route("/metrics", metrics)])


def _verdict(problems: list[str]) -> Response:
    body = orjson.dumps({"status": "failing" if problems else "ok", "problems": problems})
    return Response(body, 503 if problems else 200, media_type="application/json")


async def serve(pages: Pages, settings: Settings, log: FilteringBoundLogger) -> int:
    """Serves pages until SIGTERM or SIGINT; returns the exit code.

    Raises SettingsError for a port that can't be had, MigrationError for a schema that is not up to date, and what the
    database raises.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    limits = settings.http_limits
    health = bound_socket(settings.health_host, settings.health_port, "ENGAGE_HEALTH")
    public = bound_socket(settings.http_host, settings.http_port, "ENGAGE_HTTP")
    await pages.open()
    ports = [
        Port(health_of(pages.database), health, limits, body_bytes=0),
        Port(measured(pages), public, limits, body_bytes=MOST_BODY_BYTES),
    ]
    for port in ports:
        port.listen()
    log.info("pages are open", action="start")
    serving = [asyncio.create_task(port.run_until_closed()) for port in ports]
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([*serving, stopping], return_when=asyncio.FIRST_COMPLETED)
    fell = not stop.is_set()
    for port in ports:
        port.close()
    await asyncio.gather(*serving, return_exceptions=True)
    await pages.close()
    return 1 if fell else 0
