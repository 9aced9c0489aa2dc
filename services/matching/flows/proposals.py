"""The life of an assignment, each step with its event: proposed, confirmed, declined, released."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from contracts.assignments import (
    AssignmentAmended,
    AssignmentConfirmed,
    AssignmentDeclined,
    AssignmentProposed,
    AssignmentReleased,
    AssignmentState,
)
from contracts.fits import Levels
from libraries.chassis.unit_of_work import PlainEvent
from services.matching import codes
from services.matching.edges.fit import FitPoints, fit_of
from services.matching.edges.gates import meet
from services.matching.edges.sentences import parts_of
from services.matching.states.assignments import Assignment
from services.matching.states.candidates import Candidate
from services.matching.states.needs import Need
from services.matching.states.references import reference_from

if TYPE_CHECKING:
    from services.matching.store import Unit


def propose(candidate: Candidate, need: Need, *, reason: str, unit: Unit) -> None:
    """Proposes what the optimum holds."""
    actor = unit.store.pool.rules.actor
    fit = fit_between(candidate, need, unit)
    assignment = new_assignment(candidate, need, fit, actor=actor, reason=reason, pinned=False, unit=unit)
    unit.store.pool.hold(assignment)
    publish_proposal(assignment, fit, before=None, cost=None, unit=unit)


def confirm(assignment: Assignment, *, actor: str, reason: str | None, unit: Unit) -> None:
    """Confirms a proposed assignment: from now on no change of the need or the application's gates ends it."""
    before = assignment.state
    unit.store.pool.move(assignment, "confirmed", actor=actor, reason=reason)
    _say(AssignmentConfirmed, assignment, before, unit)


def decline(assignment: Assignment, *, actor: str, reason: str, unit: Unit) -> None:
    """Ends a proposed assignment by a person's word."""
    before = assignment.state
    unit.store.pool.move(assignment, "declined", actor=actor, reason=reason)
    _say(AssignmentDeclined, assignment, before, unit)


def release(assignment: Assignment, *, actor: str, reason: str, unit: Unit) -> None:
    """Ends a live assignment for another reason than a person's decision on it."""
    before = assignment.state
    unit.store.pool.move(assignment, "released", actor=actor, reason=reason)
    _say(AssignmentReleased, assignment, before, unit)


def amend(assignment: Assignment, *, actor: str, unit: Unit) -> None:
    """Says anew of a live assignment whom it concerns and what it is called."""
    unit.store.pool.amend(assignment)
    _say(AssignmentAmended, assignment, assignment.state, unit, actor=actor, reason=codes.AMENDED)


def new_assignment(
    candidate: Candidate, need: Need, fit: FitPoints, *, actor: str, reason: str, pinned: bool, unit: Unit
) -> Assignment:
    """An assignment that begins, proposed; the pool does not hold it yet."""
    return Assignment(
        reference_from(unit.new_id()),
        candidate.application_id,
        need.need_id,
        "proposed",
        1,
        fit.total,
        _points(fit),
        unit.store.pool.rules.version,
        actor,
        reason,
        pinned,
    )


def fit_between(candidate: Candidate, need: Need, unit: Unit) -> FitPoints:
    """The fit whatever the floor: a person may hold what the engine would not."""
    project, wanted = candidate.profile, need.document.profile
    fit = fit_of(project, wanted, meet(project, wanted), unit.store.pool.rules)
    assert fit is not None  # no least fit is asked for
    return fit


def publish_proposal(
    assignment: Assignment, fit: FitPoints, *, before: str | None, cost: Levels | None, unit: Unit
) -> None:
    """Publishes that an assignment is proposed; `cost` is what a person's word takes from all others."""
    pool = unit.store.pool
    rules = pool.rules
    candidate, need = pool.candidates[assignment.application_id], pool.needs[assignment.need_id]
    _say(
        AssignmentProposed,
        assignment,
        before,
        unit,
        fit=assignment.fit,
        # A part is as it is written, but for its class.
        parts=[vars(part) for part in parts_of(candidate, need.document.profile, fit, rules)],
        rules_version=rules.version,
        pinned=assignment.pinned,
        cost=None if cost is None else vars(cost),
    )


def names_of(unit: Unit, application_id: UUID, need_id: UUID, *, of_application: bool = True) -> dict[str, Any]:
    """What a refusal says of a project and a need, as far as they take part: an application that left has no name."""
    pool = unit.store.pool
    candidate = pool.candidates.get(application_id)
    names: dict[str, Any] = {"need_title": pool.needs[need_id].document.content.title}
    if of_application:
        names["application_id"] = application_id
    if candidate is not None:
        names |= {"organisation_name": candidate.organisation_name, "project_title": candidate.project_title}
    return names


def said_of(assignment: Assignment, unit: Unit) -> dict[str, Any]:
    """Whom an assignment concerns, and the names that its application and need bear now, in the contract's order."""
    pool = unit.store.pool
    candidate = pool.candidates[assignment.application_id]
    need = pool.needs[assignment.need_id]
    content = need.document.content
    return {
        "lead_id": candidate.lead_id,
        "owner_id": pool.people.told_of(need),
        "directorate": content.directorate,
        "organisation_name": candidate.organisation_name,
        "project_title": candidate.project_title,
        "need_title": content.title,
        "themes": candidate.themes,
        "territories": candidate.territories,
        "decider_id": pool.decider_of(candidate, need),
    }


def _say(event: type[AssignmentState], assignment: Assignment, before: str | None, unit: Unit, **more: object) -> None:
    """Publishes what happened to an assignment; `more` is what this event says besides, or otherwise."""
    said = {
        "from": before,
        "to": assignment.state,
        "actor": assignment.actor,
        "reason": assignment.reason,
        "occurred_at": unit.now,
        "version": assignment.version,
        "assignment_id": assignment.assignment_id,
        "application_id": assignment.application_id,
        "need_id": assignment.need_id,
        **said_of(assignment, unit),
        **more,
    }
    unit.publish_plain(PlainEvent(event, assignment.assignment_id, said))


def _points(fit: FitPoints) -> str:
    # Numbers and fixed names need no escaping; `json.dumps` costs ten times as much.
    return (
        f'{{"theme": {fit.theme}, "public": {fit.public}, "territory": {fit.territory}, '
        f'"readiness": {fit.readiness}, "text": {fit.text}}}'
    )
