"""A stack whose database is archived, and what is done with it in a drill."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import asyncpg

from contracts.catalogue import TOPICS
from deploy.local.apache_kafka import ApacheKafka
from deploy.local.postgresql import PostgreSQL
from deploy.local.postgresql_archive import Archive
from deploy.local.stack import Stack
from deploy.local.together import together
from tests.faults import traffic
from tests.faults.evidence import read_topics
from tests.faults.opportunities import opportunities
from tests.faults.quiet import wait_until_quiet
from tests.restores import remains
from tests.restores.commands import Engage
from tests.restores.steps import Steps

_APPLICATIONS: Final = 40
TRAFFIC_SECONDS: Final = 4.0
_STILL_SECONDS: Final = 75.0
_SETTLED_SECONDS: Final = 5.0


class Drill:
    """A stack whose database is archived, and what is done with it, step by step.

    `first` are the services that start before the others.
    """

    def __init__(self, directory: Path, steps: Steps, seed: str, first: Collection[str]) -> None:
        self.archive = Archive(directory / "archive")
        self.kafka = ApacheKafka(TOPICS)
        self.stack = Stack(durable=True, directory=directory, broker=self.kafka)
        self.stack.postgresql = PostgreSQL(
            durable=True, data_directory=directory / "postgresql", settings=self.archive.settings
        )
        self.directory = directory
        self.steps = steps
        self.seed = seed
        self.first = first

    @property
    def servers(self) -> tuple[str, str]:
        """Where Kafka and PostgreSQL are."""
        return self.kafka.bootstrap_servers, self.stack.addresses()["database_url"]

    def mails(self) -> list[dict[str, Any]]:
        """Every mail that arrived."""
        return [dict(mail) for mail in self.stack.mail_catcher.messages()]

    async def round(self, number: int) -> None:
        """Traffic of one round, drawn from what stands: all must be quiet, or it speaks of what is about to end."""
        chance = random.Random(f"{self.seed}:{number}")
        found = await opportunities(self.stack.addresses()["database_url"])
        sendings = traffic.of_round(number, found, chance, _APPLICATIONS)
        await traffic.send_slowly(self.stack.broker.bootstrap_servers, sendings, TRAFFIC_SECONDS)

    async def quiet(self, *, but_waiting: bool = False) -> None:
        """Until nothing is open any more, but for records that wait for what they refer to, where these may."""
        servers, url = self.servers
        await wait_until_quiet(url, servers, _STILL_SECONDS, but_waiting=but_waiting)

    async def discard_what_waits_in_vain(self) -> list[dict[str, Any]]:
        """Discards what waits for what came out otherwise, and what then waits behind it; returns it."""
        discarded: list[dict[str, Any]] = []
        while waiting := await self._settled():
            ids = [row["id"] for row in waiting]
            why = ("--why", "what it is about came out otherwise")
            await asyncio.to_thread(Engage(self.stack).run, "dead-letters", "discard", *ids, *why)
            discarded += waiting
        return discarded

    async def _settled(self) -> list[dict[str, Any]]:
        """What waits and has not moved for so long that what it refers to does not come."""
        waiting: list[dict[str, Any]] = []
        since = time.monotonic()
        while time.monotonic() - since < _SETTLED_SECONDS:
            now = await asyncio.to_thread(Engage(self.stack).json, "dead-letters", "list", "--state", "waiting")
            if {row["id"] for row in now} != {row["id"] for row in waiting}:
                waiting, since = now, time.monotonic()
        return waiting

    async def moment(self) -> datetime:
        """What PostgreSQL's clock shows."""
        moment: datetime = await self.ask("SELECT now()")
        return moment

    async def ask(self, query: str) -> Any:
        """One value, as the administrator."""
        connection = await asyncpg.connect(self.stack.postgresql.database_url("engage"))
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    def stop_services(self) -> None:
        """As an operator stops them."""
        together(*(service.terminate for service in self.stack.services.values()))

    async def start_services(self) -> None:
        """Returns once all say that they are ready; those that are to be the first have by then read all there was."""
        await self._start(self.first)
        if self.first:
            servers, url = self.servers
            await wait_until_quiet(url, servers, _STILL_SECONDS, but_waiting=True, services=self.first)
        await self._start([name for name in self.stack.services if name not in self.first])

    async def _start(self, names: Collection[str]) -> None:
        for name in names:
            self.stack.services[name].start()
        for name in names:
            await asyncio.to_thread(self.stack.wait_until_ready, name)

    async def keep_remains(self) -> None:
        """Keeps what the topics and the tables hold, as text beside the logs."""
        servers, _ = self.servers
        remains.keep_topics(read_topics(servers), self.directory / "topics.jsonl")
        tables = self.directory / "tables"
        tables.mkdir()
        await remains.keep_tables(self.stack.postgresql.database_url("engage"), tables)

    def restore(self, backup: Path, moment: datetime) -> None:
        """The database as it was at a moment, on the port that it had; what it was since is left where it is."""
        port = self.stack.postgresql.port
        self.stack.postgresql.stop()
        self.archive.prepare(backup, moment)
        self.stack.postgresql = PostgreSQL(durable=True, data_directory=backup, port=port)
        self.stack.postgresql.start(patience=120)
