"""A running service: its lanes, its duties, its relay and its HTTP side, from start to stop."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from structlog.typing import FilteringBoundLogger

from libraries.chassis.database import Database, is_transient, role_of
from libraries.chassis.door import Premises
from libraries.chassis.erasures import empty_old_held
from libraries.chassis.lanes.commits import Commits
from libraries.chassis.lanes.committer import Committer
from libraries.chassis.lanes.holding import Quota
from libraries.chassis.lanes.ledger import QUERIES, Ledger
from libraries.chassis.outbox.relay import Relay
from libraries.chassis.process.backoff import Stopping, within
from libraries.chassis.process.deadlines import LOOK_SECONDS, REHEARSED_LOOK_SECONDS, Deadlines
from libraries.chassis.process.faults import fault_at
from libraries.chassis.process.surroundings import Surroundings
from libraries.chassis.programmes import OtherProgramme
from libraries.chassis.running.duties import DutyRoster, lock_key
from libraries.chassis.running.health import Health
from libraries.chassis.running.measuring import Measuring
from libraries.chassis.running.membership import Membership
from libraries.chassis.running.ownership import Ownership
from libraries.chassis.running.pulse import Pulse
from libraries.chassis.running.resting import Resting
from libraries.chassis.running.ruling import Ruling
from libraries.chassis.servers.faststream_kafka import FastStreamKafka
from libraries.chassis.servers.migration import check_migrated
from libraries.chassis.servers.pace import Pace
from libraries.chassis.servers.port import Kafka
from libraries.chassis.service import Service
from libraries.chassis.settings import Settings
from libraries.chassis.sources import sources_of
from libraries.chassis.watching.log import named
from libraries.clocks.machine import machine_time
from libraries.clocks.programme import programme_clock

_HOUSE_SECONDS: Final = 2.0
"""How long an operator's word may go unheard: an idle service spends most of what it spends on listening for it."""

_BETWEEN_EMPTYINGS: Final = timedelta(hours=1)


