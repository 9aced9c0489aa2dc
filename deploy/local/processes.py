"""Child processes that end with this one: starting, and stopping by process id."""

from __future__ import annotations

import ctypes
import functools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

_PR_SET_PDEATHSIG: Final = 1
_libc: Final = ctypes.CDLL(None) if sys.platform == "linux" else None

_choosing: Final = threading.Lock()


class ProcessError(RuntimeError):
    """A child process did not start, or ended when it should have gone on; says why."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user and group ids under which a child runs."""

    user: int
    group: int


def spawn(
    argv: Sequence[str | Path],
    *,
    stdout: int | IO[bytes],
    stderr: int | IO[bytes],
    environment: Mapping[str, str] | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
    account: Account | None = None,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own that cannot outlive this one (on Linux).

    `environment` replaces the whole environment; None keeps it. `death_signal` is what the kernel
    sends to the child when this process ends in any way. With `account` the child drops to its ids and
    loses its other groups.
    Raises OSError when the program cannot be started.
    """
    bind = _bind_to_parent(death_signal)

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env=None if environment is None else dict(environment),
            # Ctrl-C reaches the terminal's whole process group; only the parent knows the order to stop in.
            start_new_session=True,
            preexec_fn=bind,
            user=account.user if account else None,
            group=account.group if account else None,
            extra_groups=[] if account else None,
        )

    # Two threads that ask first at once would make two spawners, and the children of the one that is dropped would end.
    with _choosing:
        spawner = _spawner(os.getpid())
    return spawner.submit(start).result()


@functools.cache
def _spawner(process_id: int) -> ThreadPoolExecutor:
    # The kernel sends the death signal when the *thread* that forked ends, not the process. So one thread
    # that lives as long as the process starts every child, whoever asks. The key is for processes forked
    # from this one, in which that thread does not exist.
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"spawner-{process_id}")


def _bind_to_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    if _libc is None:
        return None
    prctl, parent = _libc.prctl, os.getpid()

    def bind() -> None:
        prctl(_PR_SET_PDEATHSIG, int(death_signal))
        # The parent may have died before the call, and then no signal comes any more.
        if os.getppid() != parent:
            os._exit(1)

    return bind


def stop(process: subprocess.Popen[bytes], stop_signal: signal.Signals, patience: float = 10.0) -> int:
    """Send `stop_signal`, wait up to `patience` seconds, then SIGKILL; return the exit status.

    Does nothing to a process that has already ended.
    """
    if process.poll() is None:
        process.send_signal(stop_signal)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


class ServiceProcess:
    """A named child process whose output goes to a log file; it can be stopped and started again.

    `environment` is added to this process's own. The log is appended to, over all starts. On Linux the
    child gets SIGKILL when this process ends, however it ends.
    """

    def __init__(self, name: str, argv: Sequence[str], *, environment: Mapping[str, str], log_path: Path) -> None:
        self.name = name
        self.argv = tuple(argv)
        self.environment = dict(environment)
        self.log_path = log_path
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; raises ProcessError when it runs already, OSError when it cannot start."""
        if self._process is not None and self._process.poll() is None:
            raise ProcessError(f"{self.name} runs already, as process {self._process.pid}")
        with self.log_path.open("ab") as log:
            self._process = spawn(
                self.argv,
                environment={**os.environ, **self.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def terminate(self, patience: float = 15.0) -> int | None:
        """Send SIGTERM, after `patience` seconds SIGKILL; return the exit status, None if never started."""
        return None if self._process is None else stop(self._process, signal.SIGTERM, patience)

    def kill(self) -> int | None:
        """Send SIGKILL and wait; return the exit status, None if never started."""
        return None if self._process is None else stop(self._process, signal.SIGKILL)

    def wait(self, patience: float) -> int:
        """Wait for the process to end by itself; raises ProcessError after `patience` seconds."""
        try:
            return self._started().wait(patience)
        except subprocess.TimeoutExpired:
            raise ProcessError(f"{self.name} still runs after {patience:g} s") from None

    @property
    def process_id(self) -> int:
        """The id of the process last started; raises ProcessError when there was none."""
        return self._started().pid

    @property
    def returncode(self) -> int | None:
        """The exit status (minus the signal number when killed), None while it runs."""
        return self._started().poll()

    def log_tail(self, lines: int = 20) -> str:
        """Return the last lines of the log."""
        if not self.log_path.exists():
            return ""
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:])

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ProcessError(f"{self.name} was never started")
        return self._process
