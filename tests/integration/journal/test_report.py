"""The report of an edition out of a journal that heard whole stories: figures, a terminal, a document."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.pairs import MeetingHeld
from contracts.rounds import NeedUnmet
from contracts.support import Figure, ImpactRecorded, SupportActionChanged
from services.journal.operations import NothingFound, read_editions, read_report
from services.journal.reports.model import ImpactYear, Mentoring
from tests.conformance.stage import Stage, service_named
from tests.events import START, example
from tests.ids import identifier
from tests.integration.conftest import connect
from tests.integration.journal.test_command_line import engage
from tests.integration.journal.test_store import everything, keep
from tests.unit.journal.events import Told, need, need_id, told


def told_of(name: str) -> list[Told]:
    """What a report counts beside the story: two meetings, one of them told twice, roots, figures of three years."""
    held: dict[str, Any] = {
        "application_id": identifier(f"application {name}"),
        "assignment_id": identifier(f"assignment {name}"),
    }
    paired = {**held, "pair_id": identifier(f"pair {name}"), "to_state": "active"}
    meetings = [
        example(MeetingHeld, **paired, version=2, meeting_id=identifier(f"meeting {name} {meeting}"), minutes=minutes)
        for meeting, minutes in ((1, 30), (2, 60), (2, 90))
    ]
    rooted = [
        example(SupportActionChanged, **held, action="rooting", from_state="planned", to_state=state, version=version)
        for version, state in ((2, "started"), (3, "finished"))
    ]
    figures = [
        example(
            ImpactRecorded,
            **held,
            year=year,
            version=year + 1,
            figures=(Figure(code="people-reached", value=100 + 50 * year, baseline=100),),
        )
        for year in (0, 1, 2)
    ]
    return [
        told(data, "pairs.v1", name=f"{name} {at}", at=START + timedelta(days=at))
        for at, data in enumerate((*meetings, *rooted, *figures))
    ]


@pytest.fixture
async def filled(database_url: str) -> str:
    """A database whose journal has heard two stories to their ends, and a need that a round left unmet."""
    connection = await connect(database_url, "journal")
    unmet = told(example(NeedUnmet, need_id=need_id()), "assignments.v1", name="unmet")
    stories = [each for name in ("a", "b") for each in (*everything(name), *told_of(name))]
    await keep(Stage(service_named("journal"), connection), *stories, need(), unmet)
    await connection.close()
    return database_url


async def test_a_report_counts_what_the_journal_heard(filled: str) -> None:
    connection = await connect(filled, "journal")
    try:
        (edition,) = await read_editions(connection)
        report = await read_report(connection, edition)
        assert replace(report, edition=None) == await read_report(connection, None)
        with pytest.raises(NothingFound, match=edition):
            await read_report(connection, "contest-1900")
    finally:
        await connection.close()
    assert (report.applied, report.took_part, report.selected, report.rooted, report.needs_answered) == (2, 2, 2, 2, 1)
    assert report.mentoring == Mentoring({"ended": 2}, 4, 4.0)
    assert sum(each.lifted for each in report.obstacles) == 2
    assert report.impact == (
        ImpactYear("people-reached", 1, 2, 200, 300),
        ImpactYear("people-reached", 2, 2, 200, 400),
    )
    assert sum(share.rooted for share in report.by_theme) >= 2


async def test_a_report_is_read_by_people_programs_and_on_paper(filled: str, tmp_path: Path) -> None:
    shown = await engage(filled, "report", "--language", "en")
    assert shown.returncode == 0, shown.stderr
    assert "Report of all editions" in shown.stdout
    assert "Impact: People reached" in shown.stdout
    assert all(len(line) <= 80 for line in shown.stdout.splitlines())
    figures = json.loads((await engage(filled, "report", "--json")).stdout)
    assert figures["applied"] == 2
    assert figures["mentoring"]["hours"] == 4.0
    document = tmp_path / "report.pdf"
    for language in ("fr", "en"):
        written = await engage(filled, "report", "--pdf", str(document), "--language", language)
        assert written.returncode == 0, written.stderr
        content = document.read_bytes()
        assert content.startswith(b"%PDF-")
        assert b"/MarkInfo" in content, "a document that screen readers can read is tagged"
    refused = await engage(filled, "report", "contest-1900")
    assert refused.returncode == 2
    assert "contest-1900" in refused.stderr
