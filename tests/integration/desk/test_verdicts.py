"""A nominated project once a verdict on it is published, as the foundation sees it: points, and what became of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.desk.app import Desk
from tests.integration.desk.conftest import visitor
from tests.integration.desk.test_contest import LAUREATE, told
from tests.integration.desk.told import APPLICATION, event, written


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


@pytest.mark.parametrize("state", ["withdrawn", "rejected", "correction-requested"])
async def test_what_is_not_in_order_waits_for_no_verdict(desk: Desk, database_url: str, state: str) -> None:
    await told(database_url)
    jury, where = visitor(desk, "foundation"), f"/contest/{APPLICATION}"
    assert where in (await jury.get("/contest")).text
    assert "Pass the verdict on" in (await jury.get(where)).text
    async with written(database_url) as connection:
        await connection.execute("UPDATE journal.thing SET state = $1 WHERE id = $2", state, APPLICATION)
    assert where not in (await jury.get("/contest")).text
    page = (await jury.get(where)).text
    assert "This application waits for no verdict" in page
    assert "Pass the verdict on" not in page
