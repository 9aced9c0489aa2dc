"""What the foundation sees: nominations first, verdicts once they are published, what became of laureates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.desk.app import Desk
from tests.integration.desk.conftest import visitor
from tests.integration.desk.told import APPLICATION, ASSIGNMENT, NEED, event, thing, written

LAUREATE = UUID(int=301)


async def told(database_url: str) -> None:
    nominated: dict[str, Any] = {
        "application_id": str(APPLICATION),
        "needs": [
            {
                "need_id": str(NEED), "need_title": "Loger", "directorate": "direction-habitat", "fit": 812,
                "parts": [{"name": "theme", "points": 400, "maximum": 400, "fr": "Thèmes.", "en": "All themes."}],
            }
        ],
    }  # fmt: skip
    async with written(database_url) as connection:
        for identifier, title in ((APPLICATION, "Un toit"), (LAUREATE, "Un jardin")):
            facts = {"title": title, "organisation": "Maison", "track": "contest", "edition": "2025"}
            await thing(connection, identifier, "application", "registered", facts)
        await event(connection, "engage.nomination.proposed.v1", APPLICATION, nominated)
        await event(connection, "engage.contest.decision-published.v1", LAUREATE, {"decision": "laureate"})
        await thing(connection, ASSIGNMENT, "assignment", "confirmed", {"need": "Planter"}, need_id=NEED)
        await connection.execute("UPDATE journal.thing SET story_id = $1 WHERE id = $2", LAUREATE, ASSIGNMENT)


async def test_what_the_city_nominates_and_what_became_of_laureates(desk: Desk, database_url: str) -> None:
    await told(database_url)
    text = (await visitor(desk, "foundation").get("/contest")).text
    waiting, laureates = text.split("What became of laureates")
    assert "nominated by the City" in waiting
    assert "812 / 1000" in waiting
    assert "Un jardin" not in waiting
    assert "Un jardin" in laureates
    assert "Planter" in laureates


async def test_a_verdict_is_asked_for_with_what_speaks_for_the_project_until_it_is_published(
    desk: Desk, database_url: str
) -> None:
    await told(database_url)
    jury = visitor(desk, "foundation")
    open_yet = (await jury.get(f"/contest/{APPLICATION}")).text
    assert "All themes." in open_yet
    assert "Pass the verdict on" in open_yet
    published = (await jury.get(f"/contest/{LAUREATE}")).text
    assert "Published on" in published
    assert "Pass the verdict on" not in published
    assert (await jury.get(f"/contest/{NEED}")).status == 404


async def test_mentors_are_shown_with_their_load_and_no_name(desk: Desk, database_url: str) -> None:
    mentor, pair = UUID(int=302), UUID(int=303)
    async with written(database_url) as connection:
        await thing(connection, pair, "pair", "active", {"title": "Un toit", "meetings": 3})
        await connection.execute("UPDATE journal.thing SET mentor_id = $1 WHERE id = $2", mentor, pair)
    text = (await visitor(desk, "programme-head").get("/programme/people")).text
    assert str(mentor) in text
    assert "Un toit" in text
