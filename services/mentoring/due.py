"""What falls due: offers whose time is over, pairs that do not meet or end, late obstacles, mentors free again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from services.chassis.service import DutyLane
from services.chassis.unit_of_work import Cause
from services.mentoring import accompaniment, obstacles, offers
from services.mentoring.offers import Unit
from services.mentoring.store import Due

_PORTION: Final = 100


class DueDates:
    """The duty that does what is due, the oldest first, each once.

    It acts at the moment it looks, not at the one that was due: after an outage nobody is offered something that
    is over already, and what comes next counts from then, so that no two steps come at once.
    """

    lanes = 1

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    async def perform(self, lane: DutyLane) -> bool:
        """Does some of what is due; True where more may be."""
        now = self._clock()
        async with lane.unit_of_work() as unit:
            due = await unit.store.load_due(now, _PORTION)
            settle(unit, due, now)
        return any(len(found) == _PORTION for found in due)

    async def close(self) -> None:
        """Holds nothing."""


def settle(unit: Unit, due: Due, now: datetime) -> None:
    """Does at a moment what is due, and offers the next mentor to each lead who waits."""
    programme = unit.store.programme
    for pair_id in due.offers:
        unit.because_of(Cause.named(f"engage mentoring expiry of {pair_id}", now))
        offers.expire(unit, programme.pairs[pair_id])
        offers.serve_queue(unit)
    for pair_id in due.pairs:
        pair = programme.pairs[pair_id]
        unit.because_of(Cause.named(f"engage mentoring step of {pair_id} after version {pair.version}", now))
        accompaniment.keep_rhythm(unit, pair)
        offers.serve_queue(unit)
    for obstacle_id in due.obstacles:
        obstacle = programme.obstacles[obstacle_id]
        unit.because_of(Cause.named(f"engage mentoring escalation of {obstacle_id} after {obstacle.version}", now))
        obstacles.escalate(unit, obstacle)
    if due.mentors:
        unit.because_of(Cause.named(f"engage mentoring places of {due.mentors[0]} at {now}", now))
        offers.serve_queue(unit)
