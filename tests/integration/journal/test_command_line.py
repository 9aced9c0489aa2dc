"""Journeys and lists on the command line: 80 columns, two languages, JSON, CSV, a diagram."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from contracts.applications import ApplicationRejected
from services.journal.operations import Filter, ListedKind, list_lines
from tests import command_line
from tests.conformance.stage import Stage, service_named
from tests.events import START, example
from tests.ids import identifier
from tests.integration.conftest import connect
from tests.integration.journal.test_store import everything, keep
from tests.unit.journal.events import mentor_id, need, need_id, told

APPLICATION = identifier("application a")
CALLED_SO = identifier("application c")
# As wide as a terminal is at least.
engage = partial(command_line.engage, columns=80)


@pytest.fixture
async def filled(database_url: str) -> str:
    """A database whose journal has heard two stories, a need, and an application with a formula for its name."""
    connection = await connect(database_url, "journal")
    data = example(
        ApplicationRejected, application_id=identifier("application c"), project_title="=cmd()", to_state="rejected"
    )
    rejected = told(data, "applications.v1", name="c")
    await keep(Stage(service_named("journal"), connection), *everything("a"), *everything("b"), need(), rejected)
    await connection.close()
    return database_url


async def test_a_journey_is_told_in_both_languages_within_80_columns(filled: str) -> None:
    french = await engage(filled, "journey", "what", "of", str(identifier("pair a")), "?")
    english = await engage(filled, "journey", str(identifier("mail a")), "--language", "en", "--all")
    assert french.returncode == english.returncode == 0, french.stderr + english.stderr
    for words in ("Candidature recevable", "Frein levé", "Maintenant", "attend un exploitant", "Nul ne sait"):
        assert words in french.stdout
    for words in ("Application registered", "Mail sent", "Now", "engage dead-letters show", "Nobody knows"):
        assert words in english.stdout
    assert "Mail sent" not in french.stdout
    assert str(APPLICATION) in french.stdout
    for line in (french.stdout + english.stdout).splitlines():
        assert len(line) <= 80, line


async def test_a_journey_is_told_to_programs_and_as_a_diagram(filled: str) -> None:
    told = json.loads((await engage(filled, "journey", str(APPLICATION), "--json")).stdout)
    assert told["story_id"] == str(APPLICATION)
    assert len(told["steps"]) == len(everything("a"))
    assert told["steps"][0]["what"].keys() == {"fr", "en"}
    assert "unknown" in told["journal_behind"]
    drawn = (await engage(filled, "journey", str(APPLICATION), "--mermaid")).stdout.splitlines()
    assert drawn[0] == "sequenceDiagram"
    assert sum("->>" in line for line in drawn) == len(everything("a"))


async def test_what_belongs_to_several_stories_names_them(filled: str) -> None:
    siren = everything("a")[0].event.data.said["organisation"]["siren"]  # type: ignore[index]
    found = (await engage(filled, "journey", siren, "--language", "en")).stdout
    assert "3 stories" in found
    assert str(APPLICATION) in found
    for wrong in ("nothing at all", str(identifier("nobody"))):
        refused = await engage(filled, "journey", wrong)
        assert refused.returncode == 2
        assert "engage journal status" in " ".join(refused.stderr.replace("│", "").split())


@pytest.mark.parametrize(
    ("what", "wanted", "ids"),
    [
        ("applications", Filter(), {"application a", "application b", "application c"}),
        ("applications", Filter(state="rejected"), {"application c"}),
        ("applications", Filter(need_id=need_id()), {"application a", "application b"}),
        ("applications", Filter(edition="no-such"), set()),
        ("assignments", Filter(state="confirmed"), {"assignment a", "assignment b"}),
        ("pairs", Filter(mentor_id=mentor_id()), {"pair a", "pair b"}),
        ("pairs", Filter(state="offered"), set()),
        ("pairs", Filter(need_id=need_id(), since=START), {"pair a", "pair b"}),
        ("pairs", Filter(since=START + timedelta(days=1)), set()),
        ("obstacles", Filter(late=True), set()),
        ("obstacles", Filter(state="lifted"), {"obstacle a", "obstacle b"}),
        ("obstacles", Filter(service="no-such"), set()),
        ("mentors", Filter(), {"mentor of the journal"}),
        ("mentors", Filter(state="active"), set()),
        ("follow-ups", Filter(state="sent"), {"mail a", "mail b"}),
        ("rounds", Filter(), set()),
        ("needs", Filter(state="open"), {"need of the journal"}),
    ],
)
async def test_lists_and_their_filters(filled: str, what: ListedKind, wanted: Filter, ids: set[str]) -> None:
    connection = await connect(filled, "journal")
    try:
        assert {line.id for line in await list_lines(connection, what, wanted)} == {identifier(name) for name in ids}
    finally:
        await connection.close()


async def test_lists_are_read_by_people_and_by_spreadsheets(filled: str) -> None:
    shown = (await engage(filled, "applications", "--language", "en")).stdout
    assert "registered" in shown
    assert all(len(line) <= 80 for line in shown.splitlines())
    rows: list[dict[str, Any]] = list(
        csv.DictReader(io.StringIO((await engage(filled, "applications", "--csv")).stdout))
    )
    assert {row["title"] for row in rows} >= {"'=cmd()"}, "a spreadsheet must take it for no formula"
    for wrong in (("--language", "de"), ("--state", "asleep")):
        assert (await engage(filled, "applications", *wrong)).returncode == 2


async def test_to_read_all_again_has_to_be_meant(filled: str) -> None:
    assert (await engage(filled, "journal", "rebuild")).returncode == 2
    assert (await engage(filled, "journal", "rebuild", "--yes")).returncode == 0
    connection = await connect(filled, "journal")
    try:
        assert await connection.fetchval("SELECT count(*) FROM event") == 0
    finally:
        await connection.close()
