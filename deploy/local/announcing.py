"""A child process that says, once it can be reached, how."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence

from deploy.local.processes import ProcessError, spawn, stop


class AnnouncingProcess:
    """A child process that says on the first line of its output how it can be reached."""

    def __init__(self, name: str, argv: Sequence[str]) -> None:
        self.name = name
        self.argv = tuple(argv)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, patience: float = 15.0) -> str:
        """Start and return the first line; raises ProcessError, quoting its errors, if none comes in time."""
        with tempfile.TemporaryFile() as errors:
            process = spawn(self.argv, stdout=subprocess.PIPE, stderr=errors)
            line = _first_line(process, patience)
            if line is None:
                stop(process, signal.SIGKILL)
                errors.seek(0)
                said = errors.read().decode(errors="replace")[-2000:]
                raise ProcessError(f"{self.name} did not start in {patience:g} s: {said or 'it said nothing'}")
        self._process = process
        return line

    def stop(self) -> None:
        """Send SIGTERM and wait; SIGKILL when that is not enough. Does nothing when it does not run."""
        if self._process is not None:
            stop(self._process, signal.SIGTERM, patience=5.0)
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None

    @property
    def is_alive(self) -> bool:
        """Whether it was started, and runs still."""
        return self._process is not None and self._process.poll() is None

    @property
    def process_id(self) -> int:
        """The id of the running process; raises ProcessError when it was not started."""
        if self._process is None:
            raise ProcessError(f"{self.name} does not run")
        return self._process.pid


def _first_line(process: subprocess.Popen[bytes], patience: float) -> str | None:
    assert process.stdout is not None
    deadline, received = time.monotonic() + patience, b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not received.endswith(b"\n"):
            if not selector.select(max(0.0, deadline - time.monotonic())):
                return None
            chunk = os.read(process.stdout.fileno(), 4096)
            if not chunk:
                return None
            received += chunk
    return received.decode().strip()
