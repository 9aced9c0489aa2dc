"""Connections in mentoring's schema of a fresh database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integration.conftest import connect
from tests.integration.mentoring.transactions import Connection


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    connection = await connect(database_url, "mentoring")
    yield connection
    await connection.close()
