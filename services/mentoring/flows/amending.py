"""What follows when an assignment has another lead or owner, or is called something else."""

from __future__ import annotations

from contracts.pairs import PairAmended
from services.mentoring.flows import leaving, obstacle_lifting, offers
from services.mentoring.states import pair as states
from services.mentoring.states.lead import Lead
from services.mentoring.states.pair import Pair
from services.mentoring.states.rhythm import first_contact_by, term_end
from services.mentoring.store import Unit


def amend(unit: Unit, before: Lead, after: Lead, *, actor: str) -> None:
    """Takes what is said of a lead now: their pair and obstacles go on, with whoever is in them now."""
    programme = unit.store.state
    programme.look_again(after)
    if after.said == before.said:
        return
    if pair := programme.open_pair_of_lead(after.assignment_id):
        if pair.mentor_id in programme.bars(after):
            # The new lead, or the new owner, is the mentor, or has their file in hand.
            leaving.hand_over(unit, pair, reason="handles-the-file")
        else:
            _amend_pair(unit, pair, before, after, actor=actor)
    for obstacle in programme.open_obstacles(after.assignment_id):
        obstacle_lifting.amend(unit, obstacle, actor=actor)


def _amend_pair(unit: Unit, pair: Pair, before: Lead, after: Lead, *, actor: str) -> None:
    programme = unit.store.state
    settings = programme.roster.settings
    amended = (
        states.amend(pair)
        if after.lead_id == before.lead_id
        else states.led_anew(pair, expires_at=settings.offer_expires(unit.now))
    )
    if pair.started_at is not None and not amended.begun:
        mentor = programme.roster[pair.mentor_id]
        programme.roster.put(mentor.without_start(pair.started_at), unit.now)
    programme.put_pair(amended)
    is_active = amended.state == "active"
    assert amended.started_at is not None or not is_active
    unit.publish(
        PairAmended(
            owner_id=after.owner_id,
            expires_at=amended.closes_at if amended.awaited else None,
            first_contact_by=(
                first_contact_by(amended.last_contact_at, settings)
                if is_active and not amended.meetings and amended.last_contact_at is not None
                else None
            ),
            ends_on=(
                None
                if not is_active or amended.ends_at is None
                else settings.work_days.day_of(
                    amended.ends_at if amended.review_asked_at is None else term_end(amended, settings)
                )
            ),
            **offers.facts_of(unit, pair, amended, actor=actor, reason="assignment-amended"),
        )
    )
