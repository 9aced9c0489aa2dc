"""Tables move row by row: also those that stamp what is new, that count by themselves, that are divided by months."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import pytest

from deploy.local.postgresql import PostgreSQL
from deploy.moving.tables import read_tables, write_tables
from deploy.restores.stopped import check_stopped
from libraries.chassis.database import role_of
from libraries.chassis.settings import SettingsError
from tests.integration.conftest import TEMPLATE

SIGNED_IN = "INSERT INTO console.audit (done_at, who, role, what, about) VALUES ($1, 'c', 'operator', 'signed-in', 'c')"
AT = datetime(2024, 2, 29, 12, tzinfo=UTC)


@pytest.fixture
def new_database_url(postgresql: PostgreSQL) -> Iterator[str]:
    """A second database as `database_url` is one."""
    postgresql.clone_database(TEMPLATE, "moved")
    yield postgresql.database_url("moved")
    postgresql.drop_database("moved")


async def fill(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    await connection.execute("INSERT INTO intake.lane (topic, partition, next_offset) VALUES ('forms', 1, 7)")
    await connection.execute("SELECT set_config('search_path', 'journal', false)")
    await connection.execute("SELECT make_months($1)", [date(2024, 2, 1)])
    await connection.execute(
        'INSERT INTO event (happened_at, topic, partition, "offset", id, source, type, key, thing_id, recorded_at,'
        " received_at, correlation_id, data) VALUES ($1, 't', 0, 1, 'é\t\\', 's', 'y', gen_random_uuid(),"
        " gen_random_uuid(), $1, $1, 'c', '{\"b\": 1, \"a\": [1.50]}')",
        AT,
    )
    await connection.execute(SIGNED_IN, AT)
    await connection.execute("RESET search_path")


async def test_every_row_is_what_it_was(database_url: str, new_database_url: str, tmp_path: Path) -> None:
    old, new = await asyncpg.connect(database_url), await asyncpg.connect(new_database_url)
    try:
        await fill(old)
        first, second = tmp_path / "first", tmp_path / "second"
        for each in (first, second):
            each.mkdir()
        tables = await write_tables(old, first)
        await read_tables(new, first, tables)
        assert await write_tables(new, second) == tables
        # What it counts by itself goes on behind what was moved, and what it stamps it stamps again.
        before = await new.fetchrow("SELECT id, written_at FROM console.audit")
        after = await new.fetchrow(f"{SIGNED_IN} RETURNING id, written_at", AT)
        assert before is not None
        assert after is not None
        assert (after["id"], after["written_at"] > before["written_at"]) == (before["id"] + 1, True)
        with pytest.raises(SettingsError, match=r"intake\.lane is not empty"):
            await read_tables(new, first, tables)
    finally:
        await old.close()
        await new.close()


async def test_nothing_is_moved_while_a_service_is_connected(database_url: str) -> None:
    operator, service = await asyncpg.connect(database_url), None
    try:
        await check_stopped(operator)
        service = await asyncpg.connect(database_url, user=role_of("matching"))
        with pytest.raises(SettingsError, match="matching: still connected"):
            await check_stopped(operator)
    finally:
        await operator.close()
        if service is not None:
            await service.close()
