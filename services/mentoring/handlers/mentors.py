"""What mentoring does with what is said of mentors: their forms, their clearances, the files that they abstain from."""

from __future__ import annotations

from datetime import datetime

from contracts.clearances import MentorClearanceAnswered
from contracts.event import Event
from contracts.mentors import MentorEnrolled, MentorRevised, MentorWithdrawn, RecusalDeclared
from libraries.chassis.handling import handles
from services.mentoring import lookups
from services.mentoring.flows import clearing, enrolling, leaving, offers
from services.mentoring.states.mentor import Mentor
from services.mentoring.store import Unit


@handles(MentorEnrolled, needs=lookups.erasures_in)
def on_mentor_enrolled(event: Event[MentorEnrolled], unit: Unit, erased_at: datetime | None) -> None:
    """A mentor enrols, for the first time or again, and may take leads who wait."""
    enrolling.take_form(event, unit, erased_at)


@handles(MentorRevised, needs=lookups.erasures_in)
def on_mentor_revised(event: Event[MentorRevised], unit: Unit, erased_at: datetime | None) -> None:
    """A mentor's form changes: pairs that only lacked an authorisation become active, places may be new.

    A capacity under the pairs held ends none of them, nor does a pause: they only stop offers. A pair with a project
    whose file the mentor now handles ends, and passes to the next mentor. It says all of the mentor: where no form
    before it could be taken, they enrol by it.
    """
    enrolling.take_form(event, unit, erased_at)


@handles(MentorWithdrawn, needs=lambda said: lookups.mentor(said.mentor_id))
def on_mentor_withdrawn(event: Event[MentorWithdrawn], unit: Unit, mentor: Mentor) -> None:
    """A mentor leaves: each of their leads is handed over to the next one."""
    if enrolling.is_theirs(unit, mentor, event.source) and mentor.active:
        leaving.leave(unit, mentor.withdrawn())
        offers.serve_queue(unit)


@handles(MentorClearanceAnswered, needs=lambda said: lookups.mentor(said.mentor_id))
def on_mentor_clearance_answered(event: Event[MentorClearanceAnswered], unit: Unit, mentor: Mentor) -> None:
    """A line manager or the ethics officer answers: pairs that lacked it begin, or pass to the next mentor."""
    clearing.take_answer(event, unit, mentor)
    offers.serve_queue(unit)


@handles(RecusalDeclared, needs=lambda said: lookups.mentor(said.mentor_id))
def on_recusal_declared(event: Event[RecusalDeclared], unit: Unit, mentor: Mentor) -> None:
    """A mentor abstains from a file: a pair that they hold with it ends and passes to the next mentor."""
    if not enrolling.is_theirs(unit, mentor, event.source):
        return
    data = event.data
    programme = unit.store.state
    programme.recuse(mentor.mentor_id, data.application_id, at=data.declared_at)
    for pair in programme.open_pairs_of_mentor(mentor.mentor_id):
        if pair.application_id == data.application_id:
            leaving.hand_over(unit, pair, reason="recusal")
    offers.serve_queue(unit)
