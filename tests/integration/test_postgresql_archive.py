"""An archived server goes back to a moment between two rows, and takes new ones; its archive is soon whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import asyncpg
import pytest

from deploy.local.postgresql import PostgreSQL
from deploy.local.postgresql_archive import Archive


@pytest.fixture
def directory() -> Iterator[Path]:
    """Where PostgreSQL can keep its data under another account too; pytest's own directories are private."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


async def ask(server: PostgreSQL, query: str) -> object:
    connection = await asyncpg.connect(server.database_url("postgres"))
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_a_server_goes_back_to_a_moment(directory: Path) -> None:
    archive = Archive(directory / "archive")
    with PostgreSQL(durable=True, data_directory=directory / "data", settings=archive.settings) as server:
        await ask(server, "CREATE TABLE said (word text)")
        backup = archive.back_up(server, "base")
        await ask(server, "INSERT INTO said VALUES ('before')")
        moment = await ask(server, "SELECT clock_timestamp()")
        await ask(server, "INSERT INTO said VALUES ('after')")
        archive.finish(server)
        port = server.port
    assert isinstance(moment, datetime)
    archive.prepare(backup, moment)
    with PostgreSQL(durable=True, data_directory=backup, port=port) as server:
        assert await ask(server, "SELECT string_agg(word, ' ') FROM said") == "before"
        await ask(server, "INSERT INTO said VALUES ('again')")
        assert await ask(server, "SELECT count(*) FROM said") == 2


def test_what_is_archived_already_is_not_waited_for(directory: Path) -> None:
    archive = Archive(directory / "archive")
    with PostgreSQL(durable=True, data_directory=directory / "data", settings=archive.settings) as server:
        archive.finish(server)
        assert [*archive.log.iterdir()]
        archive.finish(server, patience=10)
