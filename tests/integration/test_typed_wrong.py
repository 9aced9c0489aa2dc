"""Numbers and texts that no database can keep, typed by an operator: a sentence, and nothing of ours to blame."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "command",
    [
        ("lanes", "skip", "intake", "forms.applications.v1", "0", str(2**63), "--why", "so"),
        ("lanes", "skip", "intake", "forms.applications.v1", str(2**31), "0", "--why", "so"),
        ("lanes", "resume", "intake", "forms.\udc80", "0"),
        ("lanes", "skip", "intake", "forms.applications.v1", "0", "0", "--why", "\udc80"),
        ("dead-letters", "list", "--key", "\udc80"),
        ("dead-letters", "claim", "--reason", "\udc80", "--why", "so"),
    ],
    ids=["offset", "partition", "topic", "why", "key", "reason"],
)
def test_what_no_database_can_keep_is_a_mistake_of_who_types_it(command: tuple[str, ...], database_url: str) -> None:
    # A process of its own: what a shell hands over need not be UTF-8.
    answer = subprocess.run(
        [sys.executable, "-m", "deploy.command_line", *map(os.fsencode, command)],
        env={**os.environ, "ENGAGE_DATABASE_URL": database_url},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (
        answer.stderr.decode().strip() == "what was typed can't be kept: a number is too large, or a text is no UTF-8"
    )
    assert answer.returncode == 2
