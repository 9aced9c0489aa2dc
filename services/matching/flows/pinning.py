"""Holding an application against a need because a person says so, and what that costs all others."""

from __future__ import annotations

from operator import attrgetter

from contracts.assignments import AssignmentReleased
from contracts.fits import Levels
from services.matching import codes
from services.matching.flows.proposals import fit_between, new_assignment, publish_proposal, release
from services.matching.flows.settling import settle
from services.matching.states.candidates import Candidate
from services.matching.states.needs import Need
from services.matching.store import Unit


def pin(candidate: Candidate, need: Need, *, actor: str, reason: str, unit: Unit) -> None:
    """Holds an application against a need because a person says so, with what that costs all others."""
    pool = unit.store.pool
    live, fit = pool.live_at(candidate.application_id, need.need_id), fit_between(candidate, need, unit)
    if live is not None:
        pool.pin(live, actor=actor, reason=reason)
        publish_proposal(live, fit, before=live.state, cost=Levels(coverage=0, kept=0, fit=0), unit=unit)
        return
    before, published = pool.objective(), len(unit.published)
    if not pool.room(candidate):
        # Whoever is held by people's word as often as it may be: the newest word takes the place of the oldest.
        pinned = [held for held in pool.live_of(candidate.application_id).values() if held.state == "proposed"]
        release(min(pinned, key=attrgetter("assignment_id")), actor=actor, reason=codes.PLACED_BY_DECISION, unit=unit)
    assignment = new_assignment(candidate, need, fit, actor=actor, reason=reason, pinned=True, unit=unit)
    pool.hold(assignment)
    settle(unit, because={candidate.application_id: codes.PLACED_BY_DECISION, need.need_id: codes.PLACE_TAKEN})
    after = pool.objective()
    let_go = sum(row.type == AssignmentReleased.event_type for row in unit.published[published:])
    lost = before.plus(after, -1)
    cost = Levels(equity=lost.equity, coverage=lost.coverage, kept=let_go, fit=lost.fit)
    publish_proposal(assignment, fit, before=None, cost=cost, unit=unit)
