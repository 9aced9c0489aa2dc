"""A system moves: exported, imported into a new PostgreSQL and a new Kafka, byte for byte, and it goes on there."""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from contracts.catalogue import TOPICS
from deploy.local.apache_kafka import ApacheKafka
from deploy.local.stack import Stack
from deploy.local.together import together
from deploy.roles import WITH_SCHEMA
from tests.faults import traffic
from tests.faults.evidence import Found, read_topics
from tests.faults.opportunities import Opportunities
from tests.faults.quiet import wait_until_quiet
from tests.kafka import send
from tests.restores.commands import Engage

NOTHING = Opportunities(*((),) * 9)
_APPLICATIONS = 20


@pytest.fixture
def directory() -> Iterator[Path]:
    """Where PostgreSQL can keep its data under another account too; pytest's own directories are private."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


def said(found: Found) -> tuple[object, ...]:
    """All that a record is."""
    return found.partition, found.offset, found.key, tuple(found.headers.items()), found.value, found.timestamp


def dumped(stack: Stack) -> list[str]:
    """Every row of every table, as PostgreSQL's own program writes it."""
    where = ("--host", str(stack.postgresql.socket_directory), "--port", str(stack.postgresql.port))
    how = ("--username=postgres", "--dbname=engage", "--data-only", "--inserts", "--exclude-table=*.migration")
    # Rows lie in a table as they came. Each dump says a word of its own to the program that reads it.
    rows = stack.postgresql.run("pg_dump", *where, *how).splitlines()
    return sorted(row for row in rows if not row.startswith("\\"))


async def begin(stack: Stack, chance_of: str) -> None:
    """Forms, until all that they lead to has happened."""
    servers, url = stack.broker.bootstrap_servers, stack.addresses()["database_url"]
    await send(servers, traffic.first_forms())
    await send(servers, traffic.of_round(0, NOTHING, random.Random(chance_of), _APPLICATIONS))
    await wait_until_quiet(url, servers, 75)


def stood(directory: Path, services: Sequence[str] = WITH_SCHEMA) -> Stack:
    """A system that keeps its data; without services it is only what they stand on."""
    kafka = ApacheKafka(TOPICS, directory=directory / "kafka")
    return Stack(services=services, broker=kafka, data=directory)


@pytest.mark.timeout(600)
def test_a_system_moves_byte_for_byte_and_goes_on(directory: Path) -> None:
    export, again = directory / "export", directory / "again"
    with stood(directory / "first") as first:
        asyncio.run(begin(first, "moving"))
        refused = Engage(first, as_migrations=True).fails("export", str(export))
        assert "still connected" in refused, "services that run write while it reads"
        together(*(service.terminate for service in first.services.values()))
        Engage(first, as_migrations=True).run("export", str(export))
        rows, records = dumped(first), read_topics(first.broker.bootstrap_servers)
    with stood(directory / "second", ()) as second:
        engage = Engage(second, as_migrations=True)
        engage.run("import", str(export))
        assert dumped(second) == rows
        moved = read_topics(second.broker.bootstrap_servers)
        assert {topic: [*map(said, found)] for topic, found in moved.items()} == {
            topic: [*map(said, found)] for topic, found in records.items()
        }
        engage.run("export", str(again))
        assert manifest(again) == manifest(export), "with the digest of each file, and where each partition ends"
        assert "not empty" in engage.fails("import", str(export))
    with stood(directory / "second") as second:
        servers, url = second.broker.bootstrap_servers, second.addresses()["database_url"]
        asyncio.run(wait_until_quiet(url, servers, 75))
        assert [*map(said, read_topics(servers)["applications.v1"])] == [*map(said, records["applications.v1"])], (
            "nothing is said twice"
        )


def manifest(directory: Path) -> dict[str, Any]:
    """What an export says that it holds, but for when it was made."""
    found: dict[str, Any] = json.loads((directory / "manifest.json").read_bytes())
    return {name: value for name, value in found.items() if name != "exported_at"}
