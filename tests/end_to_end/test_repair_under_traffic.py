"""Thousands of dead letters repaired by filter while forms go on coming: all effects once, and what that costs others.

The default run repairs some hundreds; `make repairs` ten thousand. Ratios are printed and nothing is said of them: a
machine that does something else as well has its own.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from contracts.catalogue import TOPICS
from contracts.codec import encode
from deploy.local.apache_kafka import ApacheKafka
from deploy.local.stack import Stack
from libraries.chassis import repairs
from tests.end_to_end.operator import engage
from tests.eventually import eventually
from tests.forms import SOURCE, application, form_event
from tests.integration.conftest import connect
from tests.kafka import Sending, send

COUNT: Final = int(os.environ.get("ENGAGE_REPAIRS", "300"))
PATIENCE: Final = 60 + COUNT / 20
AT_ONCE: Final = 4
"""So many forms are on their way at a time: whoever has heard of one sends the next."""
CALM: Final = 200
FORMS: Final = "forms.applications.v1"
LATE: Final = "urn:form:late"
_ENTRY: Final = '[[sources]]\nname = "{}"\nevents = ["engage.application.submitted.v1"]\nuser = "a-form"\n'


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A list that one of two forms was forgotten in."""
    listed = tmp_path / "sources.toml"
    listed.write_text(_ENTRY.format(SOURCE))
    return listed


@pytest.fixture
def stack(sources: Path) -> Iterator[Stack]:
    broker = ApacheKafka(TOPICS) if os.environ.get("ENGAGE_TEST_KAFKA") == "apache" else None
    environment = {"ENGAGE_SOURCES_FILE": str(sources)}
    with Stack(services=["intake"], broker=broker, environment=environment) as started:
        yield started


class Traffic:
    """Forms that come one after the other, and how long each takes until subscribers hear of it."""

    def __init__(self, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer) -> None:
        self._producer = producer
        self._consumer = consumer
        self._numbers = itertools.count()
        self._awaited: dict[bytes, asyncio.Future[None]] = {}
        self.sent: list[str] = []
        self.heard: dict[str, str] = {}

    async def flow(self, goes_on: Callable[[int], bool]) -> list[float]:
        """Sends forms for as long as it goes on, given how many were heard; returns the seconds that each took."""
        took: list[float] = []

        async def one_after_the_other() -> None:
            while goes_on(len(took)):
                took.append(await self._one())

        await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
        return took

    async def listen(self) -> None:
        """Hears what is registered, as any subscriber would, until it is cancelled."""
        async for record in self._consumer:
            headers = dict(record.headers)
            if headers["ce_type"] == b"engage.application.registered.v1":
                # What is sent twice has the same id: readers take it once.
                self.heard[headers["ce_id"].decode()] = record.key.decode()
            if (waiting := self._awaited.pop(record.key, None)) is not None:
                waiting.set_result(None)

    async def _one(self) -> float:
        form = application(f"traffic {next(self._numbers)}")
        record = encode(form_event(form))
        heard = self._awaited[record.key] = asyncio.get_running_loop().create_future()
        self.sent.append(record.key.decode())
        began = time.perf_counter()
        await self._producer.send(FORMS, key=record.key, value=record.value, headers=record.headers)
        async with asyncio.timeout(PATIENCE):
            await heard
        return time.perf_counter() - began


@asynccontextmanager
async def traffic_to(servers: str) -> AsyncIterator[Traffic]:
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all")
    consumer = AIOKafkaConsumer("applications.v1", bootstrap_servers=servers, fetch_max_wait_ms=10)
    await producer.start()
    await consumer.start()
    await consumer.seek_to_end()
    traffic = Traffic(producer, consumer)
    listening = asyncio.create_task(traffic.listen())
    try:
        yield traffic
    finally:
        listening.cancel()
        await producer.stop()
        await consumer.stop()


