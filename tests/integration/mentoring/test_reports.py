"""Meetings and obstacles through the store, and what falls due for them."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest

from libraries.chassis.handling import Refused
from services.mentoring.due import DueDates, due_items, settle
from tests.integration.mentoring.transactions import Connection, Writer, state_of, take
from tests.unit.mentoring.desk import names, published
from tests.unit.mentoring.examples import NOW, answered, confirmed, enrolled, released
from tests.unit.mentoring.reports import met, obstacle_id, reported, rested, reviewed, updated
from tests.unit.mentoring.test_support import impact, introduced, said


async def active_pair(connection: Connection) -> UUID:
    happened = await take(connection, enrolled(1), confirmed(1))
    (pair,) = [UUID(data["pair_id"]) for name, data in happened if name == "pair.offered"]
    await take(connection, answered(pair, "mentor", "accept"), answered(pair, "lead", "accept"))
    return pair


async def test_a_meeting_is_kept_once_and_begins_the_ladder_anew(connection: Connection) -> None:
    pair = await active_pair(connection)
    before = await connection.fetchval("SELECT last_contact_at FROM pair")
    assert names(await take(connection, met(pair, NOW.date()), met(pair, NOW.date()))) == ["pair.meeting-held"]
    assert await take(connection, met(pair, NOW.date())) == [], "also in a later transaction"
    row = await connection.fetchrow("SELECT meetings, last_contact_at FROM pair")
    assert row is not None
    assert row["meetings"] == 1
    assert row["last_contact_at"] > before
    assert await connection.fetchval("SELECT minutes FROM meeting") == 90


async def test_a_meeting_under_the_id_of_another_pair_s_is_told_and_not_passed_over(connection: Connection) -> None:
    first = await active_pair(connection)
    happened = await take(connection, enrolled(2), confirmed(2))
    (second,) = [UUID(data["pair_id"]) for name, data in happened if name == "pair.offered"]
    await take(connection, answered(second, "mentor", "accept"), answered(second, "lead", "accept"))
    await take(connection, met(first, NOW.date()))
    with pytest.raises(Refused, match="do not belong together"):
        await take(connection, met(second, NOW.date()))
    assert names(await take(connection, met(second, NOW.date(), number=2))) == ["pair.meeting-held"]


async def test_a_pair_that_does_not_meet_is_reminded_once_and_ended_in_the_end(connection: Connection) -> None:
    await active_pair(connection)
    lane = Writer(connection)
    for days in (10, 20, 20, 70, 70, 120, 120):
        await DueDates(lambda days=days: NOW + timedelta(days=days)).perform(lane)  # type: ignore[misc]
    assert names(lane.published) == ["pair.idle", "pair.idle", "pair.ended"]
    assert await connection.fetchval("SELECT held FROM mentor") == 0
    assert await connection.fetchval("SELECT state FROM lead") == "stopped"


async def test_a_pair_is_reviewed_and_renewed_over_many_transactions(connection: Connection) -> None:
    pair = await active_pair(connection)
    assert names(await take(connection, rested(pair, date(2025, 12, 1)))) == ["pair.paused"]
    assert await take(connection, rested(pair, date(2025, 12, 1))) == [], "also in a later transaction"
    lane = Writer(connection)
    for days in (100, 165, 165):
        await DueDates(lambda days=days: NOW + timedelta(days=days)).perform(lane)  # type: ignore[misc]
    assert names(lane.published) == ["pair.review-due"]
    assert names(await take(connection, reviewed(pair, "lead", "go-on"))) == ["pair.review-recorded"]
    happened = await take(connection, reviewed(pair, "mentor", "go-on"))
    assert names(happened) == ["pair.review-recorded", "pair.renewed"]
    row = await connection.fetchrow("SELECT ends_at, review_asked_at, mentor_wish, lead_wish FROM pair")
    assert row is not None
    assert (row["review_asked_at"], row["mentor_wish"], row["lead_wish"]) == (None, None, None)
    assert row["ends_at"].date() == date(2026, 3, 3)


async def test_an_obstacle_over_many_transactions(connection: Connection) -> None:
    await take(connection, confirmed(1))
    assert names(await take(connection, reported())) == ["obstacle.opened"]
    assert await take(connection, reported()) == []
    lane = Writer(connection)
    late = DueDates(lambda: NOW + timedelta(days=60))
    await late.perform(lane)
    await late.perform(lane)
    assert names(lane.published) == ["obstacle.escalated"], "once, and the next level has its own days"
    assert names(await take(connection, updated("take"), updated("lift"))) == ["obstacle.taken", "obstacle.lifted"]
    assert await connection.fetchval("SELECT state FROM obstacle") == "lifted"


async def test_a_support_plan_over_many_transactions(connection: Connection) -> None:
    await take(connection, confirmed(1))
    state = "SELECT code, state, version FROM support_action ORDER BY code"
    assert await connection.fetch(state) == [], "what nothing has changed is planned, without a row"
    assert names(await take(connection, introduced())) == ["introduction.recorded"]
    assert await take(connection, introduced()) == [], "also in a later transaction"
    await take(connection, said("rooting", "finish"), introduced(outcome="cooperation"))
    assert {row["code"]: (row["state"], row["version"]) for row in await connection.fetch(state)} == {
        "networking": ("started", 2),
        "rooting": ("finished", 2),
    }
    assert await connection.fetchval("SELECT outcome || version FROM introduction") == "cooperation2"
    await take(connection, released(1))
    assert {row["code"]: row["state"] for row in await connection.fetch(state)}["networking"] == "dropped"


async def test_figures_of_earlier_transactions_are_the_baseline(connection: Connection) -> None:
    await take(connection, confirmed(1))
    await take(connection, impact(0, jobs=3))
    ((name, data),) = await take(connection, impact(1, jobs=7))
    assert (name, data["figures"]) == ("impact.recorded", [{"code": "jobs", "value": 7, "baseline": 3}])
    assert await take(connection, impact(1, jobs=7)) == []
    assert await connection.fetchval("SELECT figures FROM impact WHERE year = 1") == '{"jobs": 7}'


async def test_a_released_assignment_abandons_obstacles_of_earlier_transactions(connection: Connection) -> None:
    await take(connection, confirmed(1))
    await take(connection, reported(1), reported(2))
    await take(connection, updated("lift"))
    assert names(await take(connection, released(1))) == ["obstacle.abandoned"]
    rows = await connection.fetch("SELECT obstacle_id, state FROM obstacle")
    states = {row["obstacle_id"]: row["state"] for row in rows}
    assert states == {obstacle_id(1): "lifted", obstacle_id(2): "abandoned"}


async def test_many_late_obstacles_are_told_of_in_portions_and_each_once(connection: Connection) -> None:
    await take(connection, *[confirmed(number) for number in range(1, 531)])
    await take(connection, *[reported(number, assignment=number) for number in range(1, 531)])
    writer = Writer(connection)
    now = NOW + timedelta(days=60)
    late = DueDates(lambda: now)
    assert await late.perform(writer) == now, "more may be due"
    assert len(writer.published) == 500
    assert await late.perform(writer) == now
    assert await late.perform(writer) == writer.deadline
    assert len({data["obstacle_id"] for _, data in writer.published}) == len(writer.published) == 530


async def test_a_step_that_was_rolled_back_leaves_no_trace(connection: Connection) -> None:
    await active_pair(connection)
    before = await state_of(connection)
    writer = Writer(connection)
    now = NOW + timedelta(days=30)

    async def fail() -> None:
        async with writer.unit_of_work() as unit:
            settle(unit, due_items(unit.store.state, now), now)
            assert names(published(unit.published)) == ["pair.idle"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await state_of(connection) == before
    assert writer.state is None, "and it is read anew"


async def test_the_database_itself_asks_why_an_obstacle_is_abandoned(connection: Connection) -> None:
    await take(connection, confirmed(1), reported())
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute("UPDATE obstacle SET state = 'abandoned'")
