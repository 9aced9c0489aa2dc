"""What the pool's owner does about each change, one function an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
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
    PlacementDecisionRefused,
)
from contracts.contacts import ContactPublished
from contracts.contest import ContestDecided
from contracts.event import Event
from contracts.message import EventData, Person
from contracts.needs import NeedClosed, NeedDeclared, NeedPublished, NeedRevised
from contracts.rounds import RoundRequested
from services.matching import placing
from services.matching.contest import on_contest_decided
from services.matching.decisions import placement_refusal, refusal_code
from services.matching.gates import is_past_review
from services.matching.placing import Unit, release, settle
from services.matching.pool import Pool
from services.matching.register import (
    ROLLING_TRACK,
    Forbidden,
    Need,
    NeedDocument,
    NeedState,
    Recusal,
    candidate_of,
    public_need,
)
from services.matching.register import need_document as document_of
from services.matching.rounds import complete
from services.matching.wording import refusal

_FORM: Final = "form"


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
    held = unit.store.pool.live_assignment(event.data.application_id)
    if held is None or held.state == "proposed":
        reason = placing.CORRECTION_REQUESTED
        _take_out(event.data.application_id, actor=event.data.actor, reason=reason, unit=unit)


def on_need_declared(event: Event[NeedDeclared], unit: Unit) -> None:
    """The need is published and its places go to whom they are worth most."""
    _publish_form(event, event.data.declared_at, unit)


def on_need_revised(event: Event[NeedRevised], unit: Unit) -> None:
    """The need is published again, open; proposals that it no longer allows are released, the rest is offered."""
    _publish_form(event, event.data.revised_at, unit)


def on_need_closed(event: Event[NeedClosed], unit: Unit) -> None:
    """The need is taken off; what is proposed goes elsewhere or waits, what is confirmed stays."""
    pool = unit.store.pool
    need = pool.needs[event.data.need_id]
    if need.state != "closed":
        pool.set_state(need, "closed")
        unit.retract(NeedPublished, need.need_id)
        _let_go_of_pins(need.need_id, placing.NEED_CLOSED, unit)
        settle(unit, because={need.need_id: placing.NEED_CLOSED})


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


def on_placement_decided(event: Event[PlacementDecided], unit: Unit) -> None:
    """An officer's word on a project and a need is followed whatever the engine would do, or refused with a reason."""
    decision, pool = event.data, unit.store.pool
    actor = f"officer:{decision.decided_by}"
    if code := placement_refusal(pool, decision):
        unit.publish(
            PlacementDecisionRefused(
                application_id=decision.application_id,
                need_id=decision.need_id,
                decision=decision.decision,
                actor=actor,
                occurred_at=unit.now,
                reasons=(refusal(code),),
            )
        )
    elif decision.decision == "pin":
        _pin(decision, actor, unit)
    elif decision.decision == "forbid":
        _forbid(decision, actor, unit)
    else:
        _lift(decision, unit)


def on_officer_recused(event: Event[OfficerRecused], unit: Unit) -> None:
    """No need of the officer is considered for the file any more; what is fixed stays, for others to decide upon."""
    pool, recusal = unit.store.pool, event.data
    pool.recuse(Recusal(recusal.application_id, recusal.person_id))
    if (candidate := pool.candidates.get(recusal.application_id)) is not None:
        pool.place(candidate)
        settle(unit, because={recusal.application_id: placing.NO_LONGER_MEETS})


def on_round_requested(event: Event[RoundRequested], unit: Unit) -> None:
    """The round is solved, proved and published as a whole."""
    complete(event.data, unit)


def needs_to_review(pool: Pool, *, on: date) -> list[Need]:
    """The open needs whose review date has passed."""
    due = [need for need in pool.needs.values() if need.is_open and is_past_review(need.document.profile, on=on)]
    return sorted(due, key=lambda it: it.need_id)


def review(need: Need, unit: Unit) -> None:
    """Announces that a need's review date has passed: it takes no project until it is declared again."""
    pool = unit.store.pool
    pool.set_state(need, "review-due")
    _publish_need(pool.needs[need.need_id], "open", "review-date-passed", pool.rules.actor, unit)
    _let_go_of_pins(need.need_id, placing.NEED_REVIEW_DUE, unit)
    settle(unit, because={need.need_id: placing.NEED_REVIEW_DUE})


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
"""All that changes the pool."""


