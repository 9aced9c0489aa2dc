"""What a mentor brings and what a lead looks for, said anew behind their links, and seen there once it counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, TypeAlias

import asyncpg
import pytest

from contracts.event import Event
from services.desk.app import Desk
from tests.integration.conftest import connect
from tests.integration.desk.conftest import visitor
from tests.integration.desk.linked import (
    APPLICATION,
    ASSIGNMENT,
    LEAD,
    MENTOR,
    MENTOR_ID,
    OWNER,
    PAIR,
    path,
    tell,
)
from tests.integration.desk.told import event, written
from tests.integration.mentoring.transactions import take
from tests.unit.mentoring.examples import NOW, confirmed, enrolled

FORM: dict[str, object] = {
    "act": "revise-mentor",
    "seen": "1.0",
    "skills": ["housing"],
    "languages": ["fr", "en"],
    "territories": ["13203"],
    "slots": ["tue-evening"],
    "capacity": "1",
    "directorate": "direction-emploi",
    "role": "Chargée de mission",
    "person.name": "Ada Martin",
    "person.email": "ada@ville.example",
    "person.language": "fr",
}
WISHES: dict[str, object] = {
    "act": "give-wishes",
    "seen": "1.0",
    "skills": ["youth-employment"],
    "slots": ["sat-morning"],
}
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


pytestmark = pytest.mark.usefixtures("link_key")


@pytest.fixture
async def mentoring(database_url: str) -> AsyncIterator[Connection]:
    """Mentoring, which knows the mentor and the lead of the story."""
    await tell(database_url)
    connection: Connection = await connect(database_url, "mentoring")
    named = {"assignment_id": ASSIGNMENT, "application_id": APPLICATION, "lead_id": LEAD, "owner_id": OWNER}
    await take(connection, enrolled(1, mentor_id=MENTOR_ID, person_id=MENTOR, skills=["food"]), confirmed(1, **named))
    yield connection
    await connection.close()


def is_ticked(text: str, field: str) -> bool:
    return f'id="{field}"' in text and "checked" in text.split(f'id="{field}"')[1].split(">")[0]


async def test_a_mentor_s_form_begins_with_what_is_kept_and_names_nobody(desk: Desk, mentoring: Connection) -> None:
    text = (await visitor(desk).get(path("mentor", "mentor"))).text
    assert 'name="skills" value="food" checked' in text
    assert is_ticked(text, "revise-mentor-languages-fr")
    assert 'name="capacity" type="number" value="2"' in text
    assert "Mentor 1" not in text
    assert "@" not in text
    for role in ("lead", "owner"):
        assert "/links/mentor/" not in (await visitor(desk).get(path("pair", role))).text


async def test_what_a_mentor_changes_is_one_event_and_shown_once_it_counts(
    desk: Desk, published: list[Event[Any]], mentoring: Connection
) -> None:
    mentor, where = visitor(desk), path("mentor", "mentor")
    wrong = await mentor.send_raw(where, {**FORM, "capacity": "many"})
    assert wrong.status == 422
    assert "<strong>Pairs at one time, at most</strong>" in wrong.text
    assert 'value="Ada Martin"' in wrong.text, "what was typed is not lost"
    assert is_ticked(wrong.text, "revise-mentor-skills-housing")
    assert published == []
    answers = [await mentor.send_raw(where, FORM) for _ in range(2)]
    assert {answer.status for answer in answers} == {303}
    assert {sent.id for sent in published} == {published[0].id}
    assert (published[0].source, published[0].type) == ("urn:form:desk", "engage.mentor.revised.v1")
    await take(mentoring, published[0].data.model_copy(update={"revised_at": NOW}))
    text = (await mentor.get(answers[0].headers["location"])).text
    assert "✓ passed on" in text
    assert is_ticked(text, "revise-mentor-skills-housing")
    assert not is_ticked(text, "revise-mentor-skills-food")
    assert 'name="capacity" type="number" value="1"' in text


@pytest.mark.parametrize("page", ["project", "pair"])
async def test_a_lead_says_what_they_look_for_and_sees_it_once_it_counts(
    desk: Desk, published: list[Event[Any]], mentoring: Connection, page: Any
) -> None:
    lead, where = visitor(desk), path(page, "lead")
    assert "Say what you look for" in (await lead.get(f"{where}?act=give-wishes&skills=housing")).text
    assert (await lead.send_raw(where, {**WISHES, "skills": ["juggling"]})).status == 422
    assert published == []
    answers = [await lead.send_raw(where, WISHES) for _ in range(2)]
    assert {sent.id for sent in published} == {published[0].id}
    said = published[0].data.model_dump(mode="json")
    assert (said["assignment_id"], said["given_by"]) == (str(ASSIGNMENT), f"lead:{LEAD}")
    assert (said["skills"], said["slots"]) == (["youth-employment"], ["sat-morning"])
    await take(mentoring, published[0].data)
    text = (await lead.get(answers[0].headers["location"])).text
    assert is_ticked(text, "give-wishes-skills-youth-employment")
    assert is_ticked(text, "give-wishes-slots-sat-morning")


async def test_a_lead_who_changes_their_mind_and_back_says_three_things(
    desk: Desk, published: list[Event[Any]], mentoring: Connection
) -> None:
    lead, where = visitor(desk), path("project", "lead")
    for skills in (["housing"], ["youth-employment"], ["housing"]):
        form = (await lead.get(where)).text.split('value="give-wishes"')[1]
        seen = form.split('name="seen" value="')[1].partition('"')[0]
        await lead.send_raw(where, {**WISHES, "skills": skills, "seen": seen})
    assert len({sent.id for sent in published}) == 3


async def test_what_was_said_stays_to_be_seen_once_its_matter_is_over(
    desk: Desk, published: list[Event[Any]], mentoring: Connection, database_url: str
) -> None:
    lead, where = visitor(desk), path("pair", "lead")
    await lead.send_raw(where, WISHES)
    async with written(database_url) as connection:
        await event(connection, "engage.pair.ended.v1", PAIR, {"version": 2, "to": "ended", "pair_id": str(PAIR)})
    over = await lead.get(where)
    assert over.status == 410
    assert "This pair has come to its end" in over.text
    assert "✓ passed on" in over.text
