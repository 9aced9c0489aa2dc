"""Who asks to be forgotten: by the link of their mail, or by a head of the programme in their name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.erasures import ErasureRequested
from contracts.event import Event
from libraries.links.desk import DeskPage
from services.desk.app import Desk
from tests.integration.desk.conftest import visitor
from tests.integration.desk.linked import APPLICATION, LEAD, MENTOR, PAIR, WHOSE, path, tell
from tests.integration.desk.told import event, written

MEANT = {"act": "be-forgotten", "seen": "1.0", "applications": "go-on", "sure": "yes"}
HEADS = f"/programme/forgotten/{LEAD}"


pytestmark = pytest.mark.usefixtures("link_key")


@pytest.fixture(autouse=True)
async def _story(database_url: str) -> None:
    await tell(database_url)


@pytest.mark.parametrize(
    ("page", "role"),
    [("application", "lead"), ("project", "lead"), ("pair", "lead"), ("pair", "mentor"), ("obstacle", "lead")],
)
async def test_a_link_s_person_asks_once_and_only_with_a_tick(
    desk: Desk, published: list[Event[Any]], page: DeskPage, role: str
) -> None:
    somebody, where = visitor(desk), path(page, role)
    shown = (await somebody.get(f"{where}?act=be-forgotten&sure=yes&applications=go-on")).text
    assert "Do you want us to forget you?" in shown
    refused = await somebody.send_raw(where, {**MEANT, "sure": ""})
    assert refused.status == 422
    assert "<strong>Confirmation</strong></a>: tick the box" in refused.text
    assert published == [], "neither a look nor what is not meant asks for anything"
    answers = [await somebody.send_raw(where, MEANT) for _ in range(2)]
    assert {answer.status for answer in answers} == {303}
    assert {sent.id for sent in published} == {published[0].id}
    said = published[0].data
    assert isinstance(said, ErasureRequested)
    assert (published[0].source, said.person_id, said.applications) == ("urn:form:desk", WHOSE[role], "go-on")
    assert "passed on, soon carried out" in (await somebody.get(answers[0].headers["location"])).text


async def test_a_lead_says_what_becomes_of_their_applications(desk: Desk, published: list[Event[Any]]) -> None:
    for chosen, status in (("", 422), ("perhaps", 422), ("withdraw", 303)):
        answer = await visitor(desk).send_raw(path("project", "lead"), {**MEANT, "applications": chosen})
        assert answer.status == status, chosen
    assert [sent.data.applications for sent in published] == ["withdraw"]


@pytest.mark.parametrize(("page", "role"), [("pair", "owner"), ("obstacle", "service"), ("obstacle", "owner")])
async def test_who_is_no_lead_or_mentor_is_not_asked(
    desk: Desk, published: list[Event[Any]], page: DeskPage, role: str
) -> None:
    somebody = visitor(desk)
    assert "forget you" not in (await somebody.get(path(page, role))).text
    assert (await somebody.send_raw(path(page, role), MEANT)).status == 200
    assert published == []


async def test_a_link_that_has_ended_or_is_another_s_asks_for_nothing(
    desk: Desk, published: list[Event[Any]], database_url: str
) -> None:
    old = path("pair", "lead", at=datetime.now(UTC) - timedelta(days=402))
    assert (await visitor(desk).send_raw(old, MEANT)).status == 410
    assert (await visitor(desk).send_raw(path("pair", "lead", MENTOR), MEANT)).status == 410
    mine = path("pair", "lead")
    assert (await visitor(desk).send_raw(mine[:-1], MEANT)).status == 404
    assert (await visitor(desk).send_raw(mine, MEANT, sec_fetch_site="cross-site")).status == 403
    async with written(database_url) as connection:
        ended = {"version": 2, "to": "ended", "pair_id": str(PAIR)}
        await event(connection, "engage.pair.ended.v1", PAIR, ended)
    assert (await visitor(desk).send_raw(mine, MEANT)).status == 410
    assert published == []


async def test_whose_application_is_erased_is_told_so_and_sees_nothing_of_it(desk: Desk, database_url: str) -> None:
    async with written(database_url) as connection:
        await connection.execute("UPDATE journal.thing SET erased_at = now() WHERE id = $1", APPLICATION)
    answer = await visitor(desk).get(path("application", "lead"))
    assert answer.status == 410
    assert "What we knew of you is erased, as you asked" in answer.text
    assert "Un toit" not in answer.text


async def test_a_head_finds_a_person_by_what_they_have_part_in_and_asks_in_their_name(
    desk: Desk, published: list[Event[Any]]
) -> None:
    head = visitor(desk, "programme-head")
    of_pair = (await head.get(f"/programme/forgotten?q={PAIR}")).text
    assert all(f"/programme/forgotten?q={person_id}" in of_pair for person_id in (LEAD, MENTOR))
    assert "Forget this person" in (await head.get(f"/programme/forgotten?q={LEAD}")).text
    assert (await head.get("/programme/forgotten?q=Camille")).status == 422
    for wrong in ({"sure": ""}, {"applications": ""}):
        assert (await head.send(HEADS, {**MEANT, "seen": "never", **wrong})).status == 422
    assert (await head.send_raw(HEADS, {**MEANT, "seen": "never"})).status == 403, "a form has its session's token"
    assert published == []
    answers = [await head.send(HEADS, {**MEANT, "seen": "never"}) for _ in range(2)]
    assert {answer.status for answer in answers} == {303}
    assert {sent.id for sent in published} == {published[0].id}
    assert (published[0].data.person_id, published[0].subject) == (LEAD, str(LEAD))
    assert f"/programme/forgotten?q={LEAD}" in (await head.get(answers[0].headers["location"])).text


async def test_an_officer_and_the_foundation_forget_nobody(desk: Desk, published: list[Event[Any]]) -> None:
    for role in ("officer", "foundation"):
        somebody = visitor(desk, role)
        assert (await somebody.get("/programme/forgotten")).status == 403
        assert (await somebody.send(HEADS, {**MEANT, "seen": "never"})).status == 403
    assert published == []


async def test_a_head_sees_how_far_it_is_done(desk: Desk, database_url: str) -> None:
    head, asked = visitor(desk, "programme-head"), {"person_id": str(LEAD), "requested_at": "2026-03-01T00:00:00Z"}
    async with written(database_url) as connection:
        await event(connection, "engage.person.forgotten.v1", LEAD, {**asked, "service": "intake", "removed": []})
        assert "services are forgetting them" in (await head.get(f"/programme/forgotten?q={LEAD}")).text
        await event(connection, "engage.person.erased.v1", LEAD, {**asked, "services": []})
    assert "forgotten by all services" in (await head.get(f"/programme/forgotten?q={LEAD}")).text
