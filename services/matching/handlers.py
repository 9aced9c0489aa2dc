"""What matching does about each event, one function an event."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.applications import (
    ApplicationAmended,
    ApplicationRegistered,
    ApplicationRejected,
    ApplicationWithdrawn,
    CorrectionRequested,
)
from contracts.assignments import AssignmentDecided, AssignmentDecisionRefused
from contracts.contacts import ContactPublished
from contracts.event import Event
from contracts.message import Person
from contracts.needs import NeedClosed, NeedDeclared, NeedPublished, NeedRevised
from services.chassis.service import NotYet
from services.matching import placements
from services.matching.decisions import refusal_code
from services.matching.explanation import refusal
from services.matching.placements import Unit, consider, offer_free_places, release
from services.matching.register import Candidate, Need, candidate_of, need_document, public_need

_FORM = "form"


def on_application_registered(event: Event[ApplicationRegistered], unit: Unit) -> None:
    """The application becomes a candidate and is proposed for the best open need, or waits."""
    _take_in(event.data, unit)


def on_application_amended(event: Event[ApplicationAmended], unit: Unit) -> None:
    """The candidate is renewed; a proposal whose gates it no longer passes is released, a confirmed one stays."""
    _take_in(event.data, unit)


def on_application_withdrawn(event: Event[ApplicationWithdrawn], unit: Unit) -> None:
    """What the application holds is released, and it is no candidate any more."""
    _take_out(event.data.application_id, actor=event.data.actor, reason=placements.WITHDRAWN, unit=unit)


def on_application_rejected(event: Event[ApplicationRejected], unit: Unit) -> None:
    """A registered application that a correction made fail takes no further part."""
    _take_out(event.data.application_id, actor=event.data.actor, reason=placements.REJECTED, unit=unit)


def on_correction_requested(event: Event[CorrectionRequested], unit: Unit) -> None:
    """An application that waits for its correction is no candidate; what a person confirmed for it stays."""
    held = unit.store.pool.live_assignment(event.data.application_id)
    if held is None or held.state == "proposed":
        reason = placements.CORRECTION_REQUESTED
        _take_out(event.data.application_id, actor=event.data.actor, reason=reason, unit=unit)
    offer_free_places(unit)


def on_need_declared(event: Event[NeedDeclared], unit: Unit) -> None:
    """The need is published and its places are offered to those that wait."""
    _publish_need(event, unit)


def on_need_revised(event: Event[NeedRevised], unit: Unit) -> None:
    """The need is published again, open; proposals that it no longer allows are released, the rest is offered."""
    if event.data.need_id not in unit.store.pool.needs:
        raise NotYet("need", event.data.need_id)
    _publish_need(event, unit)


def on_need_closed(event: Event[NeedClosed], unit: Unit) -> None:
    """The need is taken off; what is proposed is released and considered elsewhere, what is confirmed stays."""
    pool = unit.store.pool
    need = pool.needs.get(event.data.need_id)
    if need is None:
        raise NotYet("need", event.data.need_id)
    if need.is_open:
        pool.close(need)
        unit.retract(NeedPublished, need.need_id)
        proposals = pool.proposals_for(need.need_id)
        freed = [release(it, actor=_FORM, reason=placements.NEED_CLOSED, unit=unit) for it in proposals]
        _consider_again(freed, unit)
    offer_free_places(unit)


def on_assignment_decided(event: Event[AssignmentDecided], unit: Unit) -> None:
    """An officer's confirmation stands; a decline frees the place and the application for others."""
    decision = event.data
    assignment = unit.store.pool.assignments.get(decision.assignment_id)
    if assignment is None:
        raise NotYet("assignment", decision.assignment_id)
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
        placements.confirm(assignment, actor=actor, reason=decision.reason, unit=unit)
    else:
        placements.decline(assignment, actor=actor, reason=decision.reason or "", unit=unit)
        consider(unit.store.pool.candidates[assignment.application_id], unit)
    offer_free_places(unit)


def _take_in(application: ApplicationRegistered | ApplicationAmended, unit: Unit) -> None:
    pool = unit.store.pool
    candidate = candidate_of(application)
    pool.register(candidate)
    held = pool.live_assignment(candidate.application_id)
    if held is not None and held.state == "proposed" and not placements.holds(candidate, held, unit):
        release(held, actor=pool.rules.actor, reason=placements.NO_LONGER_MEETS, unit=unit)
        held = None
    if held is None:
        consider(candidate, unit)
    offer_free_places(unit)


def _take_out(application_id: UUID, *, actor: str, reason: str, unit: Unit) -> None:
    pool = unit.store.pool
    # Many a withdrawn or rejected application never was a candidate.
    if application_id in pool.candidates:
        if (held := pool.live_assignment(application_id)) is not None:
            release(held, actor=actor, reason=reason, unit=unit)
        pool.remove(application_id)
    offer_free_places(unit)


def _publish_need(event: Event[NeedDeclared] | Event[NeedRevised], unit: Unit) -> None:
    form = event.data
    pool = unit.store.pool
    content = public_need(form)
    before = pool.declare(form.need_id, need_document(event.id, content, pool.rules), form.owner.person_id)
    need = pool.needs[form.need_id]
    change: dict[str, Any] = {"from": before, "to": need.state}
    unit.publish(
        NeedPublished(
            need_id=need.need_id,
            owner_id=need.owner_id,
            need=content,
            actor=_FORM,
            reason="declared" if before is None else "revised",
            occurred_at=unit.now,
            version=need.version,
            **change,
        )
    )
    declared_at = form.declared_at if isinstance(form, NeedDeclared) else form.revised_at
    _publish_contact(form.owner, declared_at, unit)
    _consider_again(_release_what_no_longer_holds(need, unit), unit)
    offer_free_places(unit)


def _release_what_no_longer_holds(need: Need, unit: Unit) -> list[Candidate]:
    pool = unit.store.pool
    actor = pool.rules.actor
    freed = []
    for proposal in pool.proposals_for(need.need_id):
        if not placements.holds(pool.candidates[proposal.application_id], proposal, unit):
            freed.append(release(proposal, actor=actor, reason=placements.NO_LONGER_MEETS, unit=unit))
    # The latest proposals go first; where even all of them are not enough, confirmed ones are too many and stay.
    for proposal in pool.proposals_for(need.need_id)[: max(0, need.excess)]:
        freed.append(release(proposal, actor=actor, reason=placements.CAPACITY_REDUCED, unit=unit))
    return freed


def _consider_again(freed: list[Candidate], unit: Unit) -> None:
    # They were released the latest first: who was proposed first chooses first.
    for candidate in reversed(freed):
        consider(candidate, unit)


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
