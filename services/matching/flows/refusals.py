"""Which decisions are whose, and which of them the state of an assignment, or of the pool, allows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.assignments import AssignmentDecided, AssignmentUndoRequested, PlacementDecided
from contracts.states import AssignmentState
from services.matching.codes import RefusalCode
from services.matching.pool.pool import Pool
from services.matching.states.assignments import Assignment
from services.matching.states.candidates import ROLLING_TRACK, Candidate

_ALREADY: Final[Mapping[AssignmentState, RefusalCode]] = {
    "confirmed": "already-confirmed",
    "declined": "already-declined",
    "released": "already-released",
}


def decision_refusal(
    pool: Pool, assignment: Assignment, decision: AssignmentDecided, at: datetime
) -> RefusalCode | None:
    """Why a decision on an assignment, made at a moment, is refused; None where it is allowed."""
    if not _is_theirs(pool, decision.decided_by, assignment.application_id, assignment.need_id, at):
        return "not-yours-to-decide"
    return refusal_code(assignment.state, decision)


def undo_refusal(
    pool: Pool, assignment: Assignment, request: AssignmentUndoRequested, at: datetime
) -> RefusalCode | None:
    """Why a confirmation can't be taken back at a moment, or not by who asks; None where it can."""
    if not _is_theirs(pool, request.requested_by, assignment.application_id, assignment.need_id, at):
        return "not-yours-to-decide"
    if assignment.state == "confirmed":
        return None
    return "not-confirmed" if assignment.state == "proposed" else _ALREADY[assignment.state]


def refusal_code(state: AssignmentState, decision: AssignmentDecided) -> RefusalCode | None:
    """Why a decision on an assignment in that state is refused whoever makes it; None where it is allowed."""
    if state != "proposed":
        return _ALREADY[state]
    if decision.decision == "decline" and decision.reason is None:
        return "reason-required"
    return None


def placement_refusal(pool: Pool, decision: PlacementDecided, at: datetime) -> RefusalCode | None:
    """Why an officer's word on an application and a need can't be followed; None where it can."""
    if not _is_theirs(pool, decision.decided_by, decision.application_id, decision.need_id, at):
        return "not-yours-to-decide"
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


def _is_theirs(pool: Pool, person_id: UUID, application_id: UUID, need_id: UUID, at: datetime) -> bool:
    # Who abstains from a file abstains from every decision on it, whatever else would give it to them.
    candidate = pool.candidates.get(application_id)
    if (application_id, person_id) in pool.recused or (candidate and pool.abstains(person_id, candidate)):
        return False
    return pool.people.may_decide(person_id, pool.needs[need_id], at)


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
