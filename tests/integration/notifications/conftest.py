"""The service's transactions as the chassis makes them, and a mail server that answers as a test wants."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any, Final, cast
from uuid import UUID

import asyncpg
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from asyncpg.connection import LoggedQuery

from contracts.event import Event
from libraries.chassis.database import role_of
from libraries.chassis.records.published import Cause, OutboxRow
from libraries.chassis.store import named_queries
from libraries.chassis.unit_of_work import UnitOfWork
from services.notifications.app import SERVICE
from services.notifications.city_services import CityService
from services.notifications.handlers.people import on_contact_retracted
from services.notifications.planned.rows import QUERIES, series_of
from services.notifications.store import NotificationStore
from tests.fakes import DutyLaneInTests
from tests.integration.notifications.happenings import START

_NAMED: Final = frozenset({*QUERIES.values(), *named_queries("services.notifications.sending").values()})


class Desk:
    """The service's database, seen through transactions like those of the chassis."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self.pool = pool
        self.queries: list[str] = []
        self.services: Mapping[str, CityService] = {}

    @asynccontextmanager
    async def unit(self, *events: Event[Any]) -> AsyncIterator[UnitOfWork[NotificationStore]]:
        """A transaction with these events loaded, saved and committed on leaving."""
        async with self.pool.acquire() as connection, connection.transaction():
            store = NotificationStore(connection, self.services)
            with connection.query_logger(self._note):
                await store.load(events, SERVICE.handlers.named(events))
                unit = UnitOfWork("notifications", store)
                yield unit
                await store.save()

    def _note(self, query: LoggedQuery) -> None:
        # Besides the service's statements, asyncpg asks for types the first time that a connection meets one.
        if query.query in _NAMED:
            self.queries.append(query.query)

    async def handle(self, *events: Event[Any]) -> list[dict[str, Any]]:
        """Handles a batch in one transaction; returns what it publishes."""
        async with self.unit(*events) as unit:
            handle(unit, events)
        return said(unit.published)

    async def retract(self, contact_id: UUID, *, at: datetime = START) -> list[dict[str, Any]]:
        """Takes a tombstone of a contact; returns what that publishes."""
        async with self.unit() as unit:
            unit.because_of(Cause(contact_id, at, str(contact_id)))
            on_contact_retracted(contact_id, unit)
        return said(unit.published)

    async def rows(self, columns: str = "*", *, where: str = "true") -> list[dict[str, Any]]:
        query = f"SELECT {columns} FROM follow_up WHERE {where} ORDER BY due_at, kind, occasion, matter_id"
        return [dict(row) for row in await self.pool.fetch(query)]

    async def to_come(self) -> list[dict[str, Any]]:
        """What is planned and has no row of its own yet."""
        return [
            {"kind": occasion.kind, "due_at": occasion.due_at, "id": series.follow_up(occasion).id}
            for series in map(series_of, await self.pool.fetch("SELECT * FROM series"))
            for occasion in series.occasions
        ]

    async def states(self) -> dict[str, str]:
        """Of every kind that is planned, whether it has a row of its own or not."""
        to_come = {occasion["kind"]: "to come" for occasion in await self.to_come()}
        return to_come | {row["kind"]: row["state"] for row in await self.rows()}


def handle(unit: UnitOfWork[NotificationStore], events: Sequence[Event[Any]]) -> None:
    for event in events:
        unit.because_of(event)
        SERVICE.handlers[type(event.data)](event, unit)


def said(published: Sequence[OutboxRow]) -> list[dict[str, Any]]:
    """What was published: the type's last word and the data."""
    return [{"event": row.type.split(".")[2], **json.loads(row.payload or b"")} for row in published]


def planned(events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """All that these events say is planned, series with their occasions."""
    return [
        {"recipient_id": new["recipient_id"], **each}
        for event in events
        if event["event"] == "planned"
        for new in event["follow_ups"]
        for each in (new, *new["occasions"])
    ]


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    settings = {"search_path": "notifications", "role": role_of("notifications")}
    async with asyncpg.create_pool(database_url, server_settings=settings, reset=_keep, min_size=1) as pool:
        yield Desk(pool)


async def _keep(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    return None


class Lane(DutyLaneInTests):
    """A duty's lane whose commits a test can watch, and break."""

    def __init__(self, desk: Desk, partition: int) -> None:
        super().__init__()
        self.partition = partition
        self.published: list[OutboxRow] = []
        self.broken_commits: set[int] = set()
        self._desk = desk
        self._units = 0

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork[Any]]:
        number = self._units = self._units + 1
        async with self._desk.unit() as unit:
            yield unit
            # Where nothing was found the unit was taken back, and its number is the next one's.
            if number == self._units and number in self.broken_commits:
                raise ConnectionError("the database went away")
        self.published += unit.published

    def found_nothing(self) -> None:
        """It is none of the units whose commits a test may break."""
        self._units -= 1


class Clock:
    """A clock that stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = START + timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


Answer = Callable[[Session], Awaitable[str]]


class MailServer:
    """An SMTP server that keeps what it accepts, and answers a stage as a test wants, once for each answer."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.connections = 0
        self.answers: dict[str, list[str | Answer]] = {"MAIL": [], "RCPT": [], "DATA": []}
        self._servers: set[SMTP] = set()
        self._listening: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        self._listening = await asyncio.get_running_loop().create_server(self._session, "127.0.0.1", self.port)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._listening is not None:
            self._listening.close()
            await self._listening.wait_closed()
            self._listening = None
        self.hang_up()

    def hang_up(self) -> None:
        """Closes every connection, as a server does with those that were idle for long."""
        for server in self._servers:
            if server.transport is not None:
                server.transport.close()
        self._servers.clear()

    def _session(self) -> SMTP:
        self.connections += 1
        server = SMTP(self, hostname="localhost", enable_SMTPUTF8=True, loop=asyncio.get_running_loop())
        self._servers.add(server)
        return server

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return await self._answer("MAIL", server, session)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return await self._answer("RCPT", server, session)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = cast("bytes", envelope.content)
        answer = await self._answer("DATA", server, session)
        if answer.startswith("250") or answer == "lost":
            self.mails.append(BytesParser(policy=policy.default).parsebytes(content))
            self.recipients += envelope.rcpt_tos
        if answer == "lost":
            assert server.transport is not None
            server.transport.close()
        return answer

    async def _answer(self, stage: str, server: SMTP, session: Session) -> str:
        if not self.answers[stage]:
            return "250 OK"
        answer = self.answers[stage].pop(0)
        return answer if isinstance(answer, str) else await answer(session)


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    server = MailServer()
    await server.start()
    yield server
    await server.stop()
