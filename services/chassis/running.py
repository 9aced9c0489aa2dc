"""Runs a service: its settings, its lanes, its duties and its HTTP side, from start to stop."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import orjson
import uvicorn
from faststream.asgi import AsgiFastStream, AsgiResponse, get
from prometheus_client import generate_latest
from structlog.typing import FilteringBoundLogger

from services.chassis import metrics
from services.chassis.consumer import Consumer
from services.chassis.database import Database
from services.chassis.duties import DutyRoster
from services.chassis.faults import fault_at
from services.chassis.health import Health
from services.chassis.log import named
from services.chassis.migration import check_migrated
from services.chassis.relay import Publisher
from services.chassis.service import Service
from services.chassis.settings import Settings
from services.chassis.surroundings import Bell, Surroundings

_OFFSETS_SECONDS = 1.0


class Running:
    """A running service; `start` and `stop` in this order, each once."""

    def __init__(self, service: Service, settings: Settings, log: FilteringBoundLogger) -> None:
        self._around = Surroundings(
            service=service,
            settings=settings,
            database=Database(str(settings.database_url), service.name, settings.database_connections),
            publisher=Publisher(settings.cluster, service.name),
            log=log,
            clock=lambda: datetime.now(UTC),
            reached=fault_at(settings.fault_point),
            stopping=asyncio.Event(),
            bell=Bell(),
        )
        self.consumer = Consumer(self._around)
        self.roster = DutyRoster(self._around)
        self.health = Health(self._around, self.consumer, self.roster)
        self.http = service.http(self._around) if service.http else None
        self._side_tasks: list[asyncio.Task[None]] = []

    async def prepare(self) -> None:
        """Before the broker starts: the database, whose schema must be up to date, and the producer.

        Raises MigrationError; raises what asyncpg and aiokafka raise where a server is away.
        """
        await self._around.database.open()
        async with self._around.database.pool.acquire() as connection:
            await check_migrated(connection, self._around.service.name)
        await self._around.publisher.start()
        if self.http is not None:
            await self.http.open()

    async def begin(self) -> None:
        """After the broker started: the tasks beside the loop."""
        self.consumer.watch_polls()
        # What was loaded so far lives as long as the process: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
        self._side_tasks = [asyncio.create_task(work) for work in (self._keep_house(), self.roster.run())]
        for task in self._side_tasks:
            task.add_done_callback(self._notice_end)
        self._around.log.info("started", action="start")

    def _notice_end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.consumer.fail(error)

    async def stop(self) -> None:
        """Finishes what is in flight, publishes what was committed, and lets go, in bounded time."""
        self._around.stopping.set()
        for task in self._side_tasks:
            task.cancel()
        await asyncio.gather(*self._side_tasks, return_exceptions=True)
        try:
            await asyncio.wait_for(self._settle(), self._around.settings.stop_seconds)
        except Exception as error:
            self._around.log.warning("stopped with a backlog", action="stop", error=named(error))

    async def _settle(self) -> None:
        # Neither waits for the other: a mail server that hangs must not keep the lanes from settling.
        outcomes = await asyncio.gather(self.consumer.settle(), self.roster.stop(), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                self._around.log.warning("stopped with a backlog", action="stop", error=named(outcome))
        with suppress(Exception):
            await self.consumer.commit_offsets()

    async def close(self) -> None:
        """After the broker stopped: the connections."""
        for lane in self.consumer.lanes:
            await lane.close()
        for duty_lane in self.roster.lanes.values():
            await duty_lane.close()
        if self.http is not None:
            await self.http.close()
        await self._around.publisher.stop()
        await self._around.database.close()
        self._around.log.info("stopped", action="stop")

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(_OFFSETS_SECONDS)
            try:
                await self.consumer.commit_offsets()
            except Exception as error:  # only a hint for lag tools; the next one says it again
                self._around.log.warning("offsets not committed", action="commit-offsets", error=named(error))


def application(running: Running) -> Callable[[Any, Any, Any], Awaitable[None]]:
    """The service as an ASGI application: health, metrics, its own HTTP side, FastStream's broker in its lifespan."""
    health = running.health

    @get
    async def live(scope: object) -> AsgiResponse:
        return _verdict(health.alive())

    @get
    async def ready(scope: object) -> AsgiResponse:
        return _verdict(health.ready())

    @get
    async def measured(scope: object) -> AsgiResponse:
        with suppress(Exception):  # the database may be away: the other numbers are wanted all the more
            await health.measure()
        return AsgiResponse(generate_latest(metrics.REGISTRY), 200, {"content-type": "text/plain; version=0.0.4"})

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        await running.prepare()
        try:
            yield
        finally:
            await running.close()

    watched = AsgiFastStream(
        running.consumer.broker,
        logger=None,
        lifespan=lifespan,
        after_startup=[running.begin],
        on_shutdown=[running.stop],
        asgi_routes=[("/health/live", live), ("/health/ready", ready), ("/metrics", measured)],
    )
    http = running.http
    if http is None:
        return watched

    async def divided(scope: Any, receive: Any, send: Any) -> None:
        own = scope["type"] == "http" and scope["path"].startswith(http.prefix)
        await (http if own else watched)(scope, receive, send)

    return divided


def _verdict(problems: list[str]) -> AsgiResponse:
    body = orjson.dumps({"status": "failing" if problems else "ok", "problems": problems})
    return AsgiResponse(body, 503 if problems else 200, {"content-type": "application/json"})


async def serve(service: Service, settings: Settings, log: FilteringBoundLogger) -> int:
    """Runs a service until SIGTERM or SIGINT; returns the exit code: 1 where it stopped itself."""
    running = Running(service, settings, log)
    server = uvicorn.Server(
        uvicorn.Config(
            application(running),
            host=settings.http_host,
            port=settings.http_port,
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=5,
        )
    )

    async def stop_on_failure() -> None:
        await running.consumer.fatal.wait()
        server.should_exit = True

    watch = asyncio.create_task(stop_on_failure())
    await server.serve()
    watch.cancel()
    return 1 if running.consumer.failed is not None or not server.started else 0
