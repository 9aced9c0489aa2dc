"""What follows for a pair on its way: meetings, pauses, what is due, its review, and how they are announced."""

from __future__ import annotations

from contracts.pairs import (
    MeetingHeld,
    MeetingReported,
    PairIdle,
    PairPaused,
    PairPauseRequested,
    PairRenewed,
    PairReviewDue,
    PairReviewed,
    PairReviewRecorded,
)
from services.mentoring.flows.offers import actor_of, end, facts_of, refuse
from services.mentoring.states import pair as states
from services.mentoring.states.not_allowed import NotAllowed
from services.mentoring.states.pair import Pair
from services.mentoring.states.rhythm import CLOSE, REVIEW, TERM, due_step_of, renewed_end, term_end
from services.mentoring.store import Unit


def meet(unit: Unit, pair: Pair, report: MeetingReported) -> None:
    """Takes the report of a meeting; one that is known already changes nothing and says nothing."""
    programme = unit.store.state
    # Before the pair's state is looked at: a report that comes again after its end is no mistake.
    if report.meeting_id in programme.meetings:
        return
    met = states.meet(pair, report.held_on, today=programme.roster.settings.work_days.day_of(unit.now))
    if isinstance(met, NotAllowed):
        refuse(unit, pair, met)
        return
    programme.put_pair(met)
    programme.meetings.put(report.meeting_id, report)
    unit.publish(
        MeetingHeld(
            meeting_id=report.meeting_id,
            number=met.meetings,
            held_on=report.held_on,
            minutes=report.minutes,
            obstacle_id=report.obstacle_id,
            next_step=report.next_step,
            **facts_of(unit, pair, met, actor=report.reported_by, reason=None),
        )
    )


def keep_rhythm(unit: Unit, pair: Pair) -> None:
    """Does what is due for a pair: a step because it does not meet, or its end after that; its review, its term's end.

    Its lead then gets no further offer unless the assignment is confirmed anew.
    """
    programme = unit.store.state
    due = due_step_of(pair, programme.roster.settings)
    # Something before it in this transaction may have done it, or ended the pair.
    if due is None or due.at > unit.now:
        return
    actor = programme.roster.rules.actor
    if due.step in (CLOSE, TERM):
        end(unit, pair, actor=actor, reason="not-met" if due.step == CLOSE else "term-reached")
        programme.put_lead(programme.leads[pair.assignment_id].moved("stopped"))
        return
    if due.step == REVIEW:
        _ask_for_review(unit, pair)
        return
    reminded = states.remind(pair, at=unit.now)
    programme.put_pair(reminded)
    assert pair.last_contact_at is not None
    unit.publish(
        PairIdle(
            step=due.step,
            last_contact_on=programme.roster.settings.work_days.day_of(pair.last_contact_at),
            owner_id=programme.leads[pair.assignment_id].owner_id,
            **facts_of(unit, pair, reminded, actor=actor, reason="not-met"),
        )
    )


def _ask_for_review(unit: Unit, pair: Pair) -> None:
    programme = unit.store.state
    asked = states.ask_for_review(pair, at=unit.now)
    programme.put_pair(asked)
    settings = programme.roster.settings
    unit.publish(
        PairReviewDue(
            ends_on=settings.work_days.day_of(term_end(asked, settings)),
            renewable=renewed_end(pair, settings) is not None,
            **facts_of(unit, pair, asked, actor=programme.roster.rules.actor, reason=None),
        )
    )


def review(unit: Unit, pair: Pair, said: PairReviewed) -> None:
    """Takes what a party says towards the end of a term; where both would go on, the pair does."""
    programme = unit.store.state
    reviewed = states.review(pair, said.party, said.wish)
    if isinstance(reviewed, NotAllowed):
        refuse(unit, pair, reviewed)
        return
    if reviewed is pair:
        return
    programme.put_pair(reviewed)
    facts = facts_of(unit, pair, reviewed, actor=actor_of(unit, pair, said.party), reason=None)
    unit.publish(PairReviewRecorded(party=said.party, wish=said.wish, goals=said.goals, **facts))
    settings = programme.roster.settings
    if (ends_at := renewed_end(reviewed, settings)) is None:
        return
    # A change of its own, with its own version: subscribers see the answer, and then what follows.
    renewed = states.renew(reviewed, ends_at=ends_at)
    if renewed is not reviewed:
        programme.put_pair(renewed)
        facts = facts_of(unit, reviewed, renewed, actor=programme.roster.rules.actor, reason="both-would-go-on")
        unit.publish(PairRenewed(ends_on=settings.work_days.day_of(ends_at), **facts))


def pause(unit: Unit, pair: Pair, asked: PairPauseRequested) -> None:
    """Lets a pair rest until a day; asked for the same day again, it changes nothing and says nothing."""
    programme = unit.store.state
    paused = states.pause(pair, asked.until, today=programme.roster.settings.work_days.day_of(unit.now))
    if isinstance(paused, NotAllowed):
        refuse(unit, pair, paused)
    elif paused is not pair:
        programme.put_pair(paused)
        facts = facts_of(unit, pair, paused, actor=asked.requested_by, reason=asked.reason)
        unit.publish(PairPaused(until=asked.until, **facts))