class Running:
    """A running service; `prepare`, `begin`, `stop` and `close` in this order, each once."""

    def __init__(
        self, service: Service, settings: Settings, log: FilteringBoundLogger, *, kafka: Kafka | None = None
    ) -> None:
        service = replace(service, sources=sources_of(settings.sources_file))
        if not service.sources.are_listed:
            log.warning("any form may publish: ENGAGE_SOURCES_FILE lists none", action="start")
        self.around = around = Surroundings(
            service=service,
            settings=settings,
            database=Database(settings.database, service.name, settings.database_connections),
            log=log,
            machine_clock=machine_time,
            programme_clock=(clock := programme_clock()),
            reached=fault_at(settings.fault_point),
            deadlines=Deadlines(clock, look_seconds=REHEARSED_LOOK_SECONDS if clock.is_rehearsed else LOOK_SECONDS),
        )
        self.kafka = kafka or _cluster(service, settings)
        self.relay = Relay(
            self.kafka,
            f"urn:engage:{service.name}",
            log,
            around.reached,
            around.troubles,
            around.stopping,
            backlog=settings.relay_backlog,
        )
        self._quota = Quota(settings.dead_letter_bytes)
        self._ledger = Ledger(around.database, around.reached)
        self._commits = Commits(around, self._ledger, self.relay, self._quota)
        self.committer = Committer(around, self._ledger, self._commits)
        self.membership = Membership(around, self.kafka, self._ledger, self.relay, self.committer, self._commits)
        self.roster = DutyRoster(around, self._ledger, self.relay, self.committer, self._commits)
        premises = Premises(settings.cluster, around.database, log, clock, service.sources)
        self.http = service.http(premises) if service.http else None
        self.fatal = asyncio.Event()
        self._ownership = Ownership(around, lock_key(service.name, "owner"))
        self._ruling = Ruling(around)
        self._pulse = Pulse(around, self.kafka)
        self.health = Health(around, self._ownership, self.membership, self.committer, self.relay)
        self.measuring = Measuring(around, self.kafka, self._ownership, self.committer, self.relay)
        self.resting = Resting(around, self.committer, self.relay, self.roster)
        self._tasks: list[asyncio.Task[None]] = []
        self._emptied_at = datetime.min.replace(tzinfo=UTC)

    @property
    def failed(self) -> BaseException | None:
        """The error that nobody foresaw, for which the service stops itself."""
        return self.health.failed

    async def prepare(self) -> None:
        """The database, whose schema must be up to date, Kafka, and what the service answers over HTTP.

        Raises MigrationError, and OtherProgramme where another programme is in force; raises what asyncpg raises, or
        NotSent, where a server is away.
        """
        await self.around.database.open()
        async with self.around.database.pool.acquire() as connection:
            await check_migrated(connection, self.around.service.name)
            if await connection.fetchval("SELECT session_user") != role_of(self.around.service.name):
                self.around.log.warning("the database's login is not the service's own: it may do more", action="start")
            self._quota.kept([(row[0], row[1]) for row in await connection.fetch(QUERIES["kept_bytes"])])
        await self._ruling.keep()
        await self.kafka.start()
        if self.http is not None:
            await self.http.open()

    async def begin(self) -> None:
        """Starts all parts."""
        # What was loaded so far lives as long as the process: the collector need not look at it again. A cycle makes
        # tens of thousands of values and no circles, so it is asked seldom.
        gc.collect()
        gc.freeze()
        gc.set_threshold(100_000, 50, 100)
        self.relay.start()
        self._start(self._pulse.run())
        self._start(self._take_part())
        self.around.log.info("started", action="start")

    async def _take_part(self) -> None:
        if self.around.service.single_writer:
            await self._ownership.won()
            await self._ruling.keep()  # while it stood by, its share may have gone with a connection
        await self._join()
        for work in (
            self.membership.read(),
            self.membership.reopen(),
            self.committer.run(),
            self.roster.run(),
            self._keep_house(),
        ):
            self._start(work)

    async def _join(self) -> None:
        while True:
            try:
                await self.membership.join()
            except Stopping:
                raise
            except Exception as error:
                self.around.log.warning("not joined", action="join", error=named(error))
                self.around.troubles.failed("joining Kafka's group", named(error))
                if await within(self.around.stopping.wait(), _HOUSE_SECONDS):
                    raise Stopping from error
            else:
                self.around.troubles.went_well("joining Kafka's group")
                return

    def _start(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        task.add_done_callback(self._notice_end)
        self._tasks.append(task)

    def _notice_end(self, task: asyncio.Task[None]) -> None:
        """A part that ends unforeseen ends the service: it would look alive without it."""
        if not task.cancelled() and (error := task.exception()) is not None and not isinstance(error, Stopping):
            self.fail(error)

    def fail(self, error: BaseException) -> None:
        """Stops the service for an error that nobody foresaw."""
        if self.health.failed is None:
            self.health.failed = error
            self.around.log.critical("the service stops itself", action="stop", exc_info=error)
            self.fatal.set()

    async def stop(self) -> None:
        """Finishes what is in flight, publishes what was committed, and lets go, in bounded time."""
        self.around.stopping.set()
        self.committer.filled.set()
        if not await within(self._settle(), self.around.settings.stop_seconds):
            self.around.log.warning("stopped with a backlog", action="stop")
        for task in self._tasks:
            task.cancel()
        # A rollback over a network that swallows everything waits for a minute: closing the database ends it.
        await asyncio.wait(self._tasks, timeout=self.around.settings.stop_seconds)

    async def _settle(self) -> None:
        # Neither waits for the other: a mail server that hangs must not keep the lanes from settling.
        for outcome in await asyncio.gather(self._settle_lanes(), self.roster.stop(), return_exceptions=True):
            if isinstance(outcome, BaseException):
                self.around.log.warning("stopped with a backlog", action="stop", error=named(outcome))
        with suppress(Exception):
            await self.membership.settle()  # what duties published last

    async def _settle_lanes(self) -> None:
        if self.membership.assigned_once:
            await self.membership.settle()

    async def close(self) -> None:
        """Lets go of the connections."""
        # Who uses a connection ends before it, and the owner's lock is given up last: its successor finds all at rest.
        await self.relay.stop()
        if self.http is not None:
            await self.http.close()
        await self.kafka.stop()
        await self._ownership.give_up()
        self._ruling.give_up()
        self._pulse.stop()
        await self.around.database.close()
        self.around.log.info("stopped", action="stop")

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(_HOUSE_SECONDS)
            if self.around.service.single_writer and not self._ownership.is_held:
                # Fenced in any case; whoever lost the lock must not fight the one who has it.
                raise ConnectionError("the lock of the single writer was lost with its connection")
            try:
                await self._ruling.keep()
                if await self.membership.keep_house():
                    self.roster.wake()
                await self._empty_old()
            except OtherProgramme:
                raise
            except Exception as error:  # the next one does it
                if not is_transient(error):  # what passes by itself is seen by the pulse
                    self.around.troubles.failed("hearing operators", named(error))
                self.around.log.warning("house not kept", action="keep-house", error=named(error))
            else:
                self.around.troubles.went_well("hearing operators")

    async def _empty_old(self) -> None:
        """Empties what was held too long ago: once an hour, since a day more or less is nothing beside the months."""
        now = self.around.machine_clock()
        if now >= self._emptied_at + _BETWEEN_EMPTYINGS:
            self._emptied_at = now
            async with self.around.database.pool.acquire() as connection:
                await empty_old_held(connection, now - timedelta(days=self.around.settings.held_days))


def _cluster(service: Service, settings: Settings) -> Kafka:
    pace = Pace(
        busy_wait_ms=settings.fetch_wait_ms,
        session_timeout_ms=settings.session_timeout_ms,
        stop_ms=int(settings.stop_seconds * 1000),
    )
    return FastStreamKafka(settings.cluster, f"engage-{service.name}", pace)
