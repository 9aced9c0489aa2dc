"""The journal as a service, over an embedded broker: whatever comes, once, whichever moment it dies at."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import pytest

from contracts.applications import ApplicationRegistered
from contracts.codec import Record, encode
from contracts.offers import PairOffered
from deploy.local.ports import free_port
from deploy.local.processes import ServiceProcess
from services.journal.operations import begin_again, read_positions
from tests.conformance.stage import service_named
from tests.events import START, event_of, example
from tests.eventually import eventually
from tests.ids import identifier
from tests.integration.conftest import connect
from tests.kafka import Sending, send

_UNKNOWN = b"engage.application.weighed.v7"


def process(database_url: str, bootstrap_servers: str, directory: Path, **environment: str) -> ServiceProcess:
    """The journal as a process of its own, not started yet, with small batches."""
    return ServiceProcess(
        "journal",
        [sys.executable, "-m", "deploy.command_line", "run", "journal"],
        environment={
            "ENGAGE_KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers,
            "ENGAGE_DATABASE_URL": database_url,
            "ENGAGE_HEALTH_PORT": str(free_port()),
            "ENGAGE_BATCH_RECORDS": "20",
            "ENGAGE_SESSION_TIMEOUT_MS": "1500",
            **environment,
        },
        log_path=directory / "log",
    )


def sendings(count: int) -> list[Sending]:
    """Events of applications and of their pairs, each pair before its application."""
    found = []
    for number in range(count):
        application_id = identifier(f"application {number}")
        pair = example(PairOffered, application_id=application_id, pair_id=identifier(f"pair {number}"))
        registered = example(ApplicationRegistered, application_id=application_id)
        for topic, data in (("pairs.v1", pair), ("applications.v1", registered)):
            found.append(Sending(topic, encode(event_of(data, at=START, name=f"{topic} {number}"))))
    return found


def of_any_kind() -> Sequence[Sending]:
    """An event of a type that no contract has, one of a later minor version, a tombstone, and what is no event."""
    (first, *_) = sendings(1)
    key, value, headers = sendings(1)[1].record
    unknown = [(name, _UNKNOWN if name == "ce_type" else text) for name, text in headers]
    other = [(name, str(identifier("later")).encode() if name == "ce_id" else text) for name, text in headers]
    assert value is not None
    later = value[:-1] + b', "weighed": 3}'
    gone = [(name, text.replace(b"application.registered", b"need.published")) for name, text in headers]
    gone = [(name, str(identifier("gone")).encode() if name == "ce_id" else text) for name, text in gone]
    return (
        Sending("applications.v1", Record(key, value, [*unknown])),
        Sending("applications.v1", Record(key, later, other)),
        Sending("needs.v1", Record(str(identifier("need")).encode(), None, gone)),
        Sending("pairs.v1", Record(first.record.key, b"[", first.record.headers)),
    )


async def until(connection: asyncpg.Connection[asyncpg.Record], query: str, wanted: object) -> None:
    async def is_so() -> bool:
        return bool(await connection.fetchval(query) == wanted)

    await eventually(is_so, within=40)


async def test_whatever_its_type_it_is_kept(database_url: str, bootstrap_servers: str, tmp_path: Path) -> None:
    await send(bootstrap_servers, of_any_kind())
    connection = await connect(database_url, "journal")
    journal = process(database_url, bootstrap_servers, tmp_path)
    journal.start()
    try:
        await until(connection, "SELECT count(*) FROM event", 3)
        await until(connection, "SELECT count(*) FROM held_record WHERE state = 'dead' AND reason = 'json'", 1)
        types = {row[0] for row in await connection.fetch("SELECT type FROM event")}
        assert _UNKNOWN.decode() in types
        assert await connection.fetchval("SELECT data ->> 'weighed' FROM event WHERE data ? 'weighed'") == "3"
        assert await connection.fetchval("SELECT state FROM thing WHERE kind = 'need'") == "closed"
    finally:
        journal.terminate()
        await connection.close()


@pytest.mark.parametrize("point", ["before-commit:2", "after-commit:2"])
async def test_each_event_is_kept_once_whenever_it_dies(
    database_url: str, bootstrap_servers: str, tmp_path: Path, point: str
) -> None:
    sent = sendings(40)
    await send(bootstrap_servers, sent)
    connection = await connect(database_url, "journal")
    dying = process(database_url, bootstrap_servers, tmp_path, ENGAGE_FAULT_POINT=point)
    dying.start()
    await asyncio.to_thread(dying.wait, 40)
    living = process(database_url, bootstrap_servers, tmp_path)
    living.start()
    try:
        await until(connection, "SELECT count(*) FROM event", len(sent))
        assert await connection.fetchval("SELECT count(DISTINCT id) FROM event") == len(sent)
        assert (
            await connection.fetchval("SELECT count(*) FROM thing WHERE kind = 'pair' AND story_id IS NOT NULL") == 40
        )
        # All once more, from the beginning of the topics, while it runs: what it leaves is the same.
        before = await things(connection)
        await begin_again(connection)
        await until(connection, "SELECT count(*) FROM event", len(sent))
        await until(connection, "SELECT count(*) FROM thing", len(before))
        assert await things(connection) == before
        positions = {(it.topic, it.partition): it.next_offset for it in await read_positions(connection)}
        assert sum(positions.values()) == len(sent)
    finally:
        living.terminate()
        await connection.close()


async def things(connection: asyncpg.Connection[asyncpg.Record]) -> set[tuple[object, ...]]:
    rows = await connection.fetch("SELECT id, kind, state, story_id, parent_id, said_by, facts FROM thing")
    return {tuple(row) for row in rows}


def test_it_reads_all_that_is_public_and_the_facts_of_dead_letters() -> None:
    service = service_named("journal")
    assert service.single_writer
    assert service.handlers.every is not None
