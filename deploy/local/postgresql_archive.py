"""An archive of the write-ahead log beside a PostgreSQL server, base backups, and recovery to a moment."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from deploy.local.postgresql import PostgreSQL
from deploy.local.postgresql_binaries import server_account
from deploy.local.processes import ProcessError

_POLL_SECONDS: Final = 0.05


class Archive:
    """A directory with base backups and the segments of the log since then; the server's account writes in it.

    At most `seconds` of what was committed are in the server alone.
    """

    def __init__(self, directory: Path, *, seconds: int = 60) -> None:
        self.directory = directory
        self.log = directory / "log"
        self._seconds = seconds
        for path in (directory, self.log):
            path.mkdir(parents=True, exist_ok=True)
            _give(path)

    @property
    def settings(self) -> Mapping[str, str]:
        """What a server needs that is to be archived here."""
        # A segment that is there already is not written again: then the server says so and keeps its own.
        return {
            "archive_mode": "on",
            "archive_command": f"test ! -f '{self.log}/%f' && cp '%p' '{self.log}/%f'",
            "archive_timeout": str(self._seconds),
            "wal_level": "replica",
        }

    def back_up(self, server: PostgreSQL, name: str) -> Path:
        """Makes a base backup while the server works; returns its directory."""
        target = self.directory / name
        how = ("--checkpoint=fast", "--wal-method=none", *_where(server))
        server.run("pg_basebackup", "--pgdata", str(target), *how)
        return target

    def finish(self, server: PostgreSQL, patience: float = 30.0) -> None:
        """Archives all that is committed so far; raises ProcessError where that does not happen in time."""
        how = ("--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--dbname=postgres", *_where(server))
        # It says where the last segment ended, which where nothing was written since is where the present one begins.
        segment = server.run("psql", *how, "--command", "SELECT pg_walfile_name(pg_switch_wal() - 1)")
        deadline = time.monotonic() + patience
        while not (self.log / segment).exists():
            if time.monotonic() > deadline:
                raise ProcessError(f"{segment} was not archived in {patience:g} s")
            time.sleep(_POLL_SECONDS)

    def prepare(self, backup: Path, moment: datetime) -> None:
        """Makes a base backup a data directory that, once started, recovers to a moment and then takes writes."""
        settings = {
            "restore_command": f"cp '{self.log}/%f' '%p'",
            "recovery_target_time": moment.isoformat(),
            "recovery_target_action": "promote",
            # Nobody is let in before it has come there.
            "hot_standby": "off",
        }
        with (backup / "postgresql.auto.conf").open("a") as written:
            written.writelines(f"{name} = '{_quoted(value)}'\n" for name, value in settings.items())
        (backup / "recovery.signal").touch()


def _where(server: PostgreSQL) -> tuple[str, ...]:
    return "--host", str(server.socket_directory), "--port", str(server.port), "--username=postgres"


def _quoted(value: str) -> str:
    return value.replace("'", "''")


def _give(path: Path) -> None:
    if (account := server_account()) is not None:
        os.chown(path, account.user, account.group)
