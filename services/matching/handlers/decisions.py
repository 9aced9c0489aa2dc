"""What matching does about the words of officers: decisions on proposals, pins, bans, recusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from contracts.assignments import (
    AssignmentDecided,
    AssignmentDecisionRefused,
    AssignmentUndoRefused,
    AssignmentUndoRequested,
    OfficerRecused,
    PlacementDecided,
    PlacementDecisionRefused,
)
from contracts.event import Event
from libraries.chassis.handling import Refused, both, handles
from services.matching import codes, lookups
from services.matching.codes import RefusalCode
from services.matching.flows.amending import amending, of_application
from services.matching.flows.pinning import pin
from services.matching.flows.proposals import confirm, decline, names_of, release
from services.matching.flows.refusals import decision_refusal, placement_refusal, undo_refusal
from services.matching.flows.settling import settle
from services.matching.settings.texts import refusal
from services.matching.states.assignments import Assignment
from services.matching.states.needs import Need
from services.matching.states.statements import Forbidden, Recusal
from services.matching.store import Unit


@handles(AssignmentDecided, needs=lambda said: lookups.assignment_if_any(said.assignment_id))
def on_assignment_decided(event: Event[AssignmentDecided], unit: Unit, assignment: Assignment | None) -> None:
    """An officer's confirmation stands; a decline frees the place and the application for others."""
    decision, pool = event.data, unit.store.pool
    actor = f"officer:{decision.decided_by}"
    if assignment is None:
        _refuse(decision, "no-assignment", unit)
    elif code := decision_refusal(pool, assignment, decision, unit.now):
        _refuse(decision, code, unit, **names_of(unit, assignment.application_id, assignment.need_id))
    elif decision.decision == "confirm":
        confirm(assignment, actor=actor, reason=decision.reason, unit=unit)
    else:
        _end(assignment, decline, actor=actor, reason=decision.reason or "", unit=unit)


def _refuse(decision: AssignmentDecided, code: RefusalCode, unit: Unit, **names: Any) -> None:
    unit.publish(
        AssignmentDecisionRefused(
            assignment_id=decision.assignment_id,
            decision=decision.decision,
            actor=f"officer:{decision.decided_by}",
            occurred_at=unit.now,
            reasons=(refusal(code),),
            **names,
        )
    )


@handles(AssignmentUndoRequested, needs=lambda said: lookups.assignment_if_any(said.assignment_id))
def on_assignment_undo_requested(
    event: Event[AssignmentUndoRequested], unit: Unit, assignment: Assignment | None
) -> None:
    """An officer takes a confirmation back: what it brought about ends, and the place and the application are free."""
    request = event.data
    actor = f"officer:{request.requested_by}"
    if assignment is None:
        # Told on refusals.v1: what is said of an assignment names its application, and there is none.
        raise Refused("no-assignment", "no assignment was ever given this id")
    if code := undo_refusal(unit.store.pool, assignment, request, unit.now):
        unit.publish(
            AssignmentUndoRefused(
                assignment_id=assignment.assignment_id,
                actor=actor,
                occurred_at=unit.now,
                reasons=(refusal(code),),
                **names_of(unit, assignment.application_id, assignment.need_id),
            )
        )
    else:
        _end(assignment, release, actor=actor, reason=request.reason, unit=unit)


@handles(
    PlacementDecided, needs=lambda said: both(lookups.need(said.need_id), lookups.application(said.application_id))
)
def on_placement_decided(event: Event[PlacementDecided], unit: Unit, _: tuple[Need, UUID]) -> None:
    """An officer's word on a project and a need is followed whatever the engine would do, or refused with a reason."""
    decision, pool = event.data, unit.store.pool
    actor = f"officer:{decision.decided_by}"
    if code := placement_refusal(pool, decision, unit.now):
        unit.publish(
            PlacementDecisionRefused(
                application_id=decision.application_id,
                need_id=decision.need_id,
                decision=decision.decision,
                actor=actor,
                occurred_at=unit.now,
                reasons=(refusal(code),),
                **names_of(unit, decision.application_id, decision.need_id, of_application=False),
            )
        )
    elif decision.decision == "pin":
        _pin(decision, actor, unit)
    elif decision.decision == "forbid":
        _forbid(decision, actor, unit)
    else:
        _lift(decision, unit)


@handles(OfficerRecused)
def on_officer_recused(event: Event[OfficerRecused], unit: Unit) -> None:
    """No need of the officer is considered for the file any more; what is fixed stays, for others to decide upon."""
    pool, recusal = unit.store.pool, event.data
    concerned = of_application(unit, recusal.application_id)
    with amending(unit, concerned, actor=f"officer:{recusal.person_id}"):
        pool.recuse(Recusal(recusal.application_id, recusal.person_id))
        if (candidate := pool.candidates.get(recusal.application_id)) is not None:
            pool.place(candidate)
            settle(unit, because={recusal.application_id: codes.NO_LONGER_MEETS})


def _end(assignment: Assignment, how: Callable[..., None], *, actor: str, reason: str, unit: Unit) -> None:
    """Declines or releases an assignment for good: else the optimum would propose at once what a person has ended."""
    pool = unit.store.pool
    pool.forbid(Forbidden(assignment.application_id, assignment.need_id, actor, reason))
    how(assignment, actor=actor, reason=reason, unit=unit)
    pool.place(pool.candidates[assignment.application_id])
    settle(unit)


def _pin(decision: PlacementDecided, actor: str, unit: Unit) -> None:
    pool = unit.store.pool
    if (decision.application_id, decision.need_id) in pool.forbidden:
        pool.allow(decision.application_id, decision.need_id)
    candidate, need = pool.candidates[decision.application_id], pool.needs[decision.need_id]
    pin(candidate, need, actor=actor, reason=decision.reason, unit=unit)


def _forbid(decision: PlacementDecided, actor: str, unit: Unit) -> None:
    pool = unit.store.pool
    pool.forbid(Forbidden(decision.application_id, decision.need_id, actor, decision.reason))
    held = pool.live_at(decision.application_id, decision.need_id)
    if held is not None:
        release(held, actor=actor, reason=decision.reason, unit=unit)
    pool.place(pool.candidates[decision.application_id])
    settle(unit)


def _lift(decision: PlacementDecided, unit: Unit) -> None:
    pool = unit.store.pool
    if (decision.application_id, decision.need_id) in pool.forbidden:
        pool.allow(decision.application_id, decision.need_id)
        pool.place(pool.candidates[decision.application_id])
    else:
        held = pool.live_at(decision.application_id, decision.need_id)
        assert held is not None  # or the decision would have been refused
        pool.unpin(held)
    settle(unit)
