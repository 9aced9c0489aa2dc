"""One PostgreSQL for the whole run; a database of its own, cloned from a migrated one, for each test."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

import asyncpg
import pytest

from contracts.catalogue import SERVICES, TOPICS
from deploy.local.broker import EmbeddedBroker
from deploy.local.postgresql import PostgreSQL
from services.chassis.migration import migrate

_TEMPLATE = "engage_template"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    with PostgreSQL() as server:
        server.create_database(_TEMPLATE)
        asyncio.run(migrate(server.database_url(_TEMPLATE), SERVICES))
        yield server


@pytest.fixture
def database_url(postgresql: PostgreSQL) -> Iterator[str]:
    """The URL of a fresh database in which every service's schema stands."""
    name = f"test_{next(_numbers)}"
    postgresql.clone_database(_TEMPLATE, name)
    yield postgresql.database_url(name)
    postgresql.drop_database(name)


@pytest.fixture
def bootstrap_servers() -> Iterator[str]:
    """A fresh broker with the catalogue's topics."""
    with EmbeddedBroker({topic.name: topic.partitions for topic in TOPICS}) as broker:
        yield broker.bootstrap_servers


async def connect(url: str, schema: str) -> asyncpg.Connection[asyncpg.Record]:
    """A connection in a service's schema, as a test looks at it."""
    return await asyncpg.connect(url, server_settings={"search_path": schema})
