"""Forms that can't be taken: the page comes again, with each problem beside its field and what was typed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from contracts.event import Event
from services.desk.app import Desk
from tests.integration.desk.conftest import OFFICER, visitor
from tests.integration.desk.told import ASSIGNMENT, event, proposed, thing, written

OBSTACLE = UUID(int=202)


@pytest.fixture
async def obstacle(database_url: str) -> None:
    async with written(database_url) as connection:
        facts = {"title": "Un toit", "kind": "premises", "service": "direction-emploi", "owner": str(OFFICER)}
        await thing(connection, OBSTACLE, "obstacle", "open", facts)
        opened = {"assignment_id": str(ASSIGNMENT), "obstacle_id": str(OBSTACLE)}
        await event(connection, "engage.obstacle.opened.v1", OBSTACLE, opened)


async def test_an_obstacle_keeps_its_comment_where_the_service_is_wrong(
    desk: Desk, published: list[Event[Any]], obstacle: None
) -> None:
    fields = {"form": f"answered-{OBSTACLE}", "update": "take", "service": "nowhere", "comment": "vu avec Léa"}
    answer = await visitor(desk, "officer").send(f"/obstacles/{OBSTACLE}", fields)
    assert answer.status == 422
    assert "<strong>Service that takes it</strong>: choose one of the answers" in answer.text
    assert f'aria-describedby="service-{OBSTACLE}-why"' in answer.text
    assert "vu avec Léa</textarea>" in answer.text
    assert "<details open>" in answer.text
    assert published == []


async def test_only_the_form_that_was_sent_comes_again(desk: Desk, obstacle: None) -> None:
    fields = {"form": f"abandoned-{OBSTACLE}", "update": "abandon", "reason": "because"}
    answer = await visitor(desk, "officer").send(f"/obstacles/{OBSTACLE}", fields)
    assert f'id="abandoned-{OBSTACLE}-why"' in answer.text
    assert f"service-{OBSTACLE}-why" not in answer.text


async def test_a_project_is_declined_with_what_was_written_once_a_reason_is_chosen(
    desk: Desk, published: list[Event[Any]], database_url: str
) -> None:
    async with written(database_url) as connection:
        await proposed(connection, decider=OFFICER)
    fields = {"form": "declined", "decision": "decline", "reason": "", "comment": "vu en comité"}
    answer = await visitor(desk, "programme-head").send(f"/proposals/{ASSIGNMENT}/decide", fields)
    assert answer.status == 422
    assert 'aria-describedby="declined-why"' in answer.text
    assert answer.text.count("vu en comité</textarea>") == 1
    assert published == []


async def test_a_round_of_no_track_is_asked_again(desk: Desk, published: list[Event[Any]]) -> None:
    fields = {"form": "asked", "round_id": str(UUID(int=9)), "track": "elsewhere"}
    answer = await visitor(desk, "programme-head").send("/rounds", fields)
    assert (answer.status, 'id="track-why"' in answer.text) == (422, True)
    assert published == []


async def test_who_is_to_be_forgotten_keeps_what_becomes_of_their_applications(desk: Desk) -> None:
    fields = {"form": "forgotten", "applications": "withdraw", "sure": ""}
    answer = await visitor(desk, "programme-head").send(f"/programme/forgotten/{OFFICER}", fields)
    assert answer.status == 422
    assert 'value="withdraw" required checked' in answer.text
    assert 'id="sure-why"' in answer.text
    assert 'id="applications-why"' not in answer.text
