"""What is to come over the years: planned in one row, moved on day by day, settled as a whole or in part."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import pytest

from services.notifications.planned.follow_ups import lane_of
from tests.integration.notifications.conftest import Clock, Desk, Lane, handle, planned
from tests.integration.notifications.happenings import (
    START,
    confirmed,
    contact,
    erasure_requested,
    impact_recorded,
    named,
    released,
)
from tests.integration.notifications.test_sender import Office, office

__all__ = ["office"]


async def test_a_confirmation_plans_the_check_ins_of_three_years_and_a_release_cancels_them(desk: Desk) -> None:
    said = await desk.handle(confirmed("a"))
    (row,) = await desk.rows()
    to_come = {occasion["kind"]: occasion["due_at"].isoformat() for occasion in await desk.to_come()}
    assert (row["kind"], row["due_at"]) == ("assignment-confirmation", START)
    assert to_come == {
        "check-in-30-days": "2025-04-02T08:00:00+00:00",
        "check-in-90-days": "2025-06-02T08:00:00+00:00",
        "check-in-six-months": "2025-09-03T08:00:00+00:00",
        "impact-baseline": "2025-03-17T09:00:00+00:00",
        "impact-year-1": "2026-03-03T09:00:00+00:00",
        "impact-year-2": "2027-03-03T09:00:00+00:00",
        "impact-year-3": "2028-03-03T09:00:00+00:00",
    }, "all in one row"
    ids = {it["kind"]: it["follow_up_id"] for it in planned(said)}
    assert len(said) == 1
    assert set(ids) == {"assignment-confirmation", *to_come}
    assert {it["recipient_id"] for it in planned(said)} == {str(named("lead a"))}
    await desk.handle(confirmed("b"))
    cancelled = await desk.handle(released("a"))
    assert {event["kind"]: event["follow_up_id"] for event in cancelled} == ids
    assert {(event["from"], event["to"], event["version"], event["reason"]) for event in cancelled} == {
        ("scheduled", "cancelled", 2, "assignment-released")
    }
    states = [(row["matter_id"], row["state"]) for row in await desk.rows()]
    assert set(states) == {(named("assignment a"), "cancelled"), (named("assignment b"), "scheduled")}
    assert len(await desk.to_come()) == len(to_come), "those of the other"
    assert await desk.handle(released("a")) == []


async def test_a_series_moves_on_day_by_day_and_says_nothing_twice(desk: Desk) -> None:
    said = await desk.handle(confirmed("a"))
    ids = {it["kind"]: it["follow_up_id"] for it in planned(said)}
    lane = Lane(desk, lane_of(named("lead a")))
    clock = Clock()
    clock.now = datetime(2025, 6, 2, 8, tzinfo=UTC)
    async with desk.unit() as unit:
        due = await unit.store.dispatch.lock_due_series(lane.partition, now=clock.now, limit=5)
        await unit.store.dispatch.move_on(due, now=clock.now)
    rows = {row["kind"]: str(row["id"]) for row in await desk.rows()}
    assert list(rows) == ["assignment-confirmation", "impact-baseline", "check-in-30-days", "check-in-90-days"]
    assert rows == {kind: ids[kind] for kind in rows}, "as it was said when it was planned"
    assert await desk.handle(confirmed("a")) == []
    async with desk.unit() as unit:
        assert await unit.store.dispatch.lock_due_series(lane.partition, now=clock.now, limit=5) == []
    ended = await desk.handle(released("a"))
    assert {it["kind"]: it["follow_up_id"] for it in ended} == ids, "rows and what is to come"


async def test_figures_that_came_are_not_asked_for_any_more(desk: Desk) -> None:
    await desk.handle(confirmed("a"))
    for year, kind in ((0, "impact-baseline"), (2, "impact-year-2")):
        (event,) = await desk.handle(impact_recorded("a", year))
        assert (event["event"], event["kind"], event["reason"]) == ("cancelled", kind, "impact-recorded")
        assert await desk.handle(impact_recorded("a", year)) == []
    states = await desk.states()
    assert {kind for kind in states if kind.startswith("impact")} == {"impact-year-1", "impact-year-3"}


async def test_what_two_processes_settle_at_once_is_said_once(desk: Desk) -> None:
    await desk.handle(confirmed("a"))
    for event in (impact_recorded("a", 1), released("a")):
        late = desk.unit(event)
        handle(await late.__aenter__(), [event])
        assert await desk.handle(event)
        with pytest.raises(asyncpg.SerializationError):
            await late.__aexit__(None, None, None)


async def test_erasure_cancels_all_that_is_to_come_over_the_years(office: Office) -> None:
    said = await office.desk.handle(confirmed("a"), contact("lead a"))
    await office.send()
    await office.desk.handle(erasure_requested("lead a"))
    await office.send()
    ended = {event["follow_up_id"]: event["event"] for event in office.said}
    assert ended.keys() == {it["follow_up_id"] for it in planned(said)}
    assert sorted(ended.values()) == ["cancelled"] * 7 + ["sent"]
    assert await office.desk.to_come() == []
    assert {row["parameters"] for row in await office.desk.rows()} == {"{}"}
    assert await office.desk.pool.fetchval("SELECT parameters FROM series") == "{}"
