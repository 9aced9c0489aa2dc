"""What operators may do with what is set aside: see it, filter it, decide on it, and hear why they can't."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from uuid import UUID

import asyncpg
import pytest

from libraries.chassis import operations
from tests.eventually import eventually
from tests.integration.chassis.conftest import System, corrected, titled
from tests.integration.conftest import connect

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@pytest.fixture
async def connection(system: System) -> AsyncIterator[Connection]:
    opened = await connect(system.database_url, "intake")
    yield opened
    await opened.close()


def later() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=1)


async def set_aside(system: System) -> str:
    """Has the service set a record aside that it can't handle, and one behind it; returns their key."""
    await system.send(titled("break", key="k"), corrected("behind it", key="k"))
    async with system.running():
        await eventually(lambda: _held(system, 2))
    return titled("break", key="k").record.key.decode()


async def test_each_filter_leaves_in_what_it_names_and_no_content_is_shown(
    system: System, connection: Connection
) -> None:
    key = await set_aside(system)
    everything = await operations.list_held(connection, before=later())
    assert [row["state"] for row in everything] == ["dead", "behind"], "oldest first"
    assert not {"value", "headers"} & set(everything[0].keys())
    for chosen in (
        await operations.list_held(connection, before=later(), state="dead"),
        await operations.list_held(connection, before=later(), reason="handler-failed"),
        await operations.list_held(connection, before=later(), topic="forms.applications.v1", key=key, state="dead"),
    ):
        assert [row["reason"] for row in chosen] == ["handler-failed"]
    assert await operations.list_held(connection, before=later(), key="another") == []
    assert await operations.list_held(connection, before=datetime.now(UTC) - timedelta(hours=1)) == []


async def test_an_id_that_nothing_has_is_told(connection: Connection) -> None:
    assert await operations.find_held(connection, UUID(int=1)) is None
    assert await operations.standing_of(connection, UUID(int=1)) is None


async def _held(system: System, count: int) -> bool:
    return sum(map(len, (await system.held()).values())) == count
