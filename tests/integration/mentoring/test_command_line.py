"""Pairs and obstacles on the command line, over a programme in PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import timedelta

from services.mentoring.due import DueDates
from tests.integration.mentoring.transactions import Connection, Writer, take
from tests.unit.mentoring.examples import NOW, assignment_id, confirmed, enrolled, mentor_id
from tests.unit.mentoring.reports import reported
from tests.unit.mentoring.test_support import impact, introduced, said


async def engage(database_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ENGAGE_DATABASE_URL": database_url, "COLUMNS": "180"}
    command = [sys.executable, "-m", "deploy.command_line", *arguments]
    return await asyncio.to_thread(
        subprocess.run, command, env=environment, capture_output=True, text=True, check=False
    )


async def test_pairs_are_listed_and_filtered(database_url: str, connection: Connection) -> None:
    await take(connection, enrolled(1), enrolled(2), confirmed(1), confirmed(2))
    listed = await engage(database_url, "pairs")
    assert listed.returncode == 0, listed.stderr
    assert "Projet 1" in listed.stdout
    assert "2025-03-10" in listed.stdout, "until when it is open"
    rows = [json.loads(line) for line in (await engage(database_url, "pairs", "--json")).stdout.splitlines()]
    assert [row["state"] for row in rows] == ["offered", "offered"]
    of_one = await engage(database_url, "pairs", "--json", "--mentor", str(mentor_id(1)))
    assert len(of_one.stdout.splitlines()) == 1
    assert "There are no such pairs." in (await engage(database_url, "pairs", "--state", "active")).stdout


async def test_obstacles_are_listed_and_filtered(database_url: str, connection: Connection) -> None:
    await take(connection, confirmed(1), confirmed(2))
    await take(connection, reported(1), reported(2, assignment=2, kind="partners", service="associations"))
    await DueDates(lambda: NOW + timedelta(days=30)).perform(Writer(connection))
    listed = await engage(database_url, "obstacles")
    assert listed.returncode == 0, listed.stderr
    assert "Projet 2" in listed.stdout
    rows = [json.loads(line) for line in (await engage(database_url, "obstacles", "--json")).stdout.splitlines()]
    assert [(row["kind"], row["state"], row["level"]) for row in rows] == [
        ("partners", "escalated", 1),
        ("premises", "opened", 0),
    ]
    for arguments in (("--late",), ("--service", "associations"), ("--state", "escalated")):
        found = (await engage(database_url, "obstacles", "--json", *arguments)).stdout.splitlines()
        assert [json.loads(line)["kind"] for line in found] == ["partners"]
    assert "There are no such obstacles." in (await engage(database_url, "obstacles", "--state", "lifted")).stdout


async def test_support_plans_are_listed_and_filtered(database_url: str, connection: Connection) -> None:
    await take(connection, confirmed(1), confirmed(2), introduced(outcome="in-contact"), said("rooting", "finish", 2))
    listed = await engage(database_url, "support")
    assert listed.returncode == 0, listed.stderr
    for words in ("Projet 2", "networking: started", "Incubateur fictif: in-contact", "rooting: finished"):
        assert words in listed.stdout
    (row,) = map(
        json.loads, (await engage(database_url, "support", "--json", "--state", "finished")).stdout.splitlines()
    )
    assert (row["project_title"], row["introductions"]) == ("Projet 2", [])
    of_one = await engage(database_url, "support", "--json", "--assignment", str(assignment_id(1)))
    assert json.loads(of_one.stdout)["introductions"][0]["partner_kind"] == "incubator"
    assert "There are no such plans." in (await engage(database_url, "support", "--state", "dropped")).stdout


async def test_figures_are_listed_year_by_year(database_url: str, connection: Connection) -> None:
    assert "No figures were reported." in (await engage(database_url, "impact")).stdout
    await take(connection, confirmed(1), impact(0, jobs=3), impact(2, jobs=11, places=2))
    listed = (await engage(database_url, "impact")).stdout
    for words in ("Projet 1", "beginning", "year 2", "11"):
        assert words in listed
    row = json.loads((await engage(database_url, "impact", "--json", "--assignment", str(assignment_id(1)))).stdout)
    assert row["years"] == {"0": {"jobs": 3}, "2": {"jobs": 11, "places": 2}}


async def test_a_filter_that_cannot_be_is_refused(database_url: str) -> None:
    for arguments, words in (
        (("pairs", "--state", "asleep"), "not one of 'offered'"),
        (("pairs", "--mentor", "x"), "a valid UUID"),
        (("support", "--state", "asleep"), "not one of 'planned'"),
        (("support", "--assignment", "x"), "a valid UUID"),
        (("impact", "--assignment", "x"), "a valid UUID"),
        (("obstacles", "--state", "asleep"), "not one of 'opened'"),
    ):
        refused = await engage(database_url, *arguments)
        assert refused.returncode == 2
        assert words in " ".join(refused.stderr.replace("│", "").split())
