"""What of the pool is due by the clock, and when: reviews of needs, ends of deputies, decisions of the contest."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from services.matching.pool.records import Records
from services.matching.settings.days import day_of, midnight_of
from services.matching.states.needs import Need
from services.matching.states.officers import Deputy
from services.matching.states.statements import ContestVerdict

_NEXT_MOMENT: Final = datetime.resolution
"""A deputy stands in until their last moment, and that is one of theirs."""

REVIEW_AND_EMBARGO: Final = "review-and-embargo"
"""The duty's name."""


def needs_to_review(pool: Records, *, on: date) -> list[Need]:
    """The open needs whose review date has passed; the date itself is still in time."""
    return [pool.needs[need_id] for need_id, day in sorted(pool.reviews.items()) if on > day]


def deputies_to_end(pool: Records, *, at: datetime) -> list[Deputy]:
    """The deputies whose last moment has passed, which nobody was told yet."""
    return sorted(deputy for deputy in pool.people.deputies.values() if not deputy.is_over and not deputy.stands_in(at))


def due_verdicts(pool: Records, *, at: datetime) -> list[ContestVerdict]:
    """The decisions whose embargo is over at a moment, in the order of their publication."""
    due = [
        verdict
        for verdict in pool.verdicts.values()
        # One that waits for a correction is told when that has come.
        if verdict.publish_at <= at and verdict.application_id in pool.candidates
    ]
    return sorted(due, key=lambda verdict: (verdict.publish_at, verdict.application_id))


def next_deadline(pool: Records, *, after: datetime | None = None) -> datetime | None:
    """When the next review, contest decision or end of a deputy is due; the next after a moment, where one is given.

    Moments and days are only compared here, for nothing bounds a day that a need names.
    """
    today = date.min if after is None else day_of(after)
    found = [
        verdict.publish_at
        for verdict in pool.verdicts.values()
        if verdict.application_id in pool.candidates and (after is None or verdict.publish_at > after)
    ]
    found += [
        deputy.until + _NEXT_MOMENT
        for deputy in pool.people.deputies.values()
        if deputy.until is not None and not deputy.is_over and (after is None or deputy.until >= after)
    ]
    last_day = min((day for day in pool.reviews.values() if day >= today), default=date.max)
    if last_day < date.max:
        found.append(midnight_of(last_day + timedelta(days=1)))
    return min(found, default=None)
