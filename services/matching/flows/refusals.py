"""Which decisions of people the state of an assignment, or of the pool, allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracts.assignments import AssignmentDecided, PlacementDecided
from services.matching.codes import RefusalCode
from services.matching.pool.pool import Pool
from services.matching.states.assignments import AssignmentState
from services.matching.states.candidates import ROLLING_TRACK, Candidate

_ALREADY: Final[Mapping[AssignmentState, RefusalCode]] = {
    "confirmed": "already-confirmed",
    "declined": "already-declined",
    "released": "already-released",
}


def refusal_code(state: AssignmentState, decision: AssignmentDecided) -> RefusalCode | None:
    """Why a decision on an assignment in that state is refused; None where it is allowed."""
    if state != "proposed":
        return _ALREADY[state]
    if decision.decision == "decline" and decision.reason is None:
        return "reason-required"
    return None


def placement_refusal(pool: Pool, decision: PlacementDecided) -> RefusalCode | None:
    """Why an officer's word on an application and a need can't be followed; None where it can."""
    candidate = pool.candidates.get(decision.application_id)
    if candidate is None or candidate.track != ROLLING_TRACK:
        return "no-candidate"
    here = pool.live_at(decision.application_id, decision.need_id)
    if decision.decision == "lift":
        pinned = here is not None and here.is_fixed and here.state == "proposed"
        forbidden = (decision.application_id, decision.need_id) in pool.forbidden
        return None if pinned or forbidden else "nothing-to-lift"
    if here is not None and here.state == "confirmed":
        return "already-confirmed"
    if decision.decision == "forbid":
        return None
    return _pin_refusal(pool, candidate, decision)


def _pin_refusal(pool: Pool, candidate: Candidate, decision: PlacementDecided) -> RefusalCode | None:
    need = pool.needs[decision.need_id]
    held = pool.live_of(decision.application_id)
    confirmed = sum(assignment.state == "confirmed" for assignment in held.values())
    if confirmed >= pool.rules.most_needs(candidate.members):
        return "already-confirmed"
    if not need.is_open:
        return "need-not-open"
    if decision.need_id in held and held[decision.need_id].is_fixed:
        return "already-pinned"
    return "no-place-left" if need.fixed >= need.capacity else None
