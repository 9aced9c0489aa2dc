"""Who asked to be forgotten is remembered by an id and a time, and is in nothing that is held."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import pytest

from libraries.chassis.erasures import empty_old_held, fetch_erasures, keep_erasures
from tests.eventually import eventually
from tests.forms import identifier
from tests.integration.chassis.conftest import System, corrected, titled
from tests.integration.conftest import connect

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@pytest.fixture
async def connection(system: System) -> AsyncIterator[Connection]:
    opened = await connect(system.database_url, "intake")
    yield opened
    await opened.close()


async def held(connection: Connection) -> list[dict[str, Any]]:
    rows = await connection.fetch('SELECT * FROM held_record ORDER BY topic, partition, "offset"')
    return [dict(row) for row in rows]


def lead_of(record: Any) -> UUID:
    return UUID(json.loads(record.value)["lead"]["person_id"])


async def test_requests_come_in_any_order_and_the_latest_counts(connection: Connection) -> None:
    early, late = (datetime(2027, 1, day, tzinfo=UTC) for day in (1, 2))
    for asked_at in (late, early):
        await keep_erasures(connection, {identifier("one"): asked_at})
    people = [identifier("one"), identifier("another")]
    assert await fetch_erasures(connection, people) == {identifier("one"): late}
    assert await fetch_erasures(connection, []) == {}


async def test_what_is_held_and_names_them_is_emptied_and_discarded_and_frees_what_stood_behind(
    system: System, connection: Connection
) -> None:
    broken, behind = titled("break", key="k"), corrected("correct it", key="k")
    other = titled("break", key="other")
    await system.send(broken, behind, other)
    async with system.running():
        await eventually(lambda: _are_held(system, 3))
    person_id, now = lead_of(broken.record), datetime.now(UTC) + timedelta(minutes=1)
    assert lead_of(other.record) != person_id
    emptied = await keep_erasures(connection, {person_id: now})
    assert emptied == {person_id: sum(str(person_id) in _text(row) for row in (broken, behind))}
    rows = await held(connection)
    named = [row for row in rows if row["reason"] == "erased"]
    assert len(named) == emptied[person_id]
    assert all(row["value"] is None and row["headers"] == b"[]" for row in named)
    assert {row["requested"] for row in named} == {"discard"}
    assert not any(str(person_id).encode() in (row["value"] or b"") for row in rows)
    assert sum(row["value"] is not None for row in rows) == len(rows) - len(named)
    async with system.running():
        await eventually(lambda: _are_resolved(system, len(named)))


async def test_what_is_set_aside_after_they_asked_and_was_sent_before_is_never_kept(
    system: System, connection: Connection
) -> None:
    broken = titled("break", key="k")
    person_id = lead_of(broken.record)
    await keep_erasures(connection, {person_id: datetime.now(UTC) + timedelta(minutes=1)})
    await system.send(broken)
    async with system.running():
        await eventually(lambda: _are_held(system, 1))
    [row] = await held(connection)
    assert (row["value"], row["headers"], row["reason"]) == (None, b"[]", "erased")


async def test_what_was_sent_after_they_asked_is_kept(system: System, connection: Connection) -> None:
    broken = titled("break", key="k")
    await keep_erasures(connection, {lead_of(broken.record): datetime(2020, 1, 1, tzinfo=UTC)})
    await system.send(broken)
    async with system.running():
        await eventually(lambda: _are_held(system, 1))
    [row] = await held(connection)
    assert row["value"] is not None


async def test_what_was_set_aside_long_ago_is_emptied_and_what_waits_is_not(
    system: System, connection: Connection
) -> None:
    await system.send(titled("break", key="k"), corrected("correct it", key="k"))
    async with system.running():
        await eventually(lambda: _are_held(system, 2))
    await empty_old_held(connection, datetime.now(UTC) + timedelta(minutes=1))
    assert [row["value"] is None for row in await held(connection)] == [True, False]
    assert [row["state"] for row in await held(connection)] == ["dead", "behind"]


def _text(sent: Any) -> str:
    return sent.record.value.decode() if sent.record.value else ""


async def _are_held(system: System, count: int) -> bool:
    [[found]] = await system.fetch("SELECT count(*) FROM held_record")
    return bool(found == count)


async def _are_resolved(system: System, count: int) -> bool:
    [[found]] = await system.fetch("SELECT count(*) FROM held_record WHERE resolved_at IS NOT NULL")
    return bool(found >= count)
