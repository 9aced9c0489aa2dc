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
        rooted = {"action": "rooting", "to": "finished"}
        await event(connection, "engage.support.action-changed.v1", ASSIGNMENT, rooted)
        for year, value in ((1, 140), (2, 180)):
            figures = {"year": year, "figures": [{"code": "people-reached", "baseline": 100, "value": value}]}
            await event(connection, "engage.impact.recorded.v1", ASSIGNMENT, figures, cause=f"year {year}")


async def test_what_the_city_nominates_and_what_became_of_laureates(desk: Desk, database_url: str) -> None:
    await told(database_url)
    text = (await visitor(desk, "foundation").get("/contest")).text
    waiting, laureates = text.split("What became of laureates")
    assert "nominated by the City" in waiting
    assert "812 / 1000" in waiting
    assert "Un jardin" not in waiting
    assert "Un jardin" in laureates
    assert "Planter" in laureates


async def test_what_became_of_laureates_is_told_year_by_year_and_project_by_project(
    desk: Desk, database_url: str
) -> None:
    await told(database_url)
    text = (await visitor(desk, "foundation").get("/contest")).text.split("What became of laureates")[1]
    years, projects = text.split("Project by project")
    assert years.count('class="num">1<') == 3, "one laureate, one answers a need, none is accompanied, one took root"
    assert years.count('class="num">0<') == 1
    assert "People reached 180" in projects, "the last year's figures stand for the project"
    assert "(at first 100)" in projects


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
