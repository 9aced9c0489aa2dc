"""What says what was forgotten is kept: before anything is passed over, and over whatever is typed afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from contracts.codec import Record
from deploy.restores.differing import differences
from deploy.restores.positions import read_positions
from deploy.restores.reconciling import reconcile
from deploy.restores.report import Report
from libraries.chassis.database import role_of
from libraries.chassis.kafka import Cluster
from libraries.chassis.records.name import LaneName
from libraries.chassis.settings import SettingsError
from tests.command_line import type_in
from tests.ids import identifier
from tests.kafka import Sending, send

RESTORED_TO = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLACE = LaneName("applications.v1", 0)
# As intake publishes it, by a transaction that the database knows nothing of.
HEADERS = [
    ("ce_id", b"1"),
    ("ce_source", b"urn:engage:intake"),
    ("ce_type", b"engage.application.registered.v1"),
    ("ce_sequence", b"forms.applications.v1/0:0000000000000001"),
]


async def publish(bootstrap_servers: str) -> None:
    record = Record(str(identifier("a")).encode(), b"{}", HEADERS)
    await send(bootstrap_servers, [Sending(PLACE.topic, record, PLACE.partition)])


async def test_nothing_is_passed_over_before_it_is_noted(database_url: str, bootstrap_servers: str) -> None:
    await publish(bootstrap_servers)
    connection, kept = await asyncpg.connect(database_url), list[Report]()

    def disk_is_full(report: Report) -> None:
        raise OSError(report.records)

    try:
        with pytest.raises(OSError, match="1"):
            await reconcile(connection, Cluster(bootstrap_servers), RESTORED_TO, keep=disk_is_full)
        assert PLACE not in (await read_positions(connection))["matching"]
        await reconcile(connection, Cluster(bootstrap_servers), RESTORED_TO, keep=kept.append)
        assert (await read_positions(connection))["matching"][PLACE] == 1
        await reconcile(connection, Cluster(bootstrap_servers), RESTORED_TO, keep=kept.append)
    finally:
        await connection.close()
    assert [report.records for report in kept] == [1, 0]


async def test_nothing_is_passed_over_where_a_service_came_meanwhile(database_url: str, bootstrap_servers: str) -> None:
    await publish(bootstrap_servers)
    connection = await asyncpg.connect(database_url)
    try:
        with service_that_comes(database_url) as come, pytest.raises(SettingsError, match="matching: still connected"):
            await reconcile(connection, Cluster(bootstrap_servers), RESTORED_TO, keep=lambda report: come())
        assert PLACE not in (await read_positions(connection))["matching"]
    finally:
        await connection.close()


@contextmanager
def service_that_comes(database_url: str) -> Iterator[Callable[[], object]]:
    """Connects as a service when it is asked to, from a thread of its own, and goes at the end."""
    loop = asyncio.new_event_loop()
    connected: list[asyncpg.Connection[asyncpg.Record]] = []

    def come() -> None:
        connected.append(loop.run_until_complete(asyncpg.connect(database_url, user=role_of("matching"))))

    def go() -> None:
        for connection in connected:
            loop.run_until_complete(connection.close())
        loop.close()

    with ThreadPoolExecutor(1) as thread:
        try:
            yield lambda: thread.submit(come).result()
        finally:
            thread.submit(go).result()


async def test_where_nothing_was_forgotten_nothing_differs(database_url: str, bootstrap_servers: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        nothing = Report(restored_to=RESTORED_TO, forgotten=(), mails=0)
        assert await differences(connection, Cluster(bootstrap_servers), nothing) == (0, [], [])
    finally:
        await connection.close()


def test_a_report_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    report = tmp_path / "restored.json"
    report.write_text("what was forgotten")
    outcome = type_in("restore", "reconcile", "--to", RESTORED_TO.isoformat(), "--report", report)
    assert (outcome.returncode, "is there already" in outcome.stderr) == (2, True)
    assert report.read_text() == "what was forgotten"
