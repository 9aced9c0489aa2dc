"""Who is let in at the desk, and that a word is given once."""

from __future__ import annotations

import asyncio
import re
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from contracts.assignments import AssignmentDecided, AssignmentUndoRequested, OfficerRecused, PlacementDecided
from contracts.event import Event
from contracts.sources import DESK
from libraries.pages.signing import Role
from services.desk.app import Desk
from tests.integration.desk.conftest import OFFICER, visitor
from tests.integration.desk.told import APPLICATION, ASSIGNMENT, NEED, OWNER, event, proposed, written

PROPOSAL = f"/proposals/{ASSIGNMENT}"


async def test_nothing_is_shown_to_nobody_nor_to_who_is_nobody_to_the_programme(desk: Desk) -> None:
    nobody = visitor(desk)
    for path in ("/", PROPOSAL):
        assert (await nobody.get(path)).status == 401
    assert (await nobody.send_raw(f"{PROPOSAL}/decide", {"decision": "confirm"})).status == 401
    unknown = visitor(desk, "programme-head", person_id=None)
    assert (await unknown.get("/")).status == 403
    assert (await visitor(desk, "operator").get("/")).status == 403


@pytest.mark.parametrize(("role", "status"), [("officer", 303), ("programme-head", 303), ("foundation", 403)])
async def test_each_role_says_its_own(desk: Desk, published: list[Event[Any]], role: Role, status: int) -> None:
    answer = await visitor(desk, role).send(f"{PROPOSAL}/decide", {"decision": "confirm", "seen": "proposed"})
    assert answer.status == status
    assert len(published) == (status == 303)


async def test_a_form_of_another_session_says_nothing(desk: Desk, published: list[Event[Any]]) -> None:
    somebody, another = visitor(desk, "officer"), visitor(desk, "officer")
    stolen = {"form_token": another.form_token, "decision": "confirm"}
    assert (await somebody.send_raw(f"{PROPOSAL}/decide", stolen)).status == 403
    assert published == []


async def test_what_somebody_wrote_outlives_their_session(desk: Desk, published: list[Event[Any]]) -> None:
    before, now = visitor(desk, "officer"), visitor(desk, "officer")
    sent = {"form_token": before.form_token, "decision": "decline", "reason": "off-topic", "comment": 'à "voir"'}
    over = await visitor(desk).send_raw(f"{PROPOSAL}/decide", sent)
    assert (over.status, "sign in again in another tab" in over.text) == (401, True)
    assert "in another tab" not in (await visitor(desk).get(PROPOSAL)).text
    assert "in another tab" not in (await visitor(desk).send_raw("/leave", sent)).text
    # Who has signed in again loads that page once more: the browser sends what it sent before.
    again = await now.send_raw(f"{PROPOSAL}/decide", sent)
    assert (again.status, published) == (403, [])
    assert f'action="{PROPOSAL}/decide"' in again.text
    kept = dict(re.findall('type="hidden" name="([^"]+)" value="([^"]*)"', again.text))
    assert kept == {**sent, "form_token": now.form_token, "comment": "à &#34;voir&#34;"}
    assert (await now.send_raw(f"{PROPOSAL}/decide", kept)).status == 303
    stray = await now.send_raw(f"{PROPOSAL}/decide", sent, sec_fetch_site="cross-site")
    assert (stray.status, "Nothing is sent yet" in stray.text) == (403, False)


async def test_a_decision_is_published_as_a_form_would(desk: Desk, published: list[Event[Any]]) -> None:
    officer = visitor(desk, "officer")
    fields = {"decision": "decline", "reason": "off-topic", "comment": " trop loin ", "seen": "proposed 1"}
    await officer.send(f"{PROPOSAL}/decide", fields)
    await officer.send(f"{PROPOSAL}/undo", {"reason": "need-changed", "seen": "confirmed 1"})
    decided, undone = published
    assert (decided.source, decided.subject, decided.correlation_id) == (DESK, str(ASSIGNMENT), decided.id)
    assert isinstance(decided.data, AssignmentDecided)
    assert (decided.data.decision, decided.data.reason, decided.data.comment) == ("decline", "off-topic", "trop loin")
    assert decided.data.decided_by == OFFICER
    assert isinstance(undone.data, AssignmentUndoRequested)


async def test_a_pin_and_an_abstention_name_the_file_of_the_proposal(
    desk: Desk, published: list[Event[Any]], database_url: str
) -> None:
    async with written(database_url) as connection:
        await proposed(connection)
    officer = visitor(desk, "officer")
    assert (await officer.send(f"{PROPOSAL}/abstain", {})).status == 422
    await officer.send(f"{PROPOSAL}/place", {"decision": "pin", "reason": "agreed-in-committee"})
    await officer.send(f"{PROPOSAL}/abstain", {"sure": "yes"})
    placed, abstained = (said.data for said in published)
    assert isinstance(placed, PlacementDecided)
    assert (placed.application_id, placed.need_id, placed.decision) == (APPLICATION, NEED, "pin")
    assert isinstance(abstained, OfficerRecused)
    assert (abstained.person_id, abstained.application_id) == (OFFICER, APPLICATION)


