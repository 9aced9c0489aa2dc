"""Which decisions of people the state of an assignment, or of the pool, allows."""

from __future__ import annotations

from contracts.assignments import AssignmentDecided, PlacementDecided
from services.matching.pool import Pool
from services.matching.register import ROLLING_TRACK, AssignmentState


def refusal_code(state: AssignmentState, decision: AssignmentDecided) -> str | None:
    """Why a decision on an assignment in that state is refused; None where it is allowed."""
    if state != "proposed":
        return f"already-{state}"
    if decision.decision == "decline" and decision.reason is None:
        return "reason-required"
    return None


def placement_refusal(pool: Pool, decision: PlacementDecided) -> str | None:
    """Why an officer's word on an application and a need can't be followed; None where it can."""
    candidate = pool.candidates.get(decision.application_id)
    if candidate is None or candidate.track != ROLLING_TRACK:
        return "no-candidate"
    held = pool.live_assignment(decision.application_id)
    here = held is not None and held.need_id == decision.need_id
    if decision.decision == "lift":
        pinned = here and held is not None and held.is_fixed and held.state == "proposed"
        forbidden = (decision.application_id, decision.need_id) in pool.forbidden
        return None if pinned or forbidden else "nothing-to-lift"
    if held is not None and held.state == "confirmed" and (here or decision.decision == "pin"):
        return "already-confirmed"
    if decision.decision == "forbid":
        return None
    return _pin_refusal(pool, decision)


def _pin_refusal(pool: Pool, decision: PlacementDecided) -> str | None:
    need = pool.needs[decision.need_id]
    held = pool.live_assignment(decision.application_id)
    if not need.is_open:
        return "need-not-open"
    if held is not None and held.is_fixed and held.need_id == decision.need_id:
        return "already-pinned"
    return "no-place-left" if need.fixed >= need.capacity else None
