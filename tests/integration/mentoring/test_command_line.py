"""Pairs on the command line, over a programme in PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys

from tests.integration.mentoring.transactions import Connection, take
from tests.unit.mentoring.examples import confirmed, enrolled, mentor_id


async def engage(database_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ENGAGE_DATABASE_URL": database_url, "COLUMNS": "180"}
    command = [sys.executable, "-m", "deploy.command_line", "pairs", *arguments]
    return await asyncio.to_thread(
        subprocess.run, command, env=environment, capture_output=True, text=True, check=False
    )


async def test_pairs_are_listed_and_filtered(database_url: str, connection: Connection) -> None:
    await take(connection, enrolled(1), enrolled(2), confirmed(1), confirmed(2))
    listed = await engage(database_url)
    assert listed.returncode == 0, listed.stderr
    assert "Projet 1" in listed.stdout
    assert "2025-03-10" in listed.stdout, "until when it is open"
    rows = [json.loads(line) for line in (await engage(database_url, "--json")).stdout.splitlines()]
    assert [row["state"] for row in rows] == ["offered", "offered"]
    of_one = await engage(database_url, "--json", "--mentor", str(mentor_id(1)))
    assert len(of_one.stdout.splitlines()) == 1
    assert "There are no such pairs." in (await engage(database_url, "--state", "active")).stdout


async def test_a_filter_that_cannot_be_is_refused(database_url: str) -> None:
    for arguments, words in ((("--state", "asleep"), "should be one of offered"), (("--mentor", "x"), "a UUID")):
        refused = await engage(database_url, *arguments)
        assert refused.returncode == 2
        assert words in " ".join(refused.stderr.replace("│", "").split())
