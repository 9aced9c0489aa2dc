"""Rounds side by side at the desk: what each left held, by the journal, and what would be held today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from services.desk.app import Desk
from tests.integration.desk.conftest import visitor
from tests.integration.desk.told import APPLICATION, NEED, NOW, thing, written

FIRST, SECOND, OF_CONTEST, LATER, OTHER_NEED = (UUID(int=number) for number in range(401, 406))
BEFORE, AFTER = UUID(int=406), UUID(int=407)


async def said(
    connection: asyncpg.Connection[asyncpg.Record],
    event_type: str,
    about: UUID,
    data: dict[str, Any],
    *,
    cause: UUID,
    minutes: int,
) -> None:
    """An event of a story that a round caused, so many minutes after the first."""
    at = NOW - timedelta(hours=1) + timedelta(minutes=minutes)
    await connection.execute("SELECT journal.make_months($1)", [at.date()])
    await connection.execute(
        'INSERT INTO journal.event (happened_at, topic, partition, "offset", id, source, type, key, thing_id,'
        " recorded_at, received_at, correlation_id, causation_id, data)"
        " SELECT $1, 'assignments.v1', 0, count(*), $2, 'test', $3, $4, $4, $1, $1, $5, $5, $6 FROM journal.event",
        at, f"{event_type} {about} {minutes}", event_type, about, str(cause), orjson.dumps(data).decode(),
    )  # fmt: skip


async def told(database_url: str) -> None:
    """A first round holds a project for one need; it is declined, and a second round holds it for another."""
    async with written(database_url) as connection:
        for at, (round_id, track) in enumerate(((FIRST, "implantation"), (SECOND, "implantation"))):
            await thing(connection, round_id, "round", "completed", {"track": track, "placed": 1, "applications": 1})
            await said(
                connection, "engage.round.completed.v1", round_id, {"track": track}, cause=round_id, minutes=20 * at + 1
            )
        await thing(connection, OF_CONTEST, "round", "completed", {"track": "contest"})
        contest = {"track": "contest"}
        await said(connection, "engage.round.completed.v1", OF_CONTEST, contest, cause=OF_CONTEST, minutes=40)
        for assignment_id, need_id, need in ((BEFORE, NEED, "Loger"), (AFTER, OTHER_NEED, "Nourrir")):
            facts = {"title": "Un toit", "organisation": "Maison", "need": need, "fit": 700}
            await thing(connection, assignment_id, "assignment", "proposed", facts, need_id=need_id)
            await connection.execute("UPDATE journal.thing SET story_id = $1 WHERE id = $2", APPLICATION, assignment_id)
        # What a round published may be recorded a moment after the word that it is whole.
        proposed, declined = {"to": "proposed", "version": 1}, {"to": "declined", "version": 2}
        await said(connection, "engage.assignment.proposed.v1", BEFORE, proposed, cause=FIRST, minutes=2)
        await said(connection, "engage.assignment.declined.v1", BEFORE, declined, cause=LATER, minutes=10)
        await said(connection, "engage.assignment.proposed.v1", AFTER, proposed, cause=SECOND, minutes=21)


async def test_two_past_rounds_differ_in_who_is_elsewhere(desk: Desk, database_url: str) -> None:
    await told(database_url)
    head = visitor(desk, "programme-head")
    page = (await head.get(f"/rounds/compare?left={FIRST}&right={SECOND}")).text
    row = page.split("Un toit")[1].split("</tr>")[0]
    assert row.index("Loger") < row.index("Nourrir")
    assert "gains an answer" in page
    assert "loses its answer" in page
    listed = (await head.get("/rounds")).text
    assert f"/rounds/compare?left={FIRST}" in listed or f"left={SECOND}" in listed


async def test_a_past_round_stands_beside_today_and_beside_one_that_would_be(desk: Desk, database_url: str) -> None:
    await told(database_url)
    head = visitor(desk, "programme-head")
    for right in ("now", "round"):
        page = await head.get(f"/rounds/compare?left={FIRST}&right={right}")
        assert page.status == 200
        assert "Un toit" in page.text
        assert "loses its answer" in page.text


async def test_what_cannot_be_compared_is_refused(desk: Desk, database_url: str) -> None:
    await told(database_url)
    head = visitor(desk, "programme-head")
    assert (await head.get(f"/rounds/compare?left={FIRST}&right={OF_CONTEST}")).status == 422
    assert (await head.get(f"/rounds/compare?left={FIRST}&right=yesterday")).status == 422
    assert (await head.get(f"/rounds/compare?left={FIRST}&right={UUID(int=999)}")).status == 404
    assert (await head.get("/rounds/compare")).status == 200
    assert (await visitor(desk, "officer").get("/rounds/compare")).status == 403
