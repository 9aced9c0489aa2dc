"""What mentoring does with what becomes of assignments, and with what their leads look for."""

from __future__ import annotations

from datetime import datetime

from contracts.assignments import AssignmentAmended, AssignmentConfirmed, AssignmentReleased
from contracts.event import Event
from contracts.leads import LeadWishesFlagged, LeadWishesGiven
from contracts.message import MOST_TAGS
from contracts.rounds import RoundCompleted
from libraries.chassis.handling import both, handles
from libraries.typed.words import reasons_of
from libraries.vocabularies.remarks import unknown_among
from services.mentoring import lookups
from services.mentoring.flows import amending, obstacle_lifting, offers, progress
from services.mentoring.states.lead import Lead, amended_lead, confirmed_lead
from services.mentoring.store import Unit


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
