"""Mentors at the desk: found by what they bring, with their load and no name; and what a round would offer."""

from __future__ import annotations

import asyncpg

from services.desk.app import Desk
from tests.integration.conftest import connect
from tests.integration.desk.conftest import visitor
from tests.integration.desk.told import thing, written
from tests.integration.mentoring.test_foreseen import IN_ROUNDS
from tests.integration.mentoring.transactions import take
from tests.unit.mentoring.examples import confirmed, enrolled, mentor_id, numbered

PAIR, GONE = numbered(30, 1), numbered(1, 9)


async def told(database_url: str) -> None:
    """A mentor with a pair, one without, one who left; and two leads who wait for a round."""
    mentoring: asyncpg.Connection[asyncpg.Record] = await connect(database_url, "mentoring")
    try:
        await take(mentoring, enrolled(1, skills=["food"]), enrolled(2, skills=["housing"], capacity=1))
        await take(mentoring, confirmed(1), confirmed(2), confirmed(3), confirmed(4), settings=IN_ROUNDS)
    finally:
        await mentoring.close()
    async with written(database_url) as connection:
        for pair, mentor, state in ((PAIR, mentor_id(1), "active"), (numbered(30, 2), GONE, "ended")):
            await thing(connection, pair, "pair", state, {"title": "Un toit", "meetings": 3})
            await connection.execute("UPDATE journal.thing SET mentor_id = $1 WHERE id = $2", mentor, pair)


async def test_mentors_are_found_by_what_they_bring_and_by_no_name(desk: Desk, database_url: str) -> None:
    await told(database_url)
    head = visitor(desk, "programme-head")
    everybody = (await head.get("/programme/people")).text
    assert all(str(each) in everybody for each in (mentor_id(1), mentor_id(2), GONE))
    assert "Mentor 1" not in everybody
    for search in ("housing", str(mentor_id(2)), "HOUSING mars"):
        found = (await head.get(f"/programme/people?q={search.replace(' ', '+')}")).text
        assert (str(mentor_id(2)) in found, str(mentor_id(1)) in found) == (True, False), search
    assert str(mentor_id(1)) in (await head.get("/programme/people?q=un+toit")).text
    assert "No mentor is like that" in (await head.get("/programme/people?q=juggling")).text


async def test_a_mentor_has_a_page_with_their_pairs(desk: Desk, database_url: str) -> None:
    await told(database_url)
    head = visitor(desk, "programme-head")
    one = (await head.get(f"/programme/people/{mentor_id(1)}")).text
    assert "Un toit" in one
    assert "2 / 2" in one
    assert "takes part no more" in (await head.get(f"/programme/people/{GONE}")).text
    assert (await head.get(f"/programme/people/{numbered(1, 77)}")).status == 404
    assert (await visitor(desk, "officer").get(f"/programme/people/{mentor_id(1)}")).status == 403


async def test_a_head_sees_together_what_a_round_would_offer(desk: Desk, database_url: str) -> None:
    await told(database_url)
    page = (await visitor(desk, "programme-head").get("/rounds")).text
    offers = page.split("The pairs that it would offer")[1].split("</table>")[0]
    assert all(f"Projet {number}" in offers for number in (1, 2, 3, 4))
    assert offers.count("/programme/people/") == 3, "three places are free, and four wait"
    assert "nobody" in offers.split("Projet 4")[1]
