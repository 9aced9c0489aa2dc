"""A database whose address changes behind its name, as after a failover."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy.local.postgresql import PostgreSQL
from tests.integration.chassis.conftest import System
from tests.networks.conftest import let_in, running
from tests.networks.wire import Wire

NAME = "database.example"
OLD, NEW = "127.0.0.1", "127.0.0.7"


class Names:
    """What names lead to, for all processes of this run."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def lead(self, name: str, address: str) -> None:
        self._file.write_text(f"127.0.0.1 localhost\n{address} {name}\n")


@pytest.fixture
def names(wire: Wire, tmp_path: Path) -> Iterator[Names]:
    """A file of names in place of the machine's, in the mount namespace of this run."""
    file = tmp_path / "hosts"
    made = Names(file)
    made.lead(NAME, OLD)
    subprocess.run(["mount", "--bind", file, "/etc/hosts"], check=True)
    yield made
    subprocess.run(["umount", "/etc/hosts"], check=True)


async def test_a_database_is_found_at_its_new_address(
    wire: Wire, names: Names, postgresql: PostgreSQL, system: System, tmp_path: Path
) -> None:
    await let_in(postgresql)
    port, path = urlsplit(system.database_url).port, urlsplit(system.database_url).path
    assert port is not None
    url = f"postgresql://postgres@{NAME}:{port}{path}"
    async with (
        same_database_at(NEW, port) as visits,
        running(wire, system, tmp_path, ENGAGE_DATABASE_URL=url, ENGAGE_DATABASE_TLS="off") as host,
    ):
        await host.works("before", within=20.0)
        assert not visits
        with wire.swallowing((OLD, port)):  # nobody says goodbye
            names.lead(NAME, NEW)
            await host.works("after", within=60.0)
            await host.is_well(within=20.0)
        assert visits
        assert await system.titles() == ["before", "after"]


@asynccontextmanager
async def same_database_at(address: str, port: int) -> AsyncIterator[list[object]]:
    """The server at one more address; gives who came there."""
    visits: list[object] = []

    async def visited(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(writer.get_extra_info("peername"))
        from_server, to_server = await asyncio.open_connection(OLD, port)
        await asyncio.gather(passed_on(reader, to_server), passed_on(from_server, writer))

    async with await asyncio.start_server(visited, address, port):
        yield visits


async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()
