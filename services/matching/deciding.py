"""What the writer of the pool does about each event: applications and decisions here, others in rooms of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from contracts.applications import (
    ApplicationAmended,
    ApplicationRegistered,
    ApplicationRejected,
    ApplicationWithdrawn,
    CorrectionRequested,
)
from contracts.assignments import (
    AssignmentDecided,
    AssignmentDecisionRefused,
    OfficerRecused,
    PlacementDecided,
)
from contracts.contest import ContestDecided
from contracts.event import Event
from contracts.message import EventData
from contracts.needs import NeedClosed, NeedDeclared, NeedRevised
from contracts.rounds import RoundRequested
from services.matching import placing
from services.matching.contest import on_contest_decided
from services.matching.decisions import refusal_code
from services.matching.declaring import on_need_closed, on_need_declared, on_need_revised
from services.matching.overriding import on_officer_recused, on_placement_decided
from services.matching.placing import Unit, release, settle
from services.matching.register import (
    ROLLING_TRACK,
    Forbidden,
    candidate_of,
)
from services.matching.rounds import complete
from services.matching.wording import refusal


def on_application_registered(event: Event[ApplicationRegistered], unit: Unit) -> None:
    """The application becomes a candidate; the optimum proposes it for a need, or it waits."""
    _take_in(event.data, unit)


def on_application_amended(event: Event[ApplicationAmended], unit: Unit) -> None:
    """The candidate is renewed; a proposal whose gates it no longer passes is released, a fixed one stays."""
    _take_in(event.data, unit)


def on_application_withdrawn(event: Event[ApplicationWithdrawn], unit: Unit) -> None:
    """What the application holds is released, and it is no candidate any more."""
    _take_out(event.data.application_id, actor=event.data.actor, reason=placing.WITHDRAWN, unit=unit)


def on_application_rejected(event: Event[ApplicationRejected], unit: Unit) -> None:
    """A registered application that a correction made fail takes no further part."""
    _take_out(event.data.application_id, actor=event.data.actor, reason=placing.REJECTED, unit=unit)


def on_correction_requested(event: Event[CorrectionRequested], unit: Unit) -> None:
    """An application that waits for its correction is no candidate; what a person confirmed for it stays."""
    held = unit.store.pool.live_of(event.data.application_id)
    if not any(assignment.state == "confirmed" for assignment in held.values()):
        reason = placing.CORRECTION_REQUESTED
        _take_out(event.data.application_id, actor=event.data.actor, reason=reason, unit=unit)


def on_assignment_decided(event: Event[AssignmentDecided], unit: Unit) -> None:
    """An officer's confirmation stands; a decline frees the place and the application for others."""
    decision, pool = event.data, unit.store.pool
    assignment = pool.assignments[decision.assignment_id]
    actor = f"officer:{decision.decided_by}"
    if code := refusal_code(assignment.state, decision):
        unit.publish(
            AssignmentDecisionRefused(
                assignment_id=assignment.assignment_id,
                decision=decision.decision,
                actor=actor,
                occurred_at=unit.now,
                reasons=(refusal(code),),
            )
        )
    elif decision.decision == "confirm":
        placing.confirm(assignment, actor=actor, reason=decision.reason, unit=unit)
    else:
        reason = decision.reason or ""
        pool.forbid(Forbidden(assignment.application_id, assignment.need_id, actor, reason))
        placing.decline(assignment, actor=actor, reason=reason, unit=unit)
        pool.place(pool.candidates[assignment.application_id])
        settle(unit)


def on_round_requested(event: Event[RoundRequested], unit: Unit) -> None:
    """The round is solved, proved and published as a whole."""
    complete(event.data, unit)


DECISIONS: Final[Mapping[type[EventData], Callable[[Event[Any], Unit], None]]] = {
    ApplicationRegistered: on_application_registered,
    ApplicationAmended: on_application_amended,
    ApplicationWithdrawn: on_application_withdrawn,
    ApplicationRejected: on_application_rejected,
    CorrectionRequested: on_correction_requested,
    NeedDeclared: on_need_declared,
    NeedRevised: on_need_revised,
    NeedClosed: on_need_closed,
    AssignmentDecided: on_assignment_decided,
    PlacementDecided: on_placement_decided,
    OfficerRecused: on_officer_recused,
    RoundRequested: on_round_requested,
    ContestDecided: on_contest_decided,
}
"""All that changes the pool but the clock."""


def _take_in(application: ApplicationRegistered | ApplicationAmended, unit: Unit) -> None:
    pool = unit.store.pool
    candidate = candidate_of(application)
    known = pool.candidates.get(candidate.application_id)
    if known is not None and known.laureate:
        candidate = candidate.as_laureate()
    pool.put_candidate(candidate)
    if candidate.track != ROLLING_TRACK:
        for held in list(pool.live_of(candidate.application_id).values()):
            if not held.is_fixed:
                release(held, actor=pool.rules.actor, reason=placing.NO_LONGER_MEETS, unit=unit)
    settle(unit, newcomer=candidate.application_id, because={candidate.application_id: placing.NO_LONGER_MEETS})


def _take_out(application_id: UUID, *, actor: str, reason: str, unit: Unit) -> None:
    pool = unit.store.pool
    if reason != placing.CORRECTION_REQUESTED:
        pool.drop_verdict(application_id)
    # Many a withdrawn or rejected application never was a candidate.
    if application_id in pool.candidates:
        for _, held in sorted(pool.live_of(application_id).items()):
            release(held, actor=actor, reason=reason, unit=unit)
        pool.remove_candidate(application_id)
        settle(unit)