async def test_a_second_click_is_the_same_event_and_a_later_word_another(
    desk: Desk, published: list[Event[Any]]
) -> None:
    officer = visitor(desk, "officer")
    answers = await asyncio.gather(
        *(officer.send(f"{PROPOSAL}/decide", {"decision": "confirm", "seen": "proposed 1"}) for _ in range(2))
    )
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len({said.id for said in published}) == 1
    await officer.send(f"{PROPOSAL}/decide", {"decision": "confirm", "seen": "proposed 2"})
    await visitor(desk, "officer", person_id=UUID(int=8)).send(
        f"{PROPOSAL}/decide", {"decision": "confirm", "seen": "proposed 1"}
    )
    assert len({said.id for said in published}) == 3


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"decision": "perhaps"}, "<strong>Decision</strong>: choose one of the answers"),
        ({"decision": "decline"}, "<strong>Why</strong>: choose one of the answers"),
        (
            {"decision": "decline", "reason": "off-topic", "comment": "x" * 2_001},
            "<strong>A word more</strong>: it has 2001 characters",
        ),
    ],
)
async def test_what_is_wrong_with_a_form_is_said_and_nothing_published(
    desk: Desk, published: list[Event[Any]], database_url: str, fields: dict[str, str], said: str
) -> None:
    async with written(database_url) as connection:
        await proposed(connection, decider=OFFICER)
    answer = await visitor(desk, "officer").send(f"{PROPOSAL}/decide", fields)
    assert answer.status == 422
    assert said in answer.text
    assert published == []


async def test_a_line_s_end_counts_as_the_browser_counts_it(desk: Desk, published: list[Event[Any]]) -> None:
    fields = {"decision": "decline", "reason": "off-topic", "comment": "x\r\n" * 900}
    assert (await visitor(desk, "officer").send(f"{PROPOSAL}/decide", fields)).status == 303
    assert published[0].data.comment == ("x\n" * 900).strip()


async def test_where_kafka_is_away_nothing_is_said_to_be_taken(desk: Desk) -> None:
    answer = await visitor(desk, "officer").send(f"{PROPOSAL}/decide", {"decision": "confirm"})
    assert answer.status == 503
    assert "could not be passed on" in answer.text


async def test_who_says_the_same_twice_says_the_same_event_whenever_and_whatever_failed(
    desk: Desk, published: list[Event[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(event: Event[Any]) -> None:
        published.append(event)  # it went out, and nobody here knows
        raise TimeoutError

    officer = visitor(desk, "officer")
    with monkeypatch.context() as away:
        away.setattr(desk.forms, "publish", fail)
        assert (await officer.send(f"{PROPOSAL}/decide", {"decision": "confirm"})).status == 503
    assert "being carried out" not in (await officer.get("/obstacles")).text
    tabs = [officer.send(f"{PROPOSAL}/decide", {"decision": "confirm"}) for _ in range(3)]
    assert {answer.status for answer in await asyncio.gather(*tabs)} == {303}
    assert len(published) == 4
    assert {repr(each) for each in published} == {repr(published[0])}, "a service takes an id for one content alone"


async def test_what_became_of_a_word_is_told_to_who_said_it(
    desk: Desk, published: list[Event[Any]], database_url: str
) -> None:
    officer = visitor(desk, "officer")
    path = (await officer.send(f"{PROPOSAL}/decide", {"decision": "confirm"})).headers["location"]
    assert "It is taken" in (await officer.get(path)).text
    assert (await visitor(desk, "officer", person_id=UUID(int=8)).get(path)).status == 404
    reason = {"code": "not-yours-to-decide", "field": None, "fr": "Pas à vous.", "en": "Not yours."}
    async with written(database_url) as connection:
        refused = "engage.assignment.decision-refused.v1"
        await event(connection, refused, ASSIGNMENT, {"reasons": [reason]}, cause=published[0].id)
    text = (await officer.get(path)).text
    assert "Not yours." in text
    assert "nothing changed" in text


async def test_a_page_looks_for_what_came_of_a_word_a_few_times_and_no_more(
    desk: Desk, published: list[Event[Any]], database_url: str
) -> None:
    async with written(database_url) as connection:
        await proposed(connection)
    officer, lift = visitor(desk, "officer"), {"decision": "lift", "reason": "changed"}
    word = address = (await officer.send(f"{PROPOSAL}/place", lift)).headers["location"]
    waited = []
    while found := re.search('http-equiv="refresh" content="([0-9]+); url=([^"]+)"', (await officer.get(address)).text):
        waited.append(int(found[1]))
        address = word + found[2]
    assert waited == [1, 2, 4, 8, 16, 32, 64, 128]
    text = (await officer.get(address)).text
    assert "Nothing has come of it so far" in text
    assert "loads itself again" not in text
    for typed in ("9", "-1", "x", "99999999999", "²"):
        assert "refresh" not in (await officer.get(f"{word}?looks={quote(typed)}")).text


async def test_what_waits_is_shown_to_who_decides_and_below_to_heads(desk: Desk, database_url: str) -> None:
    async with written(database_url) as connection:
        await proposed(connection, decider=OFFICER)
    assert "Un toit" in (await visitor(desk, "officer").get("/")).text
    other = UUID(int=8)
    assert "Un toit" not in (await visitor(desk, "officer", person_id=other).get("/")).text
    assert "What waits for others" in (await visitor(desk, "programme-head", person_id=other).get("/")).text
    async with written(database_url) as connection:
        await connection.execute("INSERT INTO matching.deputy VALUES ($1, $2, NULL, now(), false)", OFFICER, other)
    assert "those for whom you stand in" in (await visitor(desk, "officer", person_id=other).get("/")).text
    assert "Un toit" in (await visitor(desk, "officer", person_id=other).get("/")).text


async def test_what_nobody_but_a_head_can_decide_says_so_to_the_owner(desk: Desk, database_url: str) -> None:
    async with written(database_url) as connection:
        await proposed(connection, decider=None)
    told = "somebody else decides on it"
    assert told in (await visitor(desk, "officer", person_id=OWNER).get(PROPOSAL)).text
    assert told not in (await visitor(desk, "programme-head", person_id=OWNER).get(PROPOSAL)).text
