"""Pages behind the links of mails: who gets in, what is published in whose name, and that looking changes nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from contracts.event import Event
from libraries.links.desk import DeskPage
from libraries.links.seal import Link
from services.desk.app import Desk
from services.notifications.people import FOUNDATION
from tests.integration.desk.conftest import visitor
from tests.integration.desk.linked import (
    APPLICATION,
    ASSIGNMENT,
    HABITAT,
    LEAD,
    LINKS,
    MENTOR_ID,
    OBSTACLE,
    OTHER,
    OWNER,
    PAIR,
    path,
    tell,
)  # fmt: skip
from tests.integration.desk.told import ASSIGNMENT as PROPOSED
from tests.integration.desk.told import OWNER as PROPOSED_TO
from tests.integration.desk.told import event, proposed, thing, written

pytestmark = pytest.mark.usefixtures("link_key")


@pytest.fixture(autouse=True)
async def _story(database_url: str) -> None:
    await tell(database_url)


TODAY = datetime.now(UTC).date().isoformat()
EVERY = [
    ("application", "lead"), ("project", "lead"), ("pair", "lead"), ("pair", "mentor"), ("pair", "owner"),
    ("obstacle", "lead"), ("obstacle", "service"), ("obstacle", "owner"),
]  # fmt: skip


@pytest.mark.parametrize(("page", "role"), EVERY)
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_looking_shows_the_page_and_publishes_nothing(
    desk: Desk, published: list[Event[Any]], page: DeskPage, role: str, language: str
) -> None:
    answer = await visitor(desk).get(f"{path(page, role)}?language={language}")
    assert answer.status == 200
    assert "Un toit" in answer.text
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert 'href="/"' not in answer.text, "the desk's first page is for those who sign in"
    assert published == []


@pytest.mark.parametrize(
    ("page", "role", "fields", "type_", "said"),
    [
        ("pair", "mentor", {"act": "resume"}, "pair.pause-requested", {"requested_by": f"mentor:{MENTOR_ID}"}),
        ("pair", "mentor", {"act": "introduce", "partner": "Le Port", "partner_kind": "company", "made_on": TODAY},
         "introduction.reported", {"assignment_id": str(ASSIGNMENT), "partner_name": "Le Port", "outcome": "awaited"}),
        ("pair", "lead", {"act": "another"}, "pair.end-requested", {"reason": "another-pair"}),
        ("pair", "owner", {"act": "end", "reason": "no-time"}, "pair.end-requested",
         {"requested_by": f"officer:{OWNER}"}),
        ("obstacle", "service", {"act": "take"}, "obstacle.updated",
         {"update": "take", "updated_by": f"officer:{HABITAT}"}),
        ("obstacle", "service", {"act": "lift"}, "obstacle.updated", {"update": "lift", "obstacle_id": str(OBSTACLE)}),
        ("project", "lead", {"act": "report-impact", "year": "0", "figure-volunteers": "3"}, "impact.reported",
         {"indicators": [{"code": "volunteers", "value": 3}]}),
        ("application", "lead", {"act": "withdraw", "reason": "mistake"}, "application.withdrawal-requested", {}),
    ],
)  # fmt: skip
async def test_clicks_on_what_was_seen_are_one_event_in_the_person_s_name(
    desk: Desk,
    published: list[Event[Any]],
    page: DeskPage,
    role: str,
    fields: dict[str, str],
    type_: str,
    said: dict[str, Any],
) -> None:
    somebody = visitor(desk)
    answers = [await somebody.send_raw(path(page, role), {**fields, "seen": "1.0"}) for _ in range(3)]
    assert {answer.status for answer in answers} == {303}
    assert {sent.id for sent in published} == {published[0].id}
    assert (published[0].source, published[0].type) == ("urn:form:desk", f"engage.{type_}.v1")
    assert said.items() <= published[0].data.model_dump(mode="json").items()
    shown = await somebody.get(answers[-1].headers["location"])
    assert "passed on, soon carried out" in shown.text


async def test_what_can_t_be_taken_is_shown_again_with_its_field_and_publishes_nothing(
    desk: Desk, published: list[Event[Any]]
) -> None:
    fields = {"act": "meet", "seen": "1.0", "held_on": "2025-13-01", "minutes": "45"}
    answer = await visitor(desk).send_raw(path("pair", "lead"), fields)
    assert answer.status == 422
    assert '<a href="#meet-held_on"><strong>Day of the meeting</strong></a>: write a day as 2026-03-15.' in answer.text
    assert re.search(r'name="held_on"[^>]* aria-invalid="true" aria-describedby="meet-held_on-why">', answer.text)
    assert 'id="meet-held_on-why"' in answer.text, "what is wrong stands beside the field"
    assert 'value="45"' in answer.text, "what was typed is not lost"
    assert published == []


async def test_what_is_asked_back_stands_beside_its_field_and_is_not_called_optional(
    desk: Desk, database_url: str
) -> None:
    why = {"code": "income-missing", "field": "organisation.operating_income_eur", "fr": "Combien ?", "en": "How much?"}
    facts = {"version": 2, "to": "correction-requested", "lead_id": str(LEAD), "reasons": [why]}
    async with written(database_url) as connection:
        await event(connection, "engage.application.correction-requested.v1", APPLICATION, facts)
    shown = (await visitor(desk).get(path("application", "lead"))).text
    label, control = re.search(  # type: ignore[union-attr]  # it is there
        r'(<label for="correct-organisation.operating_income_eur">.*?</label>)\s*(<input.*?</p>)', shown, re.DOTALL
    ).groups()
    assert "optional" not in label
    assert 'aria-describedby="correct-organisation.operating_income_eur-why"' in control
    assert "How much?" in control
    assert "optional" in shown, "other fields are"


@pytest.mark.parametrize(("page", "role"), EVERY)
async def test_who_has_not_the_role_any_more_is_told_so_and_says_nothing(
    desk: Desk, published: list[Event[Any]], page: DeskPage, role: str
) -> None:
    for method in (visitor(desk).get, lambda where: visitor(desk).send_raw(where, {"act": "end", "seen": "1.0"})):
        answer = await method(path(page, role, OTHER))
        assert answer.status == 410
        assert "Somebody else takes care of it" in answer.text
        assert "Un toit" not in answer.text
    assert published == []


async def test_a_link_ends_with_its_matter_and_with_its_day(
    desk: Desk, published: list[Event[Any]], database_url: str
) -> None:
    old = await visitor(desk).get(path("pair", "lead", at=datetime.now(UTC) - timedelta(days=402)))
    assert old.status == 410
    assert "It was sent long ago" in old.text
    async with written(database_url) as connection:
        ended = {"version": 2, "to": "ended", "pair_id": str(PAIR)}
        await event(connection, "engage.pair.ended.v1", PAIR, ended)
    for answer in (
        await visitor(desk).get(path("pair", "mentor")),
        await visitor(desk).send_raw(path("pair", "mentor"), {"act": "resume", "seen": "1.0"}),
    ):
        assert answer.status == 410
        assert "This pair has come to its end" in answer.text
    assert published == []


async def test_a_forged_link_and_another_site_s_form_open_nothing(desk: Desk, published: list[Event[Any]]) -> None:
    mine = path("pair", "lead")
    for forged in (mine[:-1], mine.replace("/pair/", "/project/"), mine.replace("lead.", "mentor.")):
        answer = await visitor(desk).get(forged)
        assert answer.status == 404
        assert "This link opens nothing" in answer.text
    stray = await visitor(desk).send_raw(mine, {"act": "resume", "seen": "1.0"}, sec_fetch_site="cross-site")
    assert stray.status == 403
    assert f'<a href="{mine}">Back to the page</a>' in stray.text, "the first page is for those who sign in"
    assert published == []


async def test_an_act_of_another_role_or_without_a_name_publishes_nothing(
    desk: Desk, published: list[Event[Any]]
) -> None:
    for act in ("another", "withdraw", "", "x"):
        answer = await visitor(desk).send_raw(path("pair", "mentor"), {"act": act, "seen": "1.0"})
        assert answer.status == 200
    assert published == []


async def test_an_officer_s_link_opens_the_one_proposal(
    desk: Desk, published: list[Event[Any]], database_url: str
) -> None:
    async with written(database_url) as connection:
        await proposed(connection, decider=PROPOSED_TO)
    link = urlsplit(LINKS.to("proposal", Link(PROPOSED, PROPOSED_TO, "owner"), datetime.now(UTC))).path
    somebody = visitor(desk)
    asked = await somebody.get(link)
    assert asked.status == 200
    assert "set-cookie" not in asked.headers, "looking opens nothing: programs follow links before people do"
    entered = await somebody.send_raw(link, {})
    assert (entered.status, entered.headers["location"]) == (303, f"/proposals/{PROPOSED}")
    sealed = entered.headers["set-cookie"].partition("=")[2].partition(";")[0]
    session = somebody.signer.open("session", sealed, datetime.now(UTC))
    assert session is not None
    assert (session.person_id, session.matter_id, session.roles) == (PROPOSED_TO, PROPOSED, ("officer",))
    somebody.session = session
    assert (await somebody.get(f"/proposals/{PROPOSED}")).status == 200
    for elsewhere in ("/", f"/proposals/{ASSIGNMENT}", "/needs", "/obstacles"):
        assert (await somebody.get(elsewhere)).status == 403, elsewhere
    decided = await somebody.send(f"/proposals/{PROPOSED}/decide", {"decision": "confirm", "seen": "x"})
    assert decided.status == 303
    assert (await somebody.get(decided.headers["location"])).status == 200
    assert published[0].data.decided_by == PROPOSED_TO
    assert (await somebody.get(link)).status == 303, "whoever is in already is led to the page"


async def test_what_scans_mails_opens_nothing_and_another_s_session_is_not_ended_unasked(
    desk: Desk, published: list[Event[Any]], database_url: str
) -> None:
    link = urlsplit(LINKS.to("proposal", Link(PROPOSED, PROPOSED_TO, "owner"), datetime.now(UTC))).path
    for method in ("HEAD", "GET"):
        looked = await visitor(desk).ask(method, link, b"", {})
        assert (looked.status, "set-cookie" in looked.headers) == (200, False), method
    head = visitor(desk, "programme-head")
    shown = (await head.get(link)).text
    assert "In this browser the desk is open in the name of" in shown
    assert f'href="/proposals/{PROPOSED}"' in shown
    assert "In this browser the desk is open" not in (await visitor(desk).get(link)).text
    assert published == []


async def test_the_foundation_s_link_opens_the_one_project_that_the_city_points_at(
    desk: Desk, published: list[Event[Any]], database_url: str
) -> None:
    mine, other = UUID(int=216), UUID(int=217)
    async with written(database_url) as connection:
        for each in (mine, other):
            await thing(connection, each, "application", "registered", {"title": "Un toit", "track": "contest"})
    link = urlsplit(LINKS.to("contest", Link(mine, FOUNDATION, "foundation"), datetime.now(UTC))).path
    jury = visitor(desk)
    assert "A project that the City points at" in (await jury.get(link)).text
    entered = await jury.send_raw(link, {})
    assert (entered.status, entered.headers["location"]) == (303, f"/contest/{mine}")
    sealed = entered.headers["set-cookie"].partition("=")[2].partition(";")[0]
    jury.session = jury.signer.open("session", sealed, datetime.now(UTC))
    page = await jury.get(f"/contest/{mine}")
    assert page.status == 200
    assert "Pass the verdict on" in page.text
    for elsewhere in ("/contest", f"/contest/{other}", "/", "/needs"):
        assert (await jury.get(elsewhere)).status == 403, elsewhere
    verdict = {
        "decision": "laureate",
        "publish_at": f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%dT%H:%M}",
        "seen": "x",
    }
    said = await jury.send(f"/contest/{mine}", verdict)
    assert f'href="/contest/{mine}"' in (await jury.get(said.headers["location"])).text, "the way back is theirs"
    assert published[0].data.decided_by == FOUNDATION
    as_owner = LINKS.to("contest", Link(mine, FOUNDATION, "owner"), datetime.now(UTC))
    assert (await visitor(desk).get(urlsplit(as_owner).path)).status == 404