def _take_in(application: ApplicationRegistered | ApplicationAmended, unit: Unit) -> None:
    pool = unit.store.pool
    candidate = candidate_of(application)
    known = pool.candidates.get(candidate.application_id)
    if known is not None and known.laureate:
        candidate = candidate.as_laureate()
    held = pool.live_assignment(candidate.application_id)
    pool.put_candidate(candidate)
    if held is not None and candidate.track != ROLLING_TRACK and not held.is_fixed:
        release(held, actor=pool.rules.actor, reason=placing.NO_LONGER_MEETS, unit=unit)
    settle(unit, newcomer=candidate.application_id, because={candidate.application_id: placing.NO_LONGER_MEETS})


def _take_out(application_id: UUID, *, actor: str, reason: str, unit: Unit) -> None:
    pool = unit.store.pool
    if reason != placing.CORRECTION_REQUESTED:
        pool.drop_verdict(application_id)
    # Many a withdrawn or rejected application never was a candidate.
    if application_id in pool.candidates:
        if (held := pool.live_assignment(application_id)) is not None:
            release(held, actor=actor, reason=reason, unit=unit)
        pool.remove_candidate(application_id)
        settle(unit)


def _publish_form(event: Event[NeedDeclared] | Event[NeedRevised], declared_at: datetime, unit: Unit) -> None:
    form, pool = event.data, unit.store.pool
    document = document_of(event.id, public_need(form), pool.rules)
    due = is_past_review(document.profile, on=pool.rules.day_of(unit.now))
    state: NeedState = "review-due" if due else "open"
    reasons = _reasons_to_release(pool.needs.get(form.need_id), document)
    before = pool.put_need(form.need_id, document, form.owner.person_id, state)
    _publish_need(pool.needs[form.need_id], before, "declared" if before is None else "revised", _FORM, unit)
    _publish_contact(form.owner, declared_at, unit)
    settle(unit, because={form.need_id: placing.NEED_REVIEW_DUE if due else reasons})


def _reasons_to_release(before: Need | None, document: NeedDocument) -> str:
    """Why a revision lets projects go: it has fewer places and is otherwise the same, or it asks for others."""
    if before is not None and before.document.profile == document.profile:
        return placing.CAPACITY_REDUCED
    return placing.NO_LONGER_MEETS


def _publish_need(need: Need, before: str | None, reason: str, actor: str, unit: Unit) -> None:
    change: dict[str, Any] = {"from": before, "to": need.state}
    unit.publish(
        NeedPublished(
            need_id=need.need_id,
            owner_id=need.owner_id,
            need=need.document.content,
            actor=actor,
            reason=reason,
            occurred_at=unit.now,
            version=need.version,
            **change,
        )
    )


def _publish_contact(owner: Person, updated_at: datetime, unit: Unit) -> None:
    unit.publish(
        ContactPublished(
            person_id=owner.person_id,
            name=owner.name,
            email=owner.email,
            telephone=owner.telephone,
            language=owner.language,
            updated_at=updated_at,
        )
    )


def _let_go_of_pins(need_id: UUID, reason: str, unit: Unit) -> None:
    """What was only pinned ends with its need; its applications are considered elsewhere."""
    pool = unit.store.pool
    pinned = [it for it in pool.live if it.need_id == need_id and it.is_fixed and it.state == "proposed"]
    for assignment in sorted(pinned, key=lambda it: it.assignment_id):
        release(assignment, actor=pool.rules.actor, reason=reason, unit=unit)
        pool.place(pool.candidates[assignment.application_id])


def _pin(decision: PlacementDecided, actor: str, unit: Unit) -> None:
    pool = unit.store.pool
    if (decision.application_id, decision.need_id) in pool.forbidden:
        pool.allow(decision.application_id, decision.need_id)
    candidate, need = pool.candidates[decision.application_id], pool.needs[decision.need_id]
    placing.pin(candidate, need, actor=actor, reason=decision.reason, unit=unit)


def _forbid(decision: PlacementDecided, actor: str, unit: Unit) -> None:
    pool = unit.store.pool
    pool.forbid(Forbidden(decision.application_id, decision.need_id, actor, decision.reason))
    held = pool.live_assignment(decision.application_id)
    if held is not None and held.need_id == decision.need_id:
        release(held, actor=actor, reason=decision.reason, unit=unit)
    pool.place(pool.candidates[decision.application_id])
    settle(unit)


def _lift(decision: PlacementDecided, unit: Unit) -> None:
    pool = unit.store.pool
    if (decision.application_id, decision.need_id) in pool.forbidden:
        pool.allow(decision.application_id, decision.need_id)
        pool.place(pool.candidates[decision.application_id])
    else:
        held = pool.live_assignment(decision.application_id)
        assert held is not None  # or the decision would have been refused
        pool.unpin(held)
    settle(unit)
