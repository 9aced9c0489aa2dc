"""A wire, PostgreSQL and a broker on this end of it, and the small service of the chassis' tests on the other."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx2
import pytest

from deploy.local.postgresql import PostgreSQL
from deploy.local.processes import ServiceProcess
from tests.eventually import eventually
from tests.integration.chassis.conftest import System, effects_template, system, titled
from tests.integration.conftest import apache_kafka, bootstrap_servers, database_url, postgresql
from tests.networks.wire import INSIDE, SEEN_ADDRESS, SERVICES_ADDRESS, Place, Wire, why_not

__all__ = ["apache_kafka", "bootstrap_servers", "database_url", "effects_template", "postgresql", "system"]

SEEN_SECONDS = 5.0
"""Within so long what goes on failing is named."""


@pytest.fixture(scope="session")
def wire() -> Iterator[Wire]:
    if (reason := why_not()) is not None:
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with Wire() as made:
        yield made


@dataclass
class Host:
    """A service at the other end of the wire, as its operator sees it."""

    system: System
    process: ServiceProcess
    wire: Wire

    def place_of(self, server: str) -> Place:
        """Where PostgreSQL or Kafka is."""
        urls = {"PostgreSQL": self.system.database_url, "Kafka": f"kafka://{self.system.bootstrap_servers}"}
        found = urlsplit(urls[server])
        assert found.hostname is not None
        assert found.port is not None
        return found.hostname, found.port

    async def problems(self) -> list[str]:
        """What `/health/ready` names; the status says so too."""
        answer = await self._asked("/health/ready")
        problems: list[str] = answer.json()["problems"]
        assert answer.status_code == (503 if problems else 200)
        return problems

    async def figures(self) -> str:
        """What `/metrics` says."""
        return (await self._asked("/metrics")).text

    async def _asked(self, path: str) -> httpx2.Response:
        async with httpx2.AsyncClient(timeout=10, trust_env=False) as client:
            port = self.process.environment["ENGAGE_HEALTH_PORT"]
            return await client.get(f"http://{SEEN_ADDRESS}:{port}{path}")

    def lines(self, action: str) -> list[dict[str, Any]]:
        """What it logged with an action."""
        said = self.process.log_path.read_text().splitlines()
        return [line for line in map(json.loads, said) if line.get("action") == action]

    async def is_named(self, what: str, *, within: float = SEEN_SECONDS) -> list[str]:
        """What it says of a failing part, once it does."""

        async def named() -> list[str]:
            return [problem for problem in await self.problems() if problem.startswith(what)]

        return await eventually(named, within=within)

    async def is_well(self, *, within: float) -> None:
        """Waits until nothing is wrong."""

        async def well() -> bool:
            return not await self.problems()

        await eventually(well, within=within)

    async def works(self, title: str, *, within: float) -> None:
        """Has it do one more form's work, and sees it done and published."""
        await self.system.send(titled(title))

        async def done() -> bool:
            return title in await self.system.titles() and (await self.system.published())[title] > 0

        await eventually(done, within=within)


@pytest.fixture
async def host(wire: Wire, postgresql: PostgreSQL, system: System, tmp_path: Path) -> AsyncIterator[Host]:
    """The small service at the other end, ready; its database lets it in from there."""
    await let_in(postgresql)
    async with running(wire, system, tmp_path) as there:
        yield there


@asynccontextmanager
async def running(wire: Wire, system: System, directory: Path, **environment: str) -> AsyncIterator[Host]:
    """The small service at the other end, ready, while the block runs."""
    here = system.process(directory, ENGAGE_HEALTH_HOST=SEEN_ADDRESS, ENGAGE_SESSION_TIMEOUT_MS="10000", **environment)
    argv = [*INSIDE, *here.argv]
    process = ServiceProcess(here.name, argv, environment=here.environment, log_path=here.log_path)
    process.start()
    host = Host(system, process, wire)
    try:
        await eventually(lambda: is_ready(host), within=60.0)
        yield host
    finally:
        process.kill()


async def is_ready(host: Host) -> bool:
    assert host.process.returncode is None, host.process.log_tail()
    try:
        return not await host.problems()
    except httpx2.TransportError:
        return False


async def let_in(server: PostgreSQL) -> None:
    """Has PostgreSQL let anybody in who comes over the wire."""
    connection = await asyncpg.connect(server.database_url("postgres"))
    try:
        add_rule(Path(await connection.fetchval("SHOW hba_file")))
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


def add_rule(rules: Path) -> None:
    rule = f"host all all {SERVICES_ADDRESS}/32 trust\n"
    if rule not in rules.read_text():
        with rules.open("a") as file:
            file.write(rule)
