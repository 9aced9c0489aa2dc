"""What mentoring does with each event: one function an event, which reads as the sentence it implements."""

from __future__ import annotations

from datetime import datetime

from contracts.assignments import AssignmentAmended, AssignmentConfirmed, AssignmentReleased
from contracts.clearances import MentorClearanceAnswered
from contracts.erasures import ErasureRequested
from contracts.event import Event
from contracts.leads import LeadWishesFlagged, LeadWishesGiven
from contracts.mentors import MentorEnrolled, MentorRevised, MentorWithdrawn, RecusalDeclared
from contracts.message import MOST_TAGS
from contracts.obstacles import ObstacleReported, ObstacleUpdated
from contracts.pairs import MeetingReported, PairAnswered, PairEndRequested, PairPauseRequested, PairReviewed
from contracts.rounds import RoundCompleted
from contracts.support import ImpactReported, IntroductionReported, SupportActionReported
from libraries.chassis.handling import both, handles
from libraries.typed.words import reasons_of
from libraries.vocabularies.remarks import unknown_among
from services.mentoring import lookups
from services.mentoring.flows import (
    accompaniment,
    amending,
    clearing,
    enrolling,
    forgetting,
    leaving,
    obstacle_lifting,
    offers,
    progress,
)
from services.mentoring.reporters import authors_of, has_asked_since
from services.mentoring.states.lead import Lead, amended_lead, confirmed_lead
from services.mentoring.states.mentor import Mentor
from services.mentoring.states.obstacle import Obstacle
from services.mentoring.states.pair import Pair
from services.mentoring.store import Unit


@handles(ErasureRequested, needs=lambda said: lookups.erasure_of(said.person_id))
def on_erasure_requested(event: Event[ErasureRequested], unit: Unit, asked_before: datetime | None) -> None:
    """A person asks to be forgotten: a mentor leaves, leads are handed over, and what anybody wrote is emptied."""
    forgetting.forget(event, unit)


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


@handles(
    AssignmentConfirmed,
    needs=lambda said: both(lookups.lead_if_known(said.assignment_id), lookups.erasure_of(said.lead_id)),
)
def on_assignment_confirmed(
    event: Event[AssignmentConfirmed], unit: Unit, given: tuple[Lead | None, datetime | None]
) -> None:
    """A project is confirmed: it has a support plan, and its lead needs a mentor, or shares the one they have."""
    programme = unit.store.state
    known, erased_at = given
    # Whenever it was confirmed: its title is what the lead once wrote, and who confirms may not have heard by then.
    lead = confirmed_lead(event.data, known, forgotten=erased_at is not None)
    if lead.state == "waiting" and offers.is_accompanied(unit, lead):
        lead = lead.moved("sharing")
    elif offers.waits_for_round(unit, lead, known):
        lead = lead.moved("held")
    if lead != known:
        programme.look_again(lead)
    progress.open_plan(unit, lead, known)
    offers.serve_queue(unit)


@handles(
    AssignmentAmended,
    needs=lambda said: both(lookups.lead_in_memory(said.assignment_id), lookups.erasure_of(said.lead_id)),
)
def on_assignment_amended(
    event: Event[AssignmentAmended], unit: Unit, given: tuple[Lead | None, datetime | None]
) -> None:
    """An assignment has another lead or owner, or another name: what is under way goes on with them."""
    lead, erased_at = given
    # A proposal is none of mentoring's before it is confirmed, nor is what has ended.
    if lead is None or lead.state == "released":
        return
    amended = amended_lead(event.data, lead, forgotten=erased_at is not None)
    if amended != lead:
        amending.amend(unit, lead, amended, actor=event.data.actor)
        offers.serve_queue(unit)


@handles(AssignmentReleased, needs=lambda said: lookups.lead_in_memory(said.assignment_id))
def on_assignment_released(event: Event[AssignmentReleased], unit: Unit, lead: Lead | None) -> None:
    """An assignment ends, and with it its pair or its lead's wait, its obstacles and its plan, if it was confirmed.

    Where another assignment of the project shared the pair, its lead needs a mentor now.
    """
    programme = unit.store.state
    if lead is None or lead.state == "released":
        return
    if pair := programme.open_pair_of_lead(lead.assignment_id):
        offers.end(unit, pair, actor=event.data.actor, reason="assignment-released")
    programme.put_lead(lead.moved("released"))
    # `lead` is as it was: whether others shared its mentor depends on the state before the end.
    offers.pass_to_sharer(unit, lead)
    obstacle_lifting.abandon_all(unit, lead.assignment_id, actor=event.data.actor, reason="assignment-released")
    progress.drop_all(unit, lead, actor=event.data.actor, reason="assignment-released")
    offers.serve_queue(unit)


@handles(RoundCompleted)
def on_round_completed(event: Event[RoundCompleted], unit: Unit) -> None:
    """A round on implantation is whole: whoever waited for it is offered a mentor, all weighed together."""
    if event.data.track == "implantation":
        offers.release_held(unit)
        offers.serve_queue(unit)


