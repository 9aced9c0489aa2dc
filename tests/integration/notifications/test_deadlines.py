"""When the sender's lanes have something to do: what a commit says of it, and what a lane says itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from contracts.event import Event
from services.notifications.kinds import KINDS
from services.notifications.planned.follow_ups import LANES, lane_of
from services.notifications.sending.terms import Terms
from tests.integration.notifications.conftest import Clock, Desk, handle
from tests.integration.notifications.happenings import (
    START,
    activated,
    confirmed,
    contact,
    declined,
    meeting_held,
    named,
    registered,
    withdrawn,
)
from tests.integration.notifications.test_sender import Office, exhaust, office

__all__ = ["office"]


async def test_the_sender_is_told_when_its_lanes_have_something_to_do(desk: Desk) -> None:
    async def deadlines(*events: Event[Any]) -> dict[tuple[str, int], datetime]:
        async with desk.unit(*events) as unit:
            handle(unit, events)
        return dict(unit.store.deadlines)

    lead, mentor = lane_of(named("lead a")), lane_of(named("person of mentor a"))
    assert await deadlines(registered("a")) == {("mail", lead): START}
    assert await deadlines(meeting_held("a", 3)) == {("mail", it): START + timedelta(days=2) for it in (lead, mentor)}
    assert await deadlines(withdrawn("a")) == {("mail", lead): START}, "cancelled where it was settled, and confirmed"
    assert await deadlines(contact("lead a")) == {}, "nothing waits for it"
    await desk.handle(activated("b"))
    await Sweep(desk).all_lanes()
    assert await deadlines(contact("lead b")) == {("mail", lane_of(named("lead b"))): START}


class Sweep:
    """Looks once at what is due in every lane, as the sender does, a minute after the start."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def all_lanes(self) -> None:
        now = Clock().now
        terms = Terms(now, now, now + timedelta(hours=1), None, KINDS.courtesy.most_a_week)
        for lane in range(LANES):
            async with self._desk.unit() as unit:
                if due := await unit.store.dispatch.lock_due(lane, now=now, limit=50):
                    await unit.store.dispatch.claim(lane, due, terms)


async def test_a_lane_says_when_it_has_something_to_do_next(office: Office) -> None:
    (lane,) = {row["lane"] for row in await handled(office, contact("lead a"), confirmed("a"))}
    mail = office.lanes[lane]
    first = next(occasion for occasion in await office.desk.to_come())
    assert await exhaust(office.sender, mail, office.clock) == first["due_at"], "then the series goes on"
    office.clock.now = first["due_at"] - timedelta(seconds=1)
    assert await exhaust(office.sender, mail, office.clock) == first["due_at"]
    assert len(office.server.mails) == 1
    office.clock.now = first["due_at"]
    await office.send()
    assert len(office.server.mails) == 2
    idle = office.lanes[(lane + 1) % LANES]
    assert await office.sender.perform(idle) is None, "nothing is planned there"


async def test_what_is_not_urgent_and_due_at_night_is_called_for_in_the_morning(office: Office) -> None:
    office.clock.now = START.replace(hour=20)
    (lane,) = {row["lane"] for row in await handled(office, contact("lead a"), declined("a", "off-topic"))}
    morning = START.replace(day=4, hour=7)
    assert await exhaust(office.sender, office.lanes[lane], office.clock) == morning
    office.clock.now = morning
    assert await office.send()


async def test_what_another_owner_holds_is_looked_at_again_in_a_second(office: Office) -> None:
    (row,) = await handled(office, contact("lead a"), registered("a"))
    lane = office.lanes[row["lane"]]
    async with office.desk.unit() as unit:
        assert await unit.store.dispatch.lock_due(lane.partition, now=office.clock.now, limit=1)
        assert await office.sender.perform(lane) == office.clock.now + timedelta(seconds=1)
    assert await office.send()


async def handled(office: Office, *events: Event[Any]) -> list[dict[str, Any]]:
    await office.desk.handle(*events)
    return await office.desk.rows()
