"""When duties are called: at what was said last, by whoever said it, and never too late for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from libraries.chassis.process.deadlines import Deadlines

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DUTY = "testing", 0


async def test_what_a_commit_brings_while_a_duty_looks_is_not_overwritten_by_what_the_duty_found() -> None:
    now = NOON
    deadlines = Deadlines(lambda: now)
    deadlines.note({DUTY: NOON})
    await _come(deadlines)
    deadlines.note({DUTY: NOON + timedelta(minutes=1)})  # a commit, while the duty looks
    deadlines.note({DUTY: NOON + timedelta(hours=1)})  # what the duty says
    now += timedelta(minutes=1)
    await _come(deadlines)


async def test_a_deadline_that_came_is_over() -> None:
    deadlines = Deadlines(lambda: NOON)
    deadlines.note({DUTY: NOON - timedelta(days=1)})
    await _come(deadlines)
    waiting = asyncio.create_task(deadlines.come(DUTY, at_most=None))
    await asyncio.sleep(0)
    assert not waiting.done(), "what is overdue and can't be done must not call its duty again and again"
    deadlines.note({DUTY: NOON})
    await asyncio.wait_for(waiting, 1)


async def test_who_waits_looks_again_when_the_clock_is_set() -> None:
    now = NOON
    deadlines = Deadlines(lambda: now)
    deadlines.note({DUTY: NOON + timedelta(days=365)})
    waiting = asyncio.create_task(deadlines.come(DUTY, at_most=None))
    await asyncio.sleep(0)
    assert deadlines.is_waited_for(DUTY)
    assert deadlines.next_of(DUTY) == NOON + timedelta(days=365)
    now += timedelta(days=366)
    assert not deadlines.is_waited_for(DUTY), "it is due by now, though nobody has looked"
    deadlines.look()
    await asyncio.wait_for(waiting, 1)
    assert not deadlines.is_waited_for(DUTY), "it is at work"


async def _come(deadlines: Deadlines) -> None:
    async with asyncio.timeout(1):
        await deadlines.come(DUTY, at_most=None)
