"""A migration never stands in front of traffic for long, and whatever stops it, it can be run again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import TypeAlias
from uuid import uuid4

import asyncpg
import pytest

from libraries.chassis.postgresql import DatabaseAddress
from libraries.chassis.servers import migration
from libraries.chassis.servers.migration import MigrationError, NotMigrated, Patience, check_migrated, migrate
from libraries.chassis.servers.migration_files import Migration, migrations_of
from tests.command_line import engage
from tests.integration.conftest import connect

QUICK = Patience(lock_seconds=0.2, statement_seconds=5, tries=200, pause_seconds=0.02)
OUTSIDE = "-- squawk-disable-assume-in-transaction\n"
BUILD = "CREATE INDEX CONCURRENTLY IF NOT EXISTS lead_by_source ON lead (source);\n"
UNIQUE = BUILD.replace("CREATE INDEX", "CREATE UNIQUE INDEX")
SECRET = "urn:form:of-somebody"

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Add = Callable[[str], str]


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch) -> Add:
    """Gives intake one more migration of this SQL; returns its name."""

    def added(sql: str) -> str:
        more = Migration("intake/9999_more.sql", sql)
        monkeypatch.setattr(migration, "migrations_of", lambda service: (*migrations_of(service), more))
        return more.name

    return added


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Connection]:
    """A connection in intake's schema, that waits for no lock."""
    connection = await connect(database_url, "intake")
    await connection.execute("SET lock_timeout = '2s'")
    yield connection
    await connection.close()


async def run(url: str, patience: Patience = QUICK, tell: Callable[[str], object] = lambda said: None) -> list[str]:
    return (await migrate(DatabaseAddress(url), ["intake"], patience, tell))["intake"]


async def is_noted(service: Connection) -> bool:
    return bool(await service.fetchval("SELECT EXISTS (SELECT FROM migration WHERE name LIKE '%9999%')"))


async def indexes(service: Connection) -> list[bool]:
    """Of each index of that name whether it is whole."""
    rows = await service.fetch(
        "SELECT indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relname = 'lead_by_source'"
    )
    return [row[0] for row in rows]


async def lead(service: Connection, source: str) -> None:
    await service.execute("INSERT INTO lead (person_id, source) VALUES ($1, $2)", uuid4(), source)


async def test_it_gives_way_to_who_uses_the_table_and_is_applied_when_that_is_over(
    database_url: str, service: Connection, add: Add
) -> None:
    name = add("ALTER TABLE lead ADD COLUMN more text;")
    gave_way, said = asyncio.Event(), list[str]()

    def tell(words: str) -> None:
        said.append(words)
        gave_way.set()

    reader = await connect(database_url, "intake")
    reading = reader.transaction()
    await reading.start()
    await reader.fetch("SELECT FROM lead")
    migrating = asyncio.create_task(run(database_url, tell=tell))
    await gave_way.wait()
    await lead(service, "meanwhile")
    assert not migrating.done()
    await reading.rollback()
    assert await migrating == [name]
    assert said[0] == f"{name} gave way to who uses its tables, and is tried again (1 of 200)"
    await reader.close()


async def test_it_gives_up_in_the_end_and_says_where_to_look(database_url: str, service: Connection, add: Add) -> None:
    add("ALTER TABLE lead ADD COLUMN more text;")
    async with service.transaction():
        await service.fetch("SELECT FROM lead")
        with pytest.raises(MigrationError, match="in use 2 times, and nothing of it was done: see in pg_stat_activity"):
            await run(database_url, replace(QUICK, lock_seconds=0.05, tries=2))
    assert not await is_noted(service)
    assert len(await run(database_url)) == 1


async def test_what_takes_long_is_for_when_all_services_are_stopped(
    database_url: str, service: Connection, add: Add
) -> None:
    add("ALTER TABLE lead ADD COLUMN more text; SELECT pg_sleep(1);")
    short = replace(QUICK, statement_seconds=0.5)
    with pytest.raises(MigrationError, match=r"takes longer than 0\.5 s .* stop all services, .*migrate --stopped"):
        await run(database_url, short)
    assert not await is_noted(service)
    assert len(await run(database_url, replace(short, statement_seconds=None))) == 1


async def test_an_index_is_built_while_the_service_writes(database_url: str, service: Connection, add: Add) -> None:
    add(OUTSIDE + "-- For a list.\n" + BUILD)
    writer = await connect(database_url, "intake")
    async with writer.transaction():
        await lead(writer, "before")
        # It waits for the transaction above, for longer than any lock of its own may take, and holds up nobody.
        migrating = asyncio.create_task(run(database_url, replace(QUICK, lock_seconds=0.01, statement_seconds=0.01)))
        while not await indexes(service):
            await lead(service, "meanwhile")
        assert not migrating.done()
    assert len(await migrating) == 1
    assert await indexes(service) == [True]
    await writer.close()


@pytest.mark.parametrize("before", ["nothing", "an index that was begun and not finished", "the index"])
async def test_an_index_that_was_begun_is_built_anew(
    database_url: str, service: Connection, add: Add, before: str
) -> None:
    if before == "the index":
        await service.execute(UNIQUE)
    elif before != "nothing":
        await lead(service, SECRET)
        await lead(service, SECRET)
        with pytest.raises(asyncpg.UniqueViolationError):
            await service.execute(UNIQUE)
        await service.execute("DELETE FROM lead")
        assert await indexes(service) == [False]
    add(OUTSIDE + UNIQUE)
    assert len(await run(database_url)) == 1
    assert await indexes(service) == [True]


async def test_an_index_that_can_not_be_is_told_without_what_rows_say_and_leaves_nothing(
    database_url: str, service: Connection, add: Add
) -> None:
    name = add(OUTSIDE + UNIQUE)
    await lead(service, SECRET)
    await lead(service, SECRET)
    with pytest.raises(MigrationError) as refused:
        await run(database_url)
    assert str(refused.value).startswith(f"{name} can't be applied: UniqueViolationError (23505);")
    assert SECRET not in str(refused.value)
    assert await indexes(service) == []


@pytest.mark.parametrize("sql", [OUTSIDE + BUILD + "SELECT 1;", BUILD], ids=["two statements", "no first line"])
async def test_what_must_be_outside_of_a_transaction_is_told(database_url: str, add: Add, sql: str) -> None:
    name = add(sql)
    with pytest.raises(MigrationError, match=rf"{name} has a statement that can't be in a transaction: begin the file"):
        await run(database_url)


async def test_what_is_wrong_in_a_file_is_told_by_its_name(database_url: str, service: Connection, add: Add) -> None:
    name = add("CREATE TABLE one (id uuid); ALTER TABLE nowhere ADD COLUMN more text;")
    with pytest.raises(MigrationError, match=rf"{name} can't be applied: UndefinedTableError \(42P01\)"):
        await run(database_url)
    assert await service.fetchval("SELECT to_regclass('one')") is None


async def test_tables_of_another_version_are_not_sent_to_migrate(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("UPDATE intake.migration SET digest = 'another' WHERE name = 'intake/0002_door.sql'")
        with pytest.raises(MigrationError, match="run the version that these tables come from") as refused:
            await check_migrated(connection, "intake")
        assert not isinstance(refused.value, NotMigrated)
        outcome = await engage(database_url, "doctor", "--json")
    finally:
        await connection.close()
    findings = {it["thing"]: it for it in map(json.loads, outcome.stdout.splitlines())}
    intake = findings["schema intake"]
    assert (intake["state"], "engage --version" in intake["remedy"], "migrate" in intake["remedy"]) == (
        "failed",
        True,
        False,
    )
