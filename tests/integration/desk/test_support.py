"""The support plan of a confirmed project, whom it was introduced to, and what was released."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from contracts.event import Event
from contracts.support import IntroductionReported, SupportActionReported
from services.desk.app import Desk
from services.desk.reasons import DECLINING
from tests.integration.desk.conftest import visitor
from tests.integration.desk.told import APPLICATION, ASSIGNMENT, OWNER, event, proposed, thing, written
from tests.integration.visitor import Visitor

SUPPORT, INTRODUCTIONS = f"/proposals/{ASSIGNMENT}/support", f"/proposals/{ASSIGNMENT}/introductions"
MADE = UUID(int=301)
NEW = {
    "partner": "Maison des associations",
    "partner_kind": "incubator",
    "made_on": "2026-03-02",
    "outcome": "awaited",
    "seen": "new",
}


@pytest.fixture(autouse=True)
async def _plan(database_url: str) -> None:
    """A confirmed project whose first action has begun, and that was introduced to somebody."""
    async with written(database_url) as connection:
        await proposed(connection)
        await connection.execute("UPDATE journal.thing SET state = 'confirmed' WHERE id = $1", ASSIGNMENT)
        actions = ["rooting", "networking"]
        await event(connection, "engage.support.plan-opened.v1", ASSIGNMENT, {"actions": actions, "version": 1})
        began = {"action": "rooting", "to": "started", "version": 2}
        await event(connection, "engage.support.action-changed.v1", ASSIGNMENT, began)
        facts = {"partner": "Incubateur du port", "partner_kind": "incubator", "made_on": "2026-02-01"}
        await thing(connection, MADE, "introduction", "awaited", facts)
        await connection.execute(
            "UPDATE journal.thing SET parent_id = $1, story_id = $2 WHERE id = $3", ASSIGNMENT, APPLICATION, MADE
        )


def owner(desk: Desk) -> Visitor:
    return visitor(desk, "officer", person_id=OWNER)


async def test_a_plan_shows_how_far_each_action_is_and_looking_says_nothing(
    desk: Desk, published: list[Event[Any]]
) -> None:
    text = (await owner(desk).get(f"{SUPPORT}?update=finish&action=rooting")).text
    rooting, networking = text.split("<strong>Rooting</strong>")[1].split("<strong>Networking</strong>")
    assert "Started" in rooting
    assert "Begun</button>" not in rooting, "it has begun already"
    assert "Planned" in networking
    assert "Begun</button>" in networking
    assert "Incubateur du port" in text
    assert f'href="{SUPPORT}"' in (await owner(desk).get(f"/proposals/{ASSIGNMENT}")).text
    assert published == []


@pytest.mark.parametrize(
    ("fields", "reason"), [({"update": "finish"}, None), ({"update": "drop", "reason": "not-needed"}, "not-needed")]
)
async def test_an_action_is_finished_or_dropped_once(
    desk: Desk, published: list[Event[Any]], fields: dict[str, str], reason: str | None
) -> None:
    said = {"action": "rooting", "seen": "rooting 2", **fields}
    answers = [await owner(desk).send(SUPPORT, said) for _ in range(2)]
    assert {answer.status for answer in answers} == {303}
    assert {sent.id for sent in published} == {published[0].id}
    data = published[0].data
    assert isinstance(data, SupportActionReported)
    assert (data.assignment_id, data.action, data.update, data.reason) == (
        ASSIGNMENT,
        "rooting",
        fields["update"],
        reason,
    )
    assert data.reported_by == f"officer:{OWNER}"
    assert f'href="{SUPPORT}"' in (await owner(desk).get(answers[0].headers["location"])).text, "the way back"


async def test_a_head_finds_what_others_confirmed(desk: Desk) -> None:
    assert "Confirmed, for others" in (await visitor(desk, "programme-head").get("/")).text
    for somebody in (owner(desk), visitor(desk, "officer")):
        assert "Confirmed, for others" not in (await somebody.get("/")).text


async def test_an_introduction_is_noted_and_what_came_of_it(desk: Desk, published: list[Event[Any]]) -> None:
    for _ in range(2):
        assert (await owner(desk).send(INTRODUCTIONS, NEW)).status == 303
    known = {"partner": "Incubateur du port", "partner_kind": "incubator", "made_on": "2026-02-01"}
    outcome = {**known, "introduction_id": str(MADE), "outcome": "cooperation", "seen": "awaited"}
    assert (await owner(desk).send(INTRODUCTIONS, outcome)).status == 303
    first, again, came = published
    assert first.id == again.id
    assert isinstance(first.data, IntroductionReported)
    assert (first.data.partner_name, first.data.outcome) == ("Maison des associations", "awaited")
    assert (came.data.introduction_id, came.data.outcome) == (MADE, "cooperation")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (SUPPORT, {"action": "rooting", "update": "drop"}),
        (SUPPORT, {"action": "rooting", "update": "undo"}),
        (SUPPORT, {"action": "", "update": "start"}),
        (INTRODUCTIONS, {**NEW, "partner": ""}),
        (INTRODUCTIONS, {**NEW, "partner_kind": "friend"}),
        (INTRODUCTIONS, {**NEW, "made_on": "2999-01-01"}),
        (INTRODUCTIONS, {**NEW, "made_on": ""}),
        (INTRODUCTIONS, {**NEW, "introduction_id": "x"}),
    ],
)
async def test_what_can_t_be_taken_says_nothing(
    desk: Desk, published: list[Event[Any]], path: str, fields: dict[str, str]
) -> None:
    assert (await owner(desk).send(path, fields)).status == 422
    assert published == []


async def test_what_was_typed_of_an_introduction_is_kept_beside_what_is_wrong(desk: Desk) -> None:
    answer = await owner(desk).send(INTRODUCTIONS, {**NEW, "form": "introduced", "made_on": "2999-01-01"})
    assert 'value="Maison des associations"' in answer.text
    assert '<option value="incubator" selected>' in answer.text
    assert 'value="2999-01-01"' in answer.text
    assert 'id="made-on-why"' in answer.text


async def test_who_does_not_decide_on_a_project_speaks_for_none_of_its_support(
    desk: Desk, published: list[Event[Any]]
) -> None:
    stranger = visitor(desk, "officer")
    assert "somebody else’s need" in (await stranger.get(SUPPORT)).text
    for path, fields in ((SUPPORT, {"action": "rooting", "update": "finish"}), (INTRODUCTIONS, NEW)):
        assert (await stranger.send(path, fields)).status == 403
        assert (await visitor(desk, "foundation").send(path, fields)).status == 403
        assert (await owner(desk).send_raw(path, fields)).status == 403, "a form has its session's token"
    assert published == []
    assert (await visitor(desk, "programme-head").send(INTRODUCTIONS, NEW)).status == 303


@pytest.mark.parametrize(
    ("reason", "why"),
    [("withdrawn", "La candidature est retirée"), ("off-topic", DECLINING["off-topic"].fr.capitalize())],
)
async def test_what_was_released_is_found_by_its_officer_and_by_heads_with_why(
    desk: Desk, database_url: str, reason: str, why: str
) -> None:
    assert "Released" not in (await owner(desk).get("/")).text
    async with written(database_url) as connection:
        await connection.execute("UPDATE journal.thing SET state = 'released' WHERE id = $1", ASSIGNMENT)
        released = {"to": "released", "reason": reason}
        await event(connection, "engage.assignment.released.v1", ASSIGNMENT, released)
    for somebody in (owner(desk), visitor(desk, "programme-head")):
        text = (await somebody.get("/?language=fr")).text.split("Libérés")[1]
        assert "Un toit" in text
        assert why in text
    assert "Un toit" not in (await visitor(desk, "officer").get("/")).text
    assert "Note this introduction" not in (await owner(desk).get(SUPPORT)).text, "its support has ended"