@handles(LeadWishesGiven, needs=lambda said: lookups.lead(said.assignment_id))
def on_lead_wishes_given(event: Event[LeadWishesGiven], unit: Unit, lead: Lead) -> None:
    """A lead says what they look for: it counts from the next offer on, and for who waits at once."""
    said, state = event.data, unit.store.state
    today = state.roster.settings.work_days.day_of(unit.now)
    if remarks := unknown_among(said.skills, "skills", "skill-unknown", on=today, most=MOST_TAGS):
        flags = reasons_of(remarks)
        unit.publish(LeadWishesFlagged(assignment_id=said.assignment_id, occurred_at=unit.now, flags=flags))
    state.look_again(lead.wishing(said))
    offers.serve_queue(unit)


@handles(PairAnswered, needs=lambda said: lookups.pair(said.pair_id))
def on_pair_answered(event: Event[PairAnswered], unit: Unit, pair: Pair) -> None:
    """The mentor or the lead accepts or declines an offer."""
    data = event.data
    if data.answer == "accept":
        offers.accept(unit, pair, data.party, reason=data.reason)
    else:
        offers.decline(unit, pair, data.party, reason=data.reason)
    offers.serve_queue(unit)


@handles(PairEndRequested, needs=lambda said: lookups.pair(said.pair_id))
def on_pair_end_requested(event: Event[PairEndRequested], unit: Unit, pair: Pair) -> None:
    """A pair ends on request.

    Where the mentor asks, or the lead says that another pair would suit better, the lead is handed over to another
    mentor; where the lead or an officer asks for any other reason, the lead gets no further offer unless the
    assignment is confirmed anew.
    """
    data = event.data
    wants_another = data.reason in unit.store.state.roster.settings.another_pair_reasons
    if offers.end(unit, pair, actor=data.requested_by, reason=data.reason):
        if data.requested_by.startswith("mentor:") or wants_another:
            offers.pass_on(unit, pair, without=pair.mentor_id)
        else:
            programme = unit.store.state
            programme.put_lead(programme.leads[pair.assignment_id].moved("stopped"))
    offers.serve_queue(unit)


@handles(MeetingReported, needs=lambda said: lookups.pair_with_meeting(said.pair_id, said.meeting_id))
def on_meeting_reported(event: Event[MeetingReported], unit: Unit, pair: Pair) -> None:
    """A pair met: that it did, when and for how long is kept, never what was said."""
    accompaniment.meet(unit, pair, event.data)


@handles(PairPauseRequested, needs=lambda said: lookups.pair(said.pair_id))
def on_pair_pause_requested(event: Event[PairPauseRequested], unit: Unit, pair: Pair) -> None:
    """A pair rests: nobody is reminded to meet before it goes on."""
    accompaniment.pause(unit, pair, event.data)


@handles(PairReviewed, needs=lambda said: lookups.pair(said.pair_id))
def on_pair_reviewed(event: Event[PairReviewed], unit: Unit, pair: Pair) -> None:
    """The mentor or the lead says whether to go on; where both would, the pair is renewed."""
    accompaniment.review(unit, pair, event.data)


@handles(ObstacleReported, needs=lambda said: lookups.lead_with_obstacle(said.assignment_id, said.obstacle_id))
def on_obstacle_reported(event: Event[ObstacleReported], unit: Unit, lead: Lead) -> None:
    """Something stands in a project's way: a city service owns it from now on, and has its time."""
    authors = authors_of(event, unit.store.state)
    if obstacle_lifting.open_obstacle(unit, lead, event.data, authors=authors):
        progress.begin(unit, lead, "obstacle", actor=event.data.reported_by)


@handles(ObstacleUpdated, needs=lambda said: lookups.obstacle(said.obstacle_id, of=said.assignment_id))
def on_obstacle_updated(event: Event[ObstacleUpdated], unit: Unit, obstacle: Obstacle) -> None:
    """An obstacle is taken, lifted or abandoned."""
    obstacle_lifting.update(unit, obstacle, event.data)


@handles(SupportActionReported, needs=lambda said: lookups.lead_with_plan(said.assignment_id))
def on_support_action_reported(event: Event[SupportActionReported], unit: Unit, lead: Lead) -> None:
    """An action of a support plan is started, finished or dropped."""
    progress.update_action(unit, lead, event.data)


@handles(
    IntroductionReported, needs=lambda said: lookups.lead_with_introduction(said.assignment_id, said.introduction_id)
)
def on_introduction_reported(event: Event[IntroductionReported], unit: Unit, lead: Lead) -> None:
    """A project was introduced to a partner, or what came of it is known: networking has begun."""
    progress.introduce(unit, lead, event.data, forgotten=has_asked_since(event, unit.store.state))


@handles(ImpactReported, needs=lambda said: lookups.lead_with_figures(said.assignment_id))
def on_impact_reported(event: Event[ImpactReported], unit: Unit, lead: Lead) -> None:
    """The figures of a project's year are told, beside those it began with."""
    progress.record_impact(unit, lead, event.data)
