"""A form that lies on two partitions, an intake that is built anew, and matching, which has heard all of it before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import PostgresDsn

from contracts.applications import ApplicationWithdrawalRequested
from contracts.catalogue import TOPICS
from libraries.chassis.postgresql import DatabaseAddress
from libraries.chassis.records.name import LaneName
from libraries.chassis.running.running import Running
from libraries.chassis.servers.memory_cluster import MemoryCluster, Stored
from libraries.chassis.servers.memory_kafka import MemoryKafka
from libraries.chassis.servers.migration import migrate
from libraries.chassis.service import Service
from libraries.chassis.settings import Settings
from libraries.chassis.watching.log import configure_logs
from services.intake.app import SERVICE as INTAKE
from services.matching.app import SERVICE as MATCHING
from tests.eventually import eventually
from tests.forms import START, application, belonging, sending
from tests.kafka import Sending

FORMS, SAID = "forms.applications.v1", "applications.v1"
RIGHT, WRONG = 1, 0
"""The key's own partition, and one that is read before it."""

FORM = application(belonging("lying twice", RIGHT))
WITHDRAWAL = ApplicationWithdrawalRequested(application_id=FORM.application_id, requested_at=START)


class House:
    """Intake and matching over one database and a Kafka in memory."""

    def __init__(self, database_url: str) -> None:
        self.cluster = MemoryCluster({topic.name: topic.partitions for topic in TOPICS})
        self.database_url = database_url

    @asynccontextmanager
    async def running(self, service: Service) -> AsyncIterator[None]:
        values: dict[str, Any] = {"database_url": PostgresDsn(self.database_url), "retry_seconds": 0.1}
        settings = Settings(kafka_bootstrap_servers="127.0.0.1:1", **values)
        kafka = MemoryKafka(self.cluster, f"engage-{service.name}")
        running = Running(replace(service, http=None), settings, configure_logs(service.name, "critical"), kafka=kafka)
        await running.prepare()
        await running.begin()
        try:
            yield
        finally:
            await running.stop()
            await running.close()

    def put(self, partition: int, sent: Sending) -> None:
        stored = Stored(0, sent.record.key, sent.record.value, tuple(sent.record.headers))
        self.cluster.append(LaneName(FORMS, partition), [stored])

    async def fetch(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database_url)
        try:
            return await connection.fetch(query, *arguments)
        finally:
            await connection.close()

    async def has_read(self, service: str, topic: str) -> bool:
        """Whether a service has dealt with all of a topic."""
        rows = await self.fetch(f"SELECT partition, next_offset FROM {service}.lane WHERE topic = $1", topic)
        came_to = {row["partition"]: row["next_offset"] for row in rows}
        ends = {lane.partition: len(self.cluster.read(lane, 0, 1_000)) for lane in self.cluster.lanes([topic])}
        return came_to == ends and not await self.fetch("SELECT FROM intake.outbox")

    async def come_to_rest(self) -> None:
        await eventually(lambda: self.has_read("intake", FORMS))
        await eventually(lambda: self.has_read("matching", SAID))

    async def candidates(self) -> list[UUID]:
        return [row[0] for row in await self.fetch("SELECT application_id FROM matching.candidate")]


async def test_an_application_that_was_withdrawn_stays_so(database_url: str) -> None:
    house = House(database_url)
    form = sending(FORM, name="lies twice")
    async with house.running(MATCHING):
        async with house.running(INTAKE):
            house.put(RIGHT, form)
            await eventually(lambda: house.has_read("intake", FORMS))
            house.put(WRONG, form)
            await house.come_to_rest()
            assert await house.candidates() == [FORM.application_id]
            house.put(RIGHT, sending(WITHDRAWAL))
            await house.come_to_rest()
            assert await house.candidates() == []
        await house.fetch("DROP SCHEMA intake CASCADE")
        await migrate(DatabaseAddress(database_url), ["intake"])
        async with house.running(INTAKE):
            await house.come_to_rest()
            assert await house.candidates() == []
    assert await house.fetch("SELECT FROM matching.held_record") == []
    assert [row[0] for row in await house.fetch("SELECT reason FROM intake.held_record")] == ["astray"]
