"""What happens when the service starts under other rules than those that the pool was left by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracts.event import Event
from libraries.chassis.records.published import Cause
from services.matching import codes
from services.matching.flows.settling import look_at_all, settle, to_publish
from services.matching.pool.pool import Pool
from services.matching.store import Unit


def rules_moved(pool: Pool) -> bool:
    """Whether a pool that was read anew differs from its optimum: only where the rules are not those it was left by."""
    if not pool.settled:
        look_at_all(pool)
        if not to_publish(pool, {}, in_round=False):
            pool.settled = True
            pool.optimum.moved.clear()
    return not pool.settled


def settle_under_rules(unit: Unit, *, at: datetime) -> None:
    """Publishes what new rules move, at a moment and for a cause of its own; nothing where they move nothing."""
    pool = unit.store.pool
    if rules_moved(pool):
        pool.count_settlement()
        # The number tells apart rules that were left and came back, which may move the same again.
        unit.because_of(Cause.named(f"engage matching rules {pool.rules.version}, settlement {pool.settlements}", at))
        settle(unit, otherwise=codes.RULES_CHANGED)


def settle_first(event: Event[Any], unit: Unit) -> None:
    """Before each event: decisions build on what is published, so what new rules move comes first."""
    if not unit.store.pool.settled:
        settle_under_rules(unit, at=unit.now)
        unit.because_of(event)
