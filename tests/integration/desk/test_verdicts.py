"""A nominated project as the foundation sees it: the verdict on it, and, once it is published, what became of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.contest import ContestDecided
from contracts.event import Event
from services.desk.app import Desk
from tests.integration.desk.conftest import visitor
from tests.integration.desk.test_contest import LAUREATE, told
from tests.integration.desk.told import APPLICATION, event, written

VERDICT = {"decision": "laureate", "publish_at": "2026-12-01T10:00", "seen": "now", "social-impact": "80"}


async def test_a_verdict_has_points_by_criterion_and_an_embargo(
    desk: Desk, database_url: str, published: list[Event[Any]]
) -> None:
    await told(database_url)
    jury = visitor(desk, "foundation")
    assert (await jury.send(f"/contest/{APPLICATION}", VERDICT)).status == 303
    (verdict,) = published
    assert isinstance(verdict.data, ContestDecided)
    marked = {score.criterion: score.points for score in verdict.data.scores}
    assert marked["social-impact"] == 80
    assert None in marked.values(), "what was left empty was not assessed"
    assert verdict.data.publish_at == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert "Published on" not in (await jury.get(f"/contest/{APPLICATION}")).text


async def test_a_published_verdict_shows_its_points_and_what_became_of_the_project(
    desk: Desk, database_url: str
) -> None:
    await told(database_url)
    said = {
        "decision": "laureate",
        "scores": [
            {"criterion": "social-impact", "points": 80, "maximum": 100},
            {"criterion": "spread", "points": None, "maximum": 100},
        ],
    }
    async with written(database_url) as connection:
        await connection.execute(
            "UPDATE journal.event SET happened_at = happened_at - $1::interval", timedelta(seconds=1)
        )
        await event(connection, "engage.contest.decision-published.v1", LAUREATE, said, cause="again")
    page = (await visitor(desk, "foundation").get(f"/contest/{LAUREATE}")).text
    assert "80 / 100" in page
    assert "not assessed" in page
    became = page.split("What became of it")[1]
    assert "answers a need of the City" in became
    assert "took root" in became
    assert "without a mentor so far" in became
