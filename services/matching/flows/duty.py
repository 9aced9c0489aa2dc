"""What matching does by the clock: new rules, needs past their review date, ends of deputies, the contest's hour."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from libraries.chassis.records.published import Cause
from libraries.chassis.service import DutyLane
from services.matching.flows.contest import publish_verdict
from services.matching.flows.matters import Matter, do_each
from services.matching.flows.needs import review
from services.matching.flows.new_rules import rules_moved, settle_under_rules
from services.matching.flows.officers import end_deputy
from services.matching.pool.deadlines import (
    REVIEW_AND_EMBARGO,
    deputies_to_end,
    due_verdicts,
    needs_to_review,
    next_deadline,
)
from services.matching.pool.pool import Pool
from services.matching.settings.days import day_of, midnight_of
from services.matching.store import Unit


class ReviewAndEmbargo:
    """The duty that does what is due, each matter for a cause of its own."""

    name = REVIEW_AND_EMBARGO
    lanes = 1

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    async def perform(self, lane: DutyLane) -> datetime | None:
        """Does all that is due by now; returns the next deadline."""
        now = self._clock()
        following: datetime | None = None

        async def find(unit: Unit) -> Sequence[Matter]:
            nonlocal following
            # What is overdue and stays so was set aside: it must not call the duty again and again.
            following = next_deadline(unit.store.pool, after=now)
            return list(matters(unit.store.pool, at=now))

        await lane.carry_out(find, do_each)
        return following

    async def close(self) -> None:
        """Holds nothing."""


def matters(pool: Pool, *, at: datetime) -> Iterator[Matter]:
    """What is due at a moment: what new rules move, reviews, ends of deputies, the contest's decisions."""
    # New rules first, for a decision on a review or a laureate builds on what is published.
    today = day_of(at)
    midnight = midnight_of(today)
    if rules_moved(pool):
        yield Matter(f"rules {pool.rules.version}", partial(settle_under_rules, at=midnight))
    for need in needs_to_review(pool, on=today):
        name = f"review of need {need.need_id} as declared by {need.document.revision}"
        yield Matter(name, partial(_review, need.need_id, Cause.named(f"engage matching {name}", midnight)))
    for deputy in deputies_to_end(pool, at=at):
        name = f"end of {deputy.owner_id}'s deputy as named at {deputy.named_at.isoformat()}"
        cause = Cause.named(f"engage matching {name}", deputy.until or at)
        yield Matter(name, partial(_end_deputy, deputy.owner_id, cause))
    for verdict in due_verdicts(pool, at=at):
        name = f"decision {verdict.event_id} of the contest"
        yield Matter(name, partial(_publish, verdict.application_id))


def _review(need_id: UUID, cause: Cause, unit: Unit) -> None:
    # A cause named after the matter and its day: a standby that does it again publishes the same ids.
    unit.because_of(cause)
    review(unit.store.pool.needs[need_id], unit)


def _end_deputy(owner_id: UUID, cause: Cause, unit: Unit) -> None:
    unit.because_of(cause)
    end_deputy(owner_id, unit)


def _publish(application_id: UUID, unit: Unit) -> None:
    verdict = unit.store.pool.verdicts[application_id]
    told = verdict.correlation_id, verdict.traceparent, verdict.event_id
    unit.because_of(Cause(verdict.identity, verdict.publish_at, *told))
    publish_verdict(verdict, unit)
