"""The small service of `effects.py`, inside the test's own process or as a process of its own."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pydantic import PostgresDsn

from contracts.applications import ApplicationCorrected
from contracts.catalogue import TOPICS
from contracts.contacts import ContactPublished
from contracts.event import Event
from deploy.local.ports import free_port
from deploy.local.postgresql import PostgreSQL
from deploy.local.processes import ServiceProcess
from libraries.chassis import operations
from libraries.chassis.postgresql import DatabaseAddress
from libraries.chassis.records.name import LaneName
from libraries.chassis.running.running import Running
from libraries.chassis.servers.memory_cluster import MemoryCluster
from libraries.chassis.servers.migration import migrate
from libraries.chassis.settings import Settings
from libraries.chassis.watching.log import configure_logs
from tests.eventually import eventually
from tests.forms import START, application, belonging, sending
from tests.integration.chassis.effects import SERVICE, TABLE
from tests.integration.conftest import connect
from tests.kafka import Sending, read_events, send


@dataclass
class System:
    """Where the small service runs, and what can be seen of it from outside."""

    database_url: str
    bootstrap_servers: str
    settings: dict[str, Any] = field(default_factory=dict)

    @asynccontextmanager
    async def running(self, **settings: Any) -> AsyncIterator[Running]:
        """The service in this process, until the block ends."""
        service = Running(SERVICE, self.read(**settings), configure_logs("intake", "error"))
        await service.prepare()
        await service.begin()
        try:
            yield service
        finally:
            await service.stop()
            await service.close()

    def process(self, directory: Path, **environment: str) -> ServiceProcess:
        """The service as a process of its own, not started yet, with small batches."""
        return ServiceProcess(
            "effects",
            [sys.executable, "-m", "tests.integration.chassis.effects"],
            environment={
                "ENGAGE_KAFKA_BOOTSTRAP_SERVERS": self.bootstrap_servers,
                "ENGAGE_DATABASE_URL": self.database_url,
                "ENGAGE_HEALTH_PORT": str(free_port()),
                "ENGAGE_BATCH_RECORDS": "20",
                "ENGAGE_RETRY_SECONDS": "0.1",
                "ENGAGE_SESSION_TIMEOUT_MS": "1500",
                **environment,
            },
            log_path=directory / "log",
        )

    def read(self, **settings: Any) -> Settings:
        return Settings(
            kafka_bootstrap_servers=self.bootstrap_servers,
            database_url=PostgresDsn(self.database_url),
            **{"retry_seconds": 0.1, "session_timeout_ms": 1500, **self.settings, **settings},
        )

    async def send(self, *sendings: Sending) -> None:
        await send(self.bootstrap_servers, sendings)

    async def fetch(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        connection = await connect(self.database_url, "intake")
        try:
            return await connection.fetch(query, *arguments)
        finally:
            await connection.close()

    async def step_over(self, lane: LaneName, offset: int) -> None:
        """Has an operator step over a record."""
        connection = await connect(self.database_url, "intake")
        try:
            now = datetime.now(UTC)
            await operations.skip_offset(connection, "intake", lane, offset, by="test", why="it can't be read", now=now)
        finally:
            await connection.close()

    async def titles(self) -> list[str]:
        """What was written, in the order in which it was."""
        return [row["title"] for row in await self.fetch("SELECT title FROM effect ORDER BY number")]

    async def published(self) -> Counter[str]:
        """How often each title reached subscribers, an event sent twice counted once as their inboxes do."""
        events = await read_events(self.bootstrap_servers, "contacts.v1")
        distinct = {event.id: event for event in events if isinstance(event, Event)}
        return Counter(event.data.name for event in distinct.values() if isinstance(event.data, ContactPublished))

    async def has_published(self, expected: Mapping[str, int]) -> None:
        """Waits until each of these titles has reached subscribers, and then holds to the count of each."""

        async def all_there() -> bool:
            return Counter(expected) <= await self.published()

        await eventually(all_there)
        assert await self.published() == expected

    async def held(self) -> dict[str, list[str]]:
        """The reasons of what is held, by state."""
        rows = await self.fetch('SELECT state, reason FROM held_record ORDER BY topic, partition, "offset"')
        states: dict[str, list[str]] = {}
        for row in rows:
            states.setdefault(row["state"], []).append(row["reason"])
        return states


@pytest.fixture(scope="session")
def effects_template(postgresql: PostgreSQL) -> str:
    postgresql.create_database("effects_template")
    url = postgresql.database_url("effects_template")

    async def prepare() -> None:
        await migrate(DatabaseAddress(url), ["intake"])
        connection = await asyncpg.connect(url)
        await connection.execute(TABLE)
        await connection.execute(
            "GRANT ALL ON intake.effect TO engage_intake;"
            "GRANT ALL ON SEQUENCE intake.effect_number_seq TO engage_intake"
        )
        await connection.close()

    asyncio.run(prepare())
    return "effects_template"


@pytest.fixture
def system(postgresql: PostgreSQL, effects_template: str, bootstrap_servers: str) -> Iterator[System]:
    name = f"effects_{id(object())}"
    postgresql.clone_database(effects_template, name)
    yield System(postgresql.database_url(name), bootstrap_servers)
    postgresql.drop_database(name)


@pytest.fixture
def cluster() -> MemoryCluster:
    return MemoryCluster({topic.name: topic.partitions for topic in TOPICS})


def titled(
    title: str, *, key: str | None = None, name: str | None = None, on: int | None = None, of: int = 4
) -> Sending:
    """A form with a title, of the aggregate `key`, or of one that belongs `on` a partition `of` so many.

    The same `name` gives the same event.
    """
    form = application(key or title if on is None else belonging(title, on, of=of))
    return sending(
        form.model_copy(update={"project": form.project.model_copy(update={"title": title})}),
        name=name,
        at=START if name else None,
    )


def corrected(title: str, *, key: str, name: str | None = None) -> Sending:
    """A correction with a title, of the aggregate `key`: it is not whole, so it waits behind what is held."""
    form = application(key)
    content = {**form.model_dump(exclude={"project"}), "corrected_at": START}
    project = form.project.model_copy(update={"title": title})
    return sending(ApplicationCorrected(**content, project=project), name=name, at=START if name else None)
