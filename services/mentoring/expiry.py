"""Offers whose time is over: found by the clock, each once, and passed on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from services.chassis.service import DutyLane
from services.chassis.unit_of_work import Cause
from services.mentoring import offers
from services.mentoring.offers import Unit

_PORTION: Final = 100


class OfferExpiry:
    """The duty that ends offers which not both accepted in time, the oldest first.

    It acts at the moment it looks, not at the one that was due: after an outage nobody is offered something that
    is over already.
    """

    lanes = 1

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    async def perform(self, lane: DutyLane) -> bool:
        """Ends some of the offers that are due; True where more may be."""
        now = self._clock()
        async with lane.unit_of_work() as unit:
            due = await unit.store.load_expired(now, _PORTION)
            expire(unit, due, now)
        return len(due) == _PORTION

    async def close(self) -> None:
        """Holds nothing."""


def expire(unit: Unit, pairs: list[UUID], now: datetime) -> None:
    """Ends these offers at a moment, and offers the next mentor to each lead who waits."""
    for pair_id in pairs:
        unit.because_of(Cause.named(f"engage mentoring expiry of {pair_id}", now))
        offers.expire(unit, unit.store.programme.pairs[pair_id])
        offers.serve_queue(unit)
