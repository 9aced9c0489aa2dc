"""`engage …` as an operator types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from deploy.local.stack import Stack


class Engage:
    """The command line against a stack, as the operators' login or as that of the migrations."""

    def __init__(self, stack: Stack, *, as_migrations: bool = False) -> None:
        self._environment = {
            **os.environ,
            "ENGAGE_DATABASE_URL": stack.migrations_url if as_migrations else stack.addresses()["database_url"],
            "ENGAGE_KAFKA_BOOTSTRAP_SERVERS": stack.broker.servers_for_others,
        }

    def json(self, *arguments: str) -> list[dict[str, Any]]:
        """What a command prints with `--json`, an object a line; its exit code may say that it found something."""
        return [json.loads(line) for line in self._done((*arguments, "--json"), (0, 1)).stdout.splitlines()]

    def run(self, *arguments: str) -> None:
        """Runs a command; raises AssertionError where it fails."""
        self._done(arguments, (0,))

    def fails(self, *arguments: str) -> str:
        """What a command says that fails; raises AssertionError where it does not."""
        return self._done(arguments, (2,)).stderr

    def _done(self, arguments: Sequence[str], codes: Sequence[int]) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "deploy.command_line", *arguments]
        done = subprocess.run(argv, env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode not in codes:
            raise AssertionError(f"engage {' '.join(arguments)}: {done.returncode}: {done.stderr.strip()}")
        return done
