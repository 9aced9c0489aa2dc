"""Which decisions of people the state of an assignment allows."""

from __future__ import annotations

from contracts.assignments import AssignmentDecided
from services.matching.register import AssignmentState


def refusal_code(state: AssignmentState, decision: AssignmentDecided) -> str | None:
    """Why a decision on an assignment in that state is refused; None where it is allowed."""
    if state != "proposed":
        return f"already-{state}"
    if decision.decision == "decline" and decision.reason is None:
        return "reason-required"
    return None
