"""The rhythm of an active pair: what falls due when it does not meet, and when its term is over."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from libraries.work_days.due_dates import Span, due_at
from services.mentoring.settings.rhythms import IdleStep, MentoringSettings
from services.mentoring.states.pair import Pair

CLOSE: Final = "close"
REVIEW: Final = "review"
TERM: Final = "term"


class DueStep(NamedTuple):
    """What falls due next, and when: a step of the idle ladder, `close` at its end, `review`, or `term`."""

    at: datetime
    step: str


def due_step_of(pair: Pair, settings: MentoringSettings) -> DueStep | None:
    """What falls due next for a pair; None where it is not active.

    A step counts from the last contact, or the end of a pause, and comes no sooner after the step before it than the
    ladder has it; the term ends no sooner after the review was asked for than both have days to answer: so an outage
    makes steps late, and never sends two at once.
    """
    if pair.state != "active" or pair.last_contact_at is None or pair.ends_at is None:
        return None
    calendar = settings.work_days
    if pair.review_asked_at is None:
        end = DueStep(pair.ends_at - timedelta(days=settings.rhythm.review_days), REVIEW)
    else:
        end = DueStep(term_end(pair, settings), TERM)
    ladder = ladder_of(pair, settings)
    step = ladder[pair.steps]
    since = pair.last_contact_at
    if pair.paused_until is not None:
        since = max(since, calendar.start_of(pair.paused_until))
    counted = due_at(since, Span(days=step.after_days), calendar=calendar)
    if pair.stepped_at is not None and pair.steps:
        counted = max(counted, pair.stepped_at + timedelta(days=step.after_days - ladder[pair.steps - 1].after_days))
    return min(DueStep(counted, step.step), end)


def first_end(started_at: datetime, settings: MentoringSettings) -> datetime:
    """When a pair ends that is active from a moment on, unless it is renewed."""
    return due_at(started_at, Span(months=settings.rhythm.term_months), calendar=settings.work_days)


def first_contact_by(started_at: datetime, settings: MentoringSettings) -> date:
    """The day by which a pair that is active from a moment on should have met."""
    calendar = settings.work_days
    return calendar.day_of(due_at(started_at, Span(days=settings.rhythm.first_contact_days), calendar=calendar))


def term_end(pair: Pair, settings: MentoringSettings) -> datetime:
    """When the active pair ends whose review was asked for: where that came late, both have their days all the same."""
    assert pair.ends_at is not None
    assert pair.review_asked_at is not None
    return max(pair.ends_at, pair.review_asked_at + timedelta(days=settings.rhythm.review_days))


def renewed_end(pair: Pair, settings: MentoringSettings) -> datetime | None:
    """When the active pair ends once it is renewed; None where it has its longest time already."""
    assert pair.started_at is not None
    assert pair.ends_at is not None
    rhythm, calendar = settings.rhythm, settings.work_days
    longest = due_at(pair.started_at, Span(months=rhythm.longest_months), calendar=calendar)
    later = min(longest, due_at(pair.ends_at, Span(months=rhythm.renewal_months), calendar=calendar))
    return later if later > pair.ends_at else None


def ladder_of(pair: Pair, settings: MentoringSettings) -> tuple[IdleStep, ...]:
    """The steps for a pair, `close` the last: the first comes earlier while they have never met."""
    rhythm = settings.rhythm
    first, *others = rhythm.steps
    if not pair.meetings:
        first = IdleStep(step=first.step, after_days=rhythm.first_contact_days)
    return (first, *others, IdleStep(step=CLOSE, after_days=rhythm.close_after_days))
