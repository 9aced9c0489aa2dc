"""Follow-ups on the command line: seen, cancelled and sent at once, by the same sender and as often as ever."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from uuid import UUID

import pytest

from contracts.applications import ApplicationRegistered
from contracts.assignments import AssignmentProposed
from tests.command_line import engage
from tests.conformance.stage import Stage, service_named
from tests.events import example
from tests.integration.conftest import connect
from tests.integration.journal.test_store import keep
from tests.integration.notifications.happenings import START, activated, confirmed, contact, idle, named, registered
from tests.integration.notifications.test_sender import Office, office
from tests.unit.journal.events import told

__all__ = ["office"]


async def listed(database_url: str, *arguments: str) -> list[dict[str, Any]]:
    done = await engage(database_url, "follow-ups", "list", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
async def planned(office: Office) -> Office:
    """With a confirmed assignment: one mail is due, and check-ins are planned."""
    await office.desk.handle(confirmed("a"), contact("lead a", name="Éloïse Durand"))
    return office


async def test_what_is_planned_is_listed_and_filtered(database_url: str, planned: Office) -> None:
    rows = await listed(database_url)
    assert rows[0]["kind"] == "assignment-confirmation"
    assert [row["due_at"] for row in rows] == sorted(row["due_at"] for row in rows)
    assert {row["state"] for row in rows} == {"scheduled"}
    assert len(await listed(database_url, "--kind", "check-in-30-days")) == 1
    assert await listed(database_url, "--recipient", str(named("nobody"))) == []
    text = (await engage(database_url, "follow-ups", "list")).stdout
    assert "check-in-90-days" in text
    assert "Durand" not in text
    assert "example" not in text
    shown = json.loads((await engage(database_url, "follow-ups", "show", rows[0]["id"])).stdout)
    assert shown["matter_id"] == rows[0]["matter_id"]


async def test_what_each_is_of_is_told_as_far_as_anybody_may_know(database_url: str, planned: Office) -> None:
    (first, *_) = await listed(database_url)
    assert (first["organisation"], first["title"]) == (None, None), "the journal has heard nothing"
    connection = await connect(database_url, "journal")
    application_id, assignment_id = named("of it"), UUID(first["matter_id"])
    registered = example(ApplicationRegistered, application_id=application_id, project_title="=1+1")
    proposed = example(AssignmentProposed, application_id=application_id, assignment_id=assignment_id)
    heard = [told(registered, "applications.v1", name="a"), told(proposed, "assignments.v1", name="b")]
    await keep(Stage(service_named("journal"), connection), *heard)
    await connection.close()
    (first, *_) = await listed(database_url)
    assert (first["title"], first["story_id"]) == ("=1+1", str(application_id))
    assert first["organisation"]
    written = await engage(database_url, "follow-ups", "list", "--csv")
    rows = list(csv.DictReader(io.StringIO(written.stdout)))
    assert {row["title"] for row in rows} == {"'=1+1"}, "a spreadsheet must take it for no formula"
    assert rows[0]["kind"] == "assignment-confirmation"
    for language, said in (("fr", "échéance"), ("en", "due")):
        text = (await engage(database_url, "follow-ups", "list", "--language", language, columns=80)).stdout
        assert said in text
        assert "=1+1" in text
        assert all(len(line) <= 80 for line in text.splitlines())
    assert (await engage(database_url, "follow-ups", "list", "--language", "de")).returncode == 2


async def test_what_waits_for_a_contact_is_shown(database_url: str, planned: Office) -> None:
    assert await listed(database_url, "--unreachable") == []
    await planned.desk.handle(registered("b"), activated("a"))
    waiting = {(row["kind"], row["recipient_id"]) for row in await listed(database_url, "--unreachable")}
    assert waiting == {
        ("acknowledgement", str(named("lead b"))),
        ("introduction-to-lead", str(named("lead a"))),
        ("introduction-to-mentor", str(named("person of mentor a"))),
    }, "also where the other of two is unknown"


async def test_what_an_operator_sends_now_leaves_at_night_and_beyond_the_week(
    database_url: str, planned: Office
) -> None:
    planned.clock.now = START.replace(hour=2)
    await planned.desk.handle(*(idle("a", "nudge", version) for version in range(2, 9)))
    await planned.send()
    rows = await listed(database_url, "--kind", "pair-nudge-to-lead")
    assert {row["state"] for row in rows} == {"scheduled"}
    for row in rows:
        assert (
            await engage(database_url, "follow-ups", "send-now", row["id"], "--why", "asked for", "--by", "tester")
        ).returncode == 0
    await planned.send()
    assert {row["state"] for row in await listed(database_url, "--kind", "pair-nudge-to-lead")} == {"sent"}


async def test_a_cancelled_one_is_never_sent_and_says_so(database_url: str, planned: Office) -> None:
    (row,) = await listed(database_url, "--kind", "assignment-confirmation")
    done = await engage(database_url, "follow-ups", "cancel", row["id"], "--why", "said by telephone", "--by", "tester")
    assert done.returncode == 0, done.stderr
    await planned.send()
    assert planned.server.mails == []
    assert [(it["event"], it["reason"]) for it in planned.said] == [("cancelled", "cancelled-by-operator")]
    (row,) = await listed(database_url, "--state", "cancelled")
    assert (row["requested_by"], row["requested_why"]) == ("tester", "said by telephone")
    again = await engage(database_url, "follow-ups", "send-now", row["id"], "--why", "after all")
    assert again.returncode == 2
    assert "is cancelled" in " ".join(again.stderr.split())


async def test_what_is_to_come_in_a_series_is_cancelled_by_itself(database_url: str, planned: Office) -> None:
    (row,) = await listed(database_url, "--kind", "check-in-90-days")
    assert row["series"]["planned_by"] == "assignment-confirmed"
    assert json.loads((await engage(database_url, "follow-ups", "show", row["id"])).stdout)["series"] == row["series"]
    assert "assignment-confirmed, next" in (await engage(database_url, "follow-ups", "list")).stdout
    done = await engage(database_url, "follow-ups", "cancel", row["id"], "--why", "met already", "--by", "tester")
    assert done.returncode == 0, done.stderr
    await planned.send()
    ended = [(it["event"], it["kind"]) for it in planned.said if it["follow_up_id"] == row["id"]]
    assert ended == [("cancelled", "check-in-90-days")]
    assert len(await listed(database_url, "--state", "scheduled")) == 6, "all others are still to come"


async def test_one_that_is_sent_now_is_sent_once(database_url: str, planned: Office) -> None:
    (row,) = await listed(database_url, "--kind", "check-in-30-days")
    assert (await engage(database_url, "follow-ups", "send-now", row["id"], "--why", "a visit")).returncode == 0
    await planned.send()
    await planned.send()
    sent = {it["follow_up_id"] for it in planned.said if it["event"] == "sent"}
    assert row["id"] in sent
    assert len(planned.server.mails) == len(sent) == 2, "with the confirmation, which was due"
    (row,) = await listed(database_url, "--kind", "check-in-30-days")
    assert (row["state"], row["requested"]) == ("sent", "send-now")


async def test_what_is_not_there_is_refused(database_url: str, planned: Office) -> None:
    assert (await engage(database_url, "follow-ups", "show", str(named("nothing")))).returncode == 2
    assert (await engage(database_url, "follow-ups", "list", "--state", "lost")).returncode == 2
