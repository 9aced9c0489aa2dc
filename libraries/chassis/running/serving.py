"""Serves a running service over HTTP: what it answers on one port, health and metrics on another."""

from __future__ import annotations

import asyncio
import signal

import orjson
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.typing import FilteringBoundLogger

from libraries.chassis.programmes import OtherProgramme
from libraries.chassis.running.http_port import Port, bound_socket
from libraries.chassis.running.running import Running
from libraries.chassis.servers.migration import MigrationError
from libraries.chassis.service import Service
from libraries.chassis.settings import Settings
from libraries.chassis.transport import NotVerified
from libraries.chassis.trouble import trouble_of
from libraries.chassis.watching.catalogue import REGISTRY
from libraries.chassis.watching.otlp import start_tracing
from libraries.clocks.programme import programme_clock


def watched(running: Running) -> Starlette:
    """Health and metrics of a running service, and in a rehearsal whether it rests."""
    health = running.health

    async def live(request: Request) -> Response:
        return _verdict(health.alive())

    async def ready(request: Request) -> Response:
        return _verdict(health.ready())

    async def measured(request: Request) -> Response:
        await running.measuring.measure()
        # As the scraper asks for it: only OpenMetrics has room for exemplars.
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(REGISTRY), headers={"content-type": kind})

    async def rests(request: Request) -> Response:
        return Response(orjson.dumps(await running.resting.told()), media_type="application/json")

    routes = [Route("/health/live", live), Route("/health/ready", ready), Route("/metrics", measured)]
    if programme_clock().is_rehearsed:
        routes.append(Route("/rehearsal", rests))
    return Starlette(routes=routes)


def _verdict(problems: list[str]) -> Response:
    body = orjson.dumps({"status": "failing" if problems else "ok", "problems": problems})
    return Response(body, 503 if problems else 200, media_type="application/json")


async def serve(service: Service, settings: Settings, log: FilteringBoundLogger) -> int:
    """Runs a service until SIGTERM or SIGINT; returns the exit code: 1 where it stopped itself, or did not start.

    Raises SettingsError for a port that can't be had or traces that can't be told, MigrationError for a schema that is
    not up to date, OtherProgramme for a programme that is not in force, NotVerified for a database that does not prove
    who it is, and whatever `trouble_of` knows.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    running = Running(service, settings, log)
    ports = _ports(running, settings)
    end_tracing = start_tracing(service.name, running.measuring.version)
    try:
        return await _served(running, ports, stop, log)
    finally:
        end_tracing()


async def _served(running: Running, ports: list[Port], stop: asyncio.Event, log: FilteringBoundLogger) -> int:
    try:
        await running.prepare()
    except Exception as error:
        # What lies with a server or a right is told in one sentence by whoever started this.
        if isinstance(error, MigrationError | OtherProgramme | NotVerified) or trouble_of(error) is not None:
            raise
        log.critical("the service did not start", action="start", exc_info=error)
        return 1
    for port in ports:
        port.listen()
    await running.begin()
    serving = [asyncio.create_task(port.run_until_closed()) for port in ports]
    ending = [asyncio.create_task(event.wait()) for event in (stop, running.fatal)]
    await asyncio.wait([*serving, *ending], return_when=asyncio.FIRST_COMPLETED)
    for port in ports:
        port.close()
    for outcome in await asyncio.gather(*serving, return_exceptions=True):
        if isinstance(outcome, BaseException):
            running.fail(outcome)
    await running.stop()
    await running.close()
    return 1 if running.failed is not None else 0


def _ports(running: Running, settings: Settings) -> list[Port]:
    """The port of health and metrics, and that of the service's own routes, if it has any."""
    limits = settings.http_limits
    health = bound_socket(settings.health_host, settings.health_port, "ENGAGE_HEALTH")
    ports = [Port(watched(running), health, limits, body_bytes=0)]
    if (http := running.http) is not None:
        public = bound_socket(settings.http_host, settings.http_port, "ENGAGE_HTTP")
        ports.append(Port(http, public, limits, body_bytes=http.body_bytes))
    return ports
