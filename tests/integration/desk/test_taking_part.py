"""A mentor's own part behind their link: a pair or none, they abstain from a file and leave; a head lets one go."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import asyncpg
import pytest
from typer.testing import CliRunner

from contracts.erasures import ErasureRequested
from contracts.event import Event
from contracts.mentors import MentorWithdrawn, RecusalDeclared
from deploy.command_line.commands import program
from libraries.chassis.settings import SettingsError
from libraries.links.seal import last_day_of
from services.desk.app import Desk
from tests.integration.conftest import connect
from tests.integration.desk.conftest import visitor
from tests.integration.desk.linked import (
    APPLICATION,
    LEAD,
    MENTOR,
    MENTOR_ID,
    OTHER,
    path,
    tell,
)
from tests.integration.desk.told import written
from tests.integration.mentoring.transactions import take
from tests.unit.mentoring.examples import NOW, enrolled

LEAVING = f"/programme/people/{MENTOR_ID}/leaving"
LEAVES = {"act": "leave", "seen": "1.0", "reason": "changes-post"}
ABSTAINS = {"act": "abstain", "seen": "1.0", "search": "mais", "application_id": str(APPLICATION)}
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


pytestmark = pytest.mark.usefixtures("link_key")


@pytest.fixture
async def mentoring(database_url: str) -> AsyncIterator[Connection]:
    """Mentoring, which knows the mentor; the journal knows what the application is of."""
    await tell(database_url)
    async with written(database_url) as journal:
        facts = '{"organisation": "Maison", "title": "Un toit"}'
        await journal.execute("UPDATE journal.thing SET facts = $1 WHERE id = $2", facts, APPLICATION)
    connection: Connection = await connect(database_url, "mentoring")
    await take(connection, enrolled(1, mentor_id=MENTOR_ID, person_id=MENTOR))
    yield connection
    await connection.close()


async def test_a_mentor_without_a_pair_has_a_page_of_their_own(
    desk: Desk, published: list[Event[Any]], mentoring: Connection
) -> None:
    text = (await visitor(desk).get(f"{path('mentor', 'mentor')}?act=leave&reason=no-time&search=MAIS")).text
    assert "Your part in the programme" in text
    assert "Change what I bring" in text
    assert "Un toit" in text, "it is found by a part of its organisation's name"
    assert "I am a mentor no more" in text
    assert "Ask to be forgotten" in text
    assert "Mentor 1" not in text
    assert "No application goes by that name" in (await visitor(desk).get(f"{path('mentor', 'mentor')}?search=x")).text
    assert (await visitor(desk).get(path("mentor", "mentor", OTHER))).status == 503, "who is no mentor, or not yet"
    assert published == []


async def test_a_mentor_whom_no_mail_has_led_there_is_given_the_link_by_an_operator(
    desk: Desk, mentoring: Connection
) -> None:
    head = (await visitor(desk, "programme-head").get(f"/programme/people/{MENTOR_ID}")).text
    (command,) = re.findall("<code>engage (.*)</code>", head)
    assert "/links/" not in head, "a head is not the mentor"
    printed = CliRunner().invoke(program, command.split())
    assert printed.exit_code == 0
    assert "Your part in the programme" in (await visitor(desk).get(urlsplit(printed.stdout.strip()).path)).text


def test_without_the_key_of_links_none_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENGAGE_LINK_KEY")
    with pytest.raises(SettingsError, match="ENGAGE_LINK_KEY"):
        CliRunner().invoke(program, ["desk", "mentor", "--person", str(MENTOR)], catch_exceptions=False)


async def test_the_page_of_a_pair_leads_there_for_as_long_as_its_own_link_is_good(
    desk: Desk, mentoring: Connection
) -> None:
    where = path("pair", "mentor", at=datetime.now(UTC) - timedelta(days=300))
    (own,) = re.findall(r"/links/mentor/([^?\"]+)", (await visitor(desk).get(where)).text)
    assert last_day_of(own) == last_day_of(where.rpartition("/")[2]) > date(2026, 1, 1)
    assert (await visitor(desk).get(f"/links/mentor/{own}")).status == 200


async def test_a_mentor_abstains_from_a_file_once_and_sees_it(
    desk: Desk, published: list[Event[Any]], mentoring: Connection
) -> None:
    mentor, where = visitor(desk), path("mentor", "mentor")
    for wrong in ({**ABSTAINS, "application_id": str(LEAD)}, {**ABSTAINS, "search": ""}):
        assert (await mentor.send_raw(where, wrong)).status == 422, "only what the search has found"
    assert published == []
    answers = [await mentor.send_raw(where, ABSTAINS) for _ in range(2)]
    assert {answer.status for answer in answers} == {303}
    assert {sent.id for sent in published} == {published[0].id}
    said = published[0].data
    assert isinstance(said, RecusalDeclared)
    assert (published[0].source, said.mentor_id, said.application_id) == ("urn:form:desk", MENTOR_ID, APPLICATION)
    await take(mentoring, said)
    text = (await mentor.get(answers[0].headers["location"])).text
    assert "✓ passed on" in text
    assert "<strong>Maison</strong>" in text.split("Files from which you abstain")[1]
    assert "You abstain from it." in (await mentor.get(f"{where}?search=toit")).text


async def test_a_mentor_leaves_with_a_reason_and_their_link_ends(
    desk: Desk, published: list[Event[Any]], mentoring: Connection
) -> None:
    mentor, where = visitor(desk), path("mentor", "mentor")
    assert (await mentor.send_raw(where, {**LEAVES, "reason": ""})).status == 422
    assert published == []
    answers = [await mentor.send_raw(where, LEAVES) for _ in range(2)]
    assert {answer.status for answer in answers} == {303}
    (said,) = {sent.id: sent.data for sent in published}.values()
    assert isinstance(said, MentorWithdrawn)
    assert (said.mentor_id, said.reason) == (MENTOR_ID, "changes-post")
    await take(mentoring, said)
    over = await mentor.get(where)
    assert over.status == 410
    assert "You are a mentor no more" in over.text
    assert "✓ passed on" in over.text
    assert (await mentor.send_raw(where, LEAVES)).status == 410


async def test_who_comes_back_uses_the_same_link_and_who_was_forgotten_is_told_so(
    desk: Desk, mentoring: Connection
) -> None:
    mentor, where = visitor(desk), path("mentor", "mentor")
    await take(mentoring, MentorWithdrawn(mentor_id=MENTOR_ID, withdrawn_at=NOW))
    await take(mentoring, enrolled(2, person_id=MENTOR, skills=["housing"]))
    assert 'value="housing" checked' in (await mentor.get(where)).text
    await take(mentoring, ErasureRequested(person_id=MENTOR, applications="go-on", requested_at=NOW))
    over = await mentor.get(where)
    assert over.status == 410
    assert "What we knew of you is erased, as you asked" in over.text


async def test_a_head_lets_a_mentor_go_once_and_nobody_else_does(
    desk: Desk, published: list[Event[Any]], mentoring: Connection
) -> None:
    head = visitor(desk, "programme-head")
    assert "This mentor leaves" in (await head.get(f"/programme/people/{MENTOR_ID}")).text
    assert (await head.send(LEAVING, {"seen": "1", "reason": ""})).status == 422
    assert (await visitor(desk, "officer").send(LEAVING, LEAVES)).status == 403
    assert (await head.send_raw(LEAVING, LEAVES)).status == 403, "a form has its session's token"
    assert (await head.send(LEAVING.replace(str(MENTOR_ID), str(OTHER)), LEAVES)).status == 404
    assert published == []
    answers = [await head.send(LEAVING, {**LEAVES, "seen": "1"}) for _ in range(2)]
    assert {answer.status for answer in answers} == {303}
    (said,) = {sent.id: sent.data for sent in published}.values()
    assert isinstance(said, MentorWithdrawn)
    await take(mentoring, said)
    assert (await head.send(LEAVING, LEAVES)).status in (404, 409), "who has left does not leave again"
    word = (await head.get(answers[0].headers["location"])).text
    assert f"/programme/people/{MENTOR_ID}" in word