async def test_what_a_list_refused_is_repaired_while_others_go_on(stack: Stack, sources: Path) -> None:
    servers, url = stack.broker.bootstrap_servers, stack.addresses()["database_url"]
    late = [application(f"late {number}") for number in range(COUNT)]
    forms = [encode(form_event(form, source=LATE)) for form in late]
    await send(servers, [Sending(FORMS, record) for record in forms])
    connection = await connect(url, "intake")
    try:
        await eventually(lambda: _held(connection), within=PATIENCE)
        await asyncio.to_thread(_mend, stack, sources)
        async with traffic_to(servers) as traffic:
            await traffic.flow(lambda heard: heard < CALM // 4)  # whoever has just started is slow
            calm = await traffic.flow(lambda heard: heard < CALM)
            under_way = asyncio.create_task(_repaired(stack, connection))
            busy = await traffic.flow(lambda _: not under_way.done())
            progress, took = await under_way
            _print(took, calm, busy)
            wanted = Counter([*(str(form.application_id) for form in late), *traffic.sent])
            # What is committed is published in its turn.
            await eventually(lambda: _heard(traffic, wanted.total()), within=PATIENCE)
        assert Counter(traffic.heard.values()) == wanted
        assert dict(progress.counts) == {"committed": COUNT}
        assert await connection.fetchval("SELECT count(*) FROM application") == COUNT + len(traffic.sent)
        assert await connection.fetchval("SELECT count(*) FROM held_record WHERE resolved_at IS NULL") == 0
    finally:
        await connection.close()


def _mend(stack: Stack, sources: Path) -> None:
    """Lists the form that was forgotten; a service reads the list when it starts."""
    sources.write_text(_ENTRY.format(SOURCE) + _ENTRY.format(LATE))
    stack.services["intake"].terminate()
    stack.services["intake"].start()
    stack.wait_until_ready("intake")


def _ask(stack: Stack) -> dict[str, Any]:
    """Has an operator count a filter, and replay what it has."""
    chosen = "--service", "intake", "--reason", "source", "--source", LATE, "--why", "the form was forgotten"
    counted = json.loads(engage(stack, "dead-letters", "replay", *chosen, "--json").stdout)
    assert counted["records"] == COUNT
    told: dict[str, Any] = json.loads(
        engage(stack, "dead-letters", "replay", *chosen, "--json", "--expect", str(COUNT)).stdout
    )
    return told


async def _held(connection: asyncpg.Connection[asyncpg.Record]) -> bool:
    return bool(await connection.fetchval("SELECT count(*) FROM held_record WHERE reason = 'source'") == COUNT)


async def _heard(traffic: Traffic, count: int) -> bool:
    return len(traffic.heard) >= count


async def _repaired(stack: Stack, connection: asyncpg.Connection[asyncpg.Record]) -> tuple[repairs.Progress, float]:
    """Has the repair asked for; returns what came of it, and in how many seconds of the service's own work."""
    asked = await asyncio.to_thread(_ask, stack)
    progress = await _done(connection, UUID(asked["id"]))
    row = await connection.fetchrow(
        "SELECT asked_at, max(resolved_at) AS ended FROM repair, held_record GROUP BY asked_at"
    )
    assert row is not None
    return progress, (row["ended"] - row["asked_at"]).total_seconds()


async def _done(connection: asyncpg.Connection[asyncpg.Record], repair_id: UUID) -> repairs.Progress:
    async def whole() -> repairs.Progress | None:
        progress = await repairs.progress(connection, repair_id)
        return None if progress.to_come else progress

    found = await eventually(whole, within=PATIENCE)
    assert found is not None
    return found


def _print(took: float, calm: list[float], busy: list[float]) -> None:
    def told(name: str, measure: Callable[[list[float]], float]) -> str:
        alone, beside = measure(calm) * 1000, measure(busy) * 1000
        return f"{name} {alone:.0f} ms alone, {beside:.0f} ms beside it: {beside / alone:.2f} times"

    print(f"\n{COUNT} repaired in {took:.1f} s ({COUNT / took:.0f} a second), {len(busy)} forms meanwhile")
    print(told("median", statistics.median))
    print(told("one in twenty", lambda took: statistics.quantiles(took, n=20)[-1]))
