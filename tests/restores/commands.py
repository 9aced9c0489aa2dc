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
    """The command line against a stack."""

    def __init__(self, stack: Stack) -> None:
        self._environment = {
            **os.environ,
            "ENGAGE_DATABASE_URL": stack.addresses()["database_url"],
            "ENGAGE_KAFKA_BOOTSTRAP_SERVERS": stack.broker.servers_for_others,
        }

    def json(self, *arguments: str, codes: Sequence[int] = (0, 1)) -> list[dict[str, Any]]:
        """What a command prints with `--json`, an object a line; raises AssertionError for another exit code."""
        argv = [sys.executable, "-m", "deploy.command_line", *arguments, "--json"]
        done = subprocess.run(argv, env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode not in codes:
            raise AssertionError(f"engage {' '.join(arguments)}: {done.returncode}: {done.stderr.strip()}")
        return [json.loads(line) for line in done.stdout.splitlines()]
