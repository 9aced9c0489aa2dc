"""What follows from what a line manager or the ethics officer answers: pairs begin, or pass to another mentor."""

from __future__ import annotations

from contracts.clearances import (
    MentorClearanceAnswered,
    MentorClearanceAnswerRefused,
    MentorClearanceGiven,
    MentorClearanceRefused,
)
from contracts.event import Event
from contracts.sources import MAIL_LINKS
from services.mentoring.flows import leaving, offers
from services.mentoring.flows.asking import facts_of
from services.mentoring.settings.sentences import reason_of
from services.mentoring.states.clearance import Clearance, answered
from services.mentoring.states.mentor import Mentor
from services.mentoring.states.not_allowed import NotAllowed
from services.mentoring.store import Unit

NOT_CLEARED = "mentor-not-cleared"
"""Why a pair ends whose mentor was refused what they lack."""


def take_answer(event: Event[MentorClearanceAnswered], unit: Unit, mentor: Mentor) -> None:
    """Takes an answer of who was asked; the same one again changes nothing and says nothing."""
    said, roster = event.data, unit.store.state.roster
    # By the link that they got, or by the form that the mentor belongs to: nobody else speaks for them.
    if event.source not in (MAIL_LINKS, mentor.source):
        _refuse(unit, said, NotAllowed("another-source"))
        return
    today = roster.settings.work_days.day_of(unit.now)
    after = answered(mentor.clearances, said, today=today)
    if isinstance(after, NotAllowed):
        _refuse(unit, said, after)
    elif after not in mentor.clearances.asked:
        roster.put(mentor.with_answer(after), unit.now)
        _tell(unit, mentor, after)
        for pair in unit.store.state.open_pairs_of_mentor(mentor.mentor_id):
            if roster[mentor.mentor_id].is_refused and pair.state != "active":
                leaving.hand_over(unit, pair, reason=NOT_CLEARED, actor=_actor(after))
            else:
                offers.activate_if_cleared(unit, pair)


def _tell(unit: Unit, mentor: Mentor, after: Clearance) -> None:
    facts = facts_of(unit, mentor, after, actor=_actor(after), reason=None)
    if after.state == "given":
        unit.publish(MentorClearanceGiven(until=after.until, **facts))
    else:
        unit.publish(MentorClearanceRefused(**facts))


def _actor(clearance: Clearance) -> str:
    return f"officer:{clearance.asked_of}"


def _refuse(unit: Unit, said: MentorClearanceAnswered, why: NotAllowed) -> None:
    unit.publish(
        MentorClearanceAnswerRefused(
            clearance_id=said.clearance_id,
            mentor_id=said.mentor_id,
            occurred_at=unit.now,
            reasons=(reason_of(why.code),),
        )
    )
