"""What follows when an assignment has another lead or owner, or is called something else."""

from __future__ import annotations

from typing import Any

from contracts.pairs import PairAmended
from services.mentoring.flows import leaving, obstacle_lifting, offers
from services.mentoring.settings.rhythms import MentoringSettings
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
    facts = offers.facts_of(unit, pair, amended, actor=actor, reason="assignment-amended")
    unit.publish(PairAmended(owner_id=after.owner_id, **_dates_of(amended, settings), **facts))


def _dates_of(pair: Pair, settings: MentoringSettings) -> dict[str, Any]:
    """Until when an offer may be accepted, by when a pair should meet, and when it ends."""
    dates: dict[str, Any] = {"expires_at": pair.closes_at} if pair.awaited else {}
    if pair.last_contact_at is not None and pair.ends_at is not None:  # it is active
        end = pair.ends_at if pair.review_asked_at is None else term_end(pair, settings)
        dates["ends_on"] = settings.work_days.day_of(end)
        if not pair.meetings:
            dates["first_contact_by"] = first_contact_by(pair.last_contact_at, settings)
    return dates
