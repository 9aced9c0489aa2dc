"""Moves that are interrupted, or that a service comes into, leave nothing that is taken for whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.local.postgresql import PostgreSQL
from deploy.moving import moving, topics
from deploy.restores.positions import read_positions
from libraries.chassis.kafka import Cluster
from libraries.chassis.records.name import LaneName
from libraries.chassis.settings import SettingsError
from tests.integration.conftest import TEMPLATE
from tests.integration.restores.test_reconciling import service_that_comes

AT = datetime(2024, 2, 29, 12, tzinfo=UTC)
PLACE = LaneName("applications.v1", 1)


@pytest.fixture
def new_database_url(postgresql: PostgreSQL) -> Iterator[str]:
    """A second database as `database_url` is one."""
    postgresql.clone_database(TEMPLATE, "interrupted")
    yield postgresql.database_url("interrupted")
    postgresql.drop_database("interrupted")


async def test_what_was_interrupted_stops_services_and_is_no_new_system(
    database_url: str, new_database_url: str, bootstrap_servers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    old, new = await asyncpg.connect(database_url), await asyncpg.connect(new_database_url)
    cluster = Cluster(bootstrap_servers)
    try:
        await old.execute(f"INSERT INTO matching.lane (topic, partition, next_offset) VALUES ('{PLACE.topic}', 1, 7)")
        await moving.export_to(tmp_path / "moved", old, cluster, at=AT)
        monkeypatch.setattr(topics, "read_topics", killed)
        with pytest.raises(KeyboardInterrupt):
            await moving.import_from(tmp_path / "moved", new, cluster)
        # Its topic ends before that, so matching stops there; with no lane it would take all for new.
        assert (await read_positions(new))["matching"] == {PLACE: 7}
        with pytest.raises(SettingsError, match=r"no import was interrupted"):
            await moving.import_from(tmp_path / "moved", new, cluster)
    finally:
        await old.close()
        await new.close()


async def test_an_export_that_a_service_came_into_is_none(
    database_url: str, bootstrap_servers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await asyncpg.connect(database_url)
    write = topics.write_topics
    try:
        with service_that_comes(database_url) as come:

            async def write_beside(*arguments: Any) -> Any:
                come()
                return await write(*arguments)

            monkeypatch.setattr(topics, "write_topics", write_beside)
            with pytest.raises(SettingsError, match="matching: still connected"):
                await moving.export_to(tmp_path / "moved", connection, Cluster(bootstrap_servers), at=AT)
        with pytest.raises(SettingsError, match="not a whole one"):
            await moving.import_from(tmp_path / "moved", connection, Cluster(bootstrap_servers))
    finally:
        await connection.close()
