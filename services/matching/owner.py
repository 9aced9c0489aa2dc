"""The owner of the pool: one among all replicas, who takes changes in their committed order and decides."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Final

from contracts.event import Event
from contracts.message import EventData
from services.chassis.service import DutyLane
from services.chassis.unit_of_work import Cause
from services.matching import deciding, declaring, placing
from services.matching.contest import due_verdicts, publish_verdict
from services.matching.placing import Unit
from services.matching.pool import Pool
from services.matching.rules import RULES, Rules

_PORTION: Final = 500


class PoolOwner:
    """The duty that decides upon the pool, portion by portion, each one transaction of its lane.

    The pool lives in memory between portions. The lane's ledger lets one owner commit; whoever finds that the
    line was decided beyond what it knows, or whose transaction failed, reads the pool anew, which gives the same.
    """

    lanes = 1

    def __init__(self, clock: Callable[[], datetime], *, rules: Rules = RULES, portion: int = _PORTION) -> None:
        self._clock = clock
        self._rules = rules
        self._portion = portion
        self._pool: Pool | None = None
        self._decided = 0

    async def perform(self, lane: DutyLane) -> bool:
        """Decides upon the next changes in line; True where more may be waiting."""
        pool, self._pool = self._pool, None
        async with lane.unit_of_work() as unit:
            decided = await unit.store.decided()
            if fresh := pool is None or decided != self._decided:
                pool = await unit.store.read_pool(self._rules)
            unit.store.pool = pool
            changes = await unit.store.next_changes(decided, self._portion)
            await unit.store.recall_ended(event for _, event in changes)
            # In a thread: a long portion, or a round, must not keep the process from saying that it lives.
            await asyncio.to_thread(self._decide, unit, [event for _, event in changes], fresh=fresh, after=decided)
            if changes:
                await unit.store.settle_changes(decided, changes[-1][0])
        # Not before the commit: what was rolled back is not the pool.
        self._pool, self._decided = pool, changes[-1][0] if changes else decided
        return len(changes) == self._portion

    async def close(self) -> None:
        """Holds nothing but memory."""

    def _decide(self, unit: Unit, events: Sequence[Event[EventData]], *, fresh: bool, after: int) -> None:
        today = self._rules.day_of(self._clock())
        if fresh:
            unit.because_of(
                Cause.named(f"engage matching rules {self._rules.version} after change {after}", self._midnight(today))
            )
            placing.settle_under_rules(unit)
        for need in declaring.needs_to_review(unit.store.pool, on=today):
            name = f"engage matching review of need {need.need_id} as declared by {need.document.revision}"
            unit.because_of(Cause.named(name, self._midnight(today)))
            declaring.review(need, unit)
        for event in events:
            unit.because_of(event)
            deciding.DECISIONS[type(event.data)](event, unit)
        for verdict in due_verdicts(unit.store.pool, at=self._clock()):
            unit.because_of(Cause(verdict.event_id, verdict.publish_at, verdict.correlation_id, verdict.traceparent))
            publish_verdict(verdict, unit)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._rules.zone)
