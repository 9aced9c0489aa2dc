"""A PostgreSQL that speaks TLS: the one that comes along does not, so it is one of the system's."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from deploy.local.ports import free_port
from deploy.local.postgresql_binaries import server_account
from deploy.local.processes import spawn, stop
from deploy.local.scratch import ScratchDirectory
from tests.authority import Certificate
from tests.eventually import eventually

ACCESS: Final = """
local all postgres trust
host all postgres 127.0.0.1/32 trust
hostssl all engage_intake 127.0.0.1/32 scram-sha-256
"""


@dataclass(frozen=True)
class PostgreSQLOverTls:
    """A server that lets `engage_intake` in over TLS alone, by its password."""

    port: int
    directory: Path

    @property
    def url(self) -> str:
        """Its database as its administrator reaches it, in the clear."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def put(self, certificate: Certificate) -> None:
        """Puts a certificate with its key where the server reads them, at its start and when it is told to."""
        for name, source in (("server.key", certificate.key), ("server.crt", certificate.certificate)):
            path = self.directory / name
            path.write_bytes(source.read_bytes())
            path.chmod(0o600)
            _own(path)


@contextmanager
def postgresql_over_tls(certificate: Certificate) -> Iterator[PostgreSQLOverTls]:
    """A server that shows a certificate, while the block runs; skips where the system has none."""
    programs = [it for it in Path("/usr/lib/postgresql").glob("*/bin") if (it / "postgres").exists()]
    if not programs:
        pytest.skip("no PostgreSQL of the system's, which would have TLS")
    with closing(ScratchDirectory()) as scratch:
        scratch.path.chmod(0o711)
        server = PostgreSQLOverTls(free_port(), scratch.path)
        server.put(certificate)
        process = _started(sorted(programs)[-1], server)
        try:
            asyncio.run(_wait_for(server.url))
            yield server
        finally:
            stop(process, signal.SIGQUIT, patience=20.0)


def _started(programs: Path, server: PostgreSQLOverTls) -> subprocess.Popen[bytes]:
    data = server.directory / "data"
    data.mkdir(mode=0o700)
    _own(data)
    run = partial(spawn, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, account=server_account())
    arguments = ("--pgdata", data, "--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
    assert run([programs / "initdb", *arguments]).wait() == 0
    (data / "pg_hba.conf").write_text(ACCESS)
    settings = {
        "port": server.port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": data,
        "fsync": "off",
        "ssl": "on",
        "ssl_key_file": server.directory / "server.key",
        "ssl_cert_file": server.directory / "server.crt",
    }
    return run([programs / "postgres", "-D", data, *(f"-c{name}={value}" for name, value in settings.items())])


def _own(path: Path) -> None:
    if (account := server_account()) is not None:
        os.chown(path, account.user, account.group)


async def _wait_for(url: str) -> None:
    async def connected() -> bool:
        try:
            connection = await asyncpg.connect(url)
        except (OSError, asyncpg.CannotConnectNowError):
            return False
        await connection.close()
        return True

    await eventually(connected)
