"""The rhythm of an active pair: what falls due when it does not meet, and when its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from services.calendar.due_dates import Span, due_at
from services.mentoring.pair import Pair
from services.mentoring.rules import IdleStep, Settings

CLOSE = "close"
TERM = "term"


class Due(NamedTuple):
    """What falls due next, and when: a step of the idle ladder, `close` at its end, `term` at the longest time."""

    at: datetime
    step: str


def next_due(pair: Pair, settings: Settings) -> Due | None:
    """What falls due next for a pair; None where it is not active.

    A step counts from the last contact, and comes no sooner after the step before it than the ladder has it:
    so an outage makes steps late, and never sends two at once.
    """
    if pair.state != "active" or pair.last_contact_at is None or pair.started_at is None:
        return None
    rhythm = settings.rhythm
    end = due_at(pair.started_at, Span(months=rhythm.longest_months), calendar=settings.work_days)
    ladder = ladder_of(pair, settings)
    step = ladder[pair.steps]
    counted = due_at(pair.last_contact_at, Span(days=step.after_days), calendar=settings.work_days)
    if pair.stepped_at is not None and pair.steps:
        counted = max(counted, pair.stepped_at + timedelta(days=step.after_days - ladder[pair.steps - 1].after_days))
    return min(Due(counted, step.step), Due(end, TERM))


def ladder_of(pair: Pair, settings: Settings) -> tuple[IdleStep, ...]:
    """The steps for a pair, `close` the last: the first comes earlier while they have never met."""
    rhythm = settings.rhythm
    first, *others = rhythm.steps
    if not pair.meetings:
        first = IdleStep(step=first.step, after_days=rhythm.first_contact_days)
    return (first, *others, IdleStep(step=CLOSE, after_days=rhythm.close_after_days))
