"""One PostgreSQL for the whole run; a database of its own, cloned from a migrated one, for each test."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Iterator

import asyncpg
import pytest

from contracts.catalogue import TOPICS
from deploy.local.apache_kafka import ApacheKafka
from deploy.local.broker import EmbeddedBroker
from deploy.local.postgresql import PostgreSQL
from deploy.roles import WITH_SCHEMA, apply_roles
from libraries.chassis.postgresql import DatabaseAddress
from libraries.chassis.servers.migration import migrate

TEMPLATE = "engage_template"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    with PostgreSQL() as server:
        server.create_database(TEMPLATE)
        asyncio.run(_prepare(server.database_url(TEMPLATE)))
        yield server


async def _prepare(url: str) -> None:
    connection = await asyncpg.connect(url)
    await apply_roles(connection, {})
    await connection.close()
    await migrate(DatabaseAddress(url), WITH_SCHEMA)


@pytest.fixture
def database_url(postgresql: PostgreSQL) -> Iterator[str]:
    """The URL of a fresh database in which every service's schema and the console's stand."""
    name = f"test_{next(_numbers)}"
    postgresql.clone_database(TEMPLATE, name)
    yield postgresql.database_url(name)
    postgresql.drop_database(name)


@pytest.fixture(scope="session")
def apache_kafka() -> Iterator[ApacheKafka]:
    """One Apache Kafka for the whole run: to start one takes seconds, to empty its topics a fraction of one."""
    with ApacheKafka(TOPICS) as kafka:
        yield kafka


@pytest.fixture
def bootstrap_servers(request: pytest.FixtureRequest) -> Iterator[str]:
    """A broker with the catalogue's topics, empty: Apache Kafka where ENGAGE_TEST_KAFKA is `apache`."""
    if os.environ.get("ENGAGE_TEST_KAFKA", "embedded") == "apache":
        kafka: ApacheKafka = request.getfixturevalue("apache_kafka")
        kafka.empty_topics()
        yield kafka.bootstrap_servers
    else:
        with EmbeddedBroker({topic.name: topic.partitions for topic in TOPICS}) as broker:
            yield broker.bootstrap_servers


async def connect(url: str, schema: str) -> asyncpg.Connection[asyncpg.Record]:
    """A connection in a service's schema, as a test looks at it."""
    return await asyncpg.connect(url, server_settings={"search_path": schema})
