"""One system as `engage up` starts it, for all strangers of a module."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

_STARTING_SECONDS = 60


@pytest.fixture(scope="module")
def system() -> Iterator[dict[str, str]]:
    """The addresses that `engage up` prints."""
    argv = [sys.executable, "-m", "deploy.command_line", "up"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_STARTING_SECONDS)


@pytest.fixture(scope="module")
def broker(system: dict[str, str]) -> str:
    return system["kafka_bootstrap_servers"]
