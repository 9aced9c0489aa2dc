"""Certificates that end while a service runs: what it says, and that it needs no restart once they are renewed."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import trustme
from pydantic import PostgresDsn

from contracts.catalogue import TOPICS
from deploy.roles import apply_roles
from libraries.chassis.postgresql import DatabaseAddress
from libraries.chassis.running.running import Running
from libraries.chassis.servers.memory_cluster import MemoryCluster
from libraries.chassis.servers.memory_kafka import MemoryKafka
from libraries.chassis.servers.migration import migrate
from libraries.chassis.settings import Settings
from libraries.chassis.transport import verifying
from libraries.chassis.watching.log import configure_logs
from tests.authority import Certificate
from tests.eventually import eventually
from tests.integration.chassis.effects import SERVICE, TABLE
from tests.integration.postgresql_over_tls import PostgreSQLOverTls, postgresql_over_tls

PASSWORD = "correct horse battery staple"
NOW = datetime.now(UTC)
GOOD, ENDED = NOW + timedelta(days=1), NOW - timedelta(days=1)


class Authority:
    """Signs certificates for 127.0.0.1 that are good for as long as is said; its own is in `file`."""

    def __init__(self, directory: Path, name: str) -> None:
        self._directory, self._name = directory, name
        self._signer = trustme.CA(organization_name=name)
        self.file = directory / f"{name}.pem"
        self._signer.cert_pem.write_to_path(str(self.file))

    def sign(self, until: datetime) -> Certificate:
        issued = self._signer.issue_cert("127.0.0.1", not_before=NOW - timedelta(days=2), not_after=until)
        files = (self._directory / f"{self._name}-{until:%d}.{kind}" for kind in ("key", "crt", "both"))
        made = Certificate(*files)
        issued.private_key_pem.write_to_path(str(made.key))
        issued.cert_chain_pems[0].write_to_path(str(made.certificate))
        return made


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "authority")


@pytest.fixture
def server(authority: Authority) -> Iterator[PostgreSQLOverTls]:
    with postgresql_over_tls(authority.sign(GOOD)) as made:
        asyncio.run(prepare(made.url))
        yield made


async def prepare(url: str) -> None:
    connection = await asyncpg.connect(url)
    await apply_roles(connection, {"intake": PASSWORD})
    await migrate(DatabaseAddress(url), ["intake"])
    await connection.execute(f"{TABLE}; GRANT ALL ON ALL TABLES IN SCHEMA intake TO engage_intake")
    await connection.close()


@asynccontextmanager
async def running(server: PostgreSQLOverTls, trusted: Path) -> Any:
    said: dict[str, Any] = {
        "kafka_bootstrap_servers": "127.0.0.1:1",
        "database_url": PostgresDsn(f"postgresql://engage_intake@127.0.0.1:{server.port}/postgres"),
        "database_password": PASSWORD,
        "database_tls": "verify",
        "database_ca_file": trusted,
        "stop_seconds": 1.0,
    }
    settings = Settings(**said)
    cluster = MemoryCluster({topic.name: topic.partitions for topic in TOPICS})
    service = replace(SERVICE, duties=())
    made = Running(service, settings, configure_logs("intake", "critical"), kafka=MemoryKafka(cluster, "engage-intake"))
    await made.prepare()
    await made.begin()
    try:
        await eventually(lambda: is_ready(made))
        yield made
    finally:
        await made.stop()
        await made.close()


async def is_ready(service: Running) -> bool:
    return not service.health.ready()


async def show(server: PostgreSQLOverTls, certificate: Certificate) -> None:
    """Has the server show another certificate, and everybody come anew."""
    server.put(certificate)
    administrator = await asyncpg.connect(server.url)
    await administrator.execute("SELECT pg_reload_conf()")
    await administrator.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'engage_intake'"
    )
    await administrator.close()


async def test_a_certificate_that_has_ended_is_told_and_its_successor_is_taken(
    server: PostgreSQLOverTls, authority: Authority
) -> None:
    async with running(server, authority.file) as service:
        await show(server, authority.sign(ENDED))
        problems = await eventually(lambda: named(service, "reaching PostgreSQL"))
        assert "PostgreSQL does not prove who it is (certificate has expired)" in problems[0]
        assert service.health.alive() == []
        await show(server, authority.sign(GOOD))
        await eventually(lambda: is_ready(service))


async def named(service: Running, what: str) -> list[str]:
    return [problem for problem in service.health.ready() if problem.startswith(what)]


async def test_an_authority_that_is_renewed_is_believed_without_a_restart(
    server: PostgreSQLOverTls, authority: Authority, tmp_path: Path
) -> None:
    """Operators of Kafka and PostgreSQL put the new one beside the old one, before any certificate is signed by it."""
    successor = Authority(tmp_path, "successor")
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(authority.file.read_bytes())
    async with running(server, trusted) as service:
        await show(server, successor.sign(GOOD))
        problems = await eventually(lambda: named(service, "reaching PostgreSQL"))
        assert "ENGAGE_DATABASE_CA_FILE" in problems[0]
        trusted.write_bytes(authority.file.read_bytes() + successor.file.read_bytes())
        await eventually(lambda: is_ready(service))


def test_a_file_that_is_half_written_takes_nothing_away(authority: Authority, tmp_path: Path) -> None:
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(authority.file.read_bytes())
    context = verifying(trusted)
    known = context.get_ca_certs()
    trusted.write_text("-----BEGIN CERTIFICATE-----")
    context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="127.0.0.1")
    assert context.get_ca_certs() == known
