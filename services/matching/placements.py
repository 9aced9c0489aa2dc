"""Placing applications: propose, confirm, decline, release, and offer on what became free, with their events."""

from __future__ import annotations

from typing import Any, Final

from contracts.assignments import (
    AssignmentConfirmed,
    AssignmentDeclined,
    AssignmentProposed,
    AssignmentReleased,
)
from services.chassis.unit_of_work import UnitOfWork
from services.matching.explanation import parts_of
from services.matching.fit import Fit
from services.matching.gates import meet
from services.matching.pool import ROLLING_TRACK
from services.matching.register import Assignment, Candidate, Declined, Need
from services.matching.rolling import best_need
from services.matching.store import MatchingStore

Unit = UnitOfWork[MatchingStore]

BEST_OPEN_NEED: Final = "best-open-need"
PLACE_FREE: Final = "place-free"
NO_LONGER_MEETS: Final = "no-longer-meets"
CAPACITY_REDUCED: Final = "capacity-reduced"
NEED_CLOSED: Final = "need-closed"
WITHDRAWN: Final = "withdrawn"
REJECTED: Final = "rejected"
CORRECTION_REQUESTED: Final = "correction-requested"


def consider(candidate: Candidate, unit: Unit) -> None:
    """Proposes a candidate that holds nothing for the best open need with a free place; else it waits."""
    pool = unit.store.pool
    if candidate.track != ROLLING_TRACK:
        return
    declined = pool.needs_declined_for(candidate.application_id)
    on = pool.rules.day_of(unit.now)
    # The most urgent come first: the first list with an edge holds the best.
    for needs in pool.free_needs(candidate):
        if choice := best_need(candidate, needs, rules=pool.rules, on=on, declined=declined):
            propose(candidate, choice.need, choice.fit, reason=BEST_OPEN_NEED, unit=unit)
            return


def offer_free_places(unit: Unit) -> None:
    """Offers every free place that this transaction knows of to those that wait: by fit, then lottery.

    At most the rules' `waiting_bound` candidates are at hand in one transaction. Where more wait, the need
    remembers how far it came, and any later event of whatever kind goes on from there: none is passed over.
    """
    pool = unit.store.pool
    on = pool.rules.day_of(unit.now)
    while pool.needs_to_offer:
        need = pool.needs[next(iter(pool.needs_to_offer))]
        del pool.needs_to_offer[need.need_id]
        while need.free_places and (first := pool.next_waiting(need, on=on)):
            propose(first[0], need, first[1], reason=PLACE_FREE, unit=unit)
        pool.note_offered(need)


def holds(candidate: Candidate, assignment: Assignment, unit: Unit) -> bool:
    """Whether a candidate, as it is now, could still be proposed for the need that it holds."""
    pool = unit.store.pool
    on = pool.rules.day_of(unit.now)
    return candidate.track == ROLLING_TRACK and pool.edge(candidate, pool.needs[assignment.need_id], on=on) is not None


def propose(candidate: Candidate, need: Need, fit: Fit, *, reason: str, unit: Unit) -> None:
    """Holds a candidate against a need that has a free place for it."""
    rules = unit.store.pool.rules
    project, wanted = candidate.profile, need.document.profile
    parts = parts_of(fit, project=project, need=wanted, meeting=meet(project, wanted), rules=rules)
    assignment = Assignment(
        unit.new_id(),
        candidate.application_id,
        need.need_id,
        "proposed",
        1,
        fit.total,
        _points(fit),
        rules.version,
        rules.actor,
        reason,
    )
    unit.store.pool.hold(assignment)
    unit.publish(
        AssignmentProposed(
            **_described(assignment, None, unit), fit=fit.total, parts=parts, rules_version=rules.version
        )
    )


def confirm(assignment: Assignment, *, actor: str, reason: str | None, unit: Unit) -> None:
    """Confirms a proposed assignment: from now on no change of the need or the application's gates ends it."""
    before = assignment.state
    unit.store.pool.move(assignment, "confirmed", actor=actor, reason=reason)
    unit.publish(AssignmentConfirmed(**_described(assignment, before, unit)))


def decline(assignment: Assignment, *, actor: str, reason: str, unit: Unit) -> None:
    """Declines a proposed assignment, so that its application is never proposed for its need again."""
    pool = unit.store.pool
    before = assignment.state
    pool.forbid(Declined(assignment.application_id, assignment.need_id, actor, reason))
    pool.move(assignment, "declined", actor=actor, reason=reason)
    unit.publish(AssignmentDeclined(**_described(assignment, before, unit)))


def release(assignment: Assignment, *, actor: str, reason: str, unit: Unit) -> Candidate:
    """Ends a live assignment for another reason than a person's decision on it; returns its candidate."""
    pool = unit.store.pool
    before = assignment.state
    pool.move(assignment, "released", actor=actor, reason=reason)
    unit.publish(AssignmentReleased(**_described(assignment, before, unit)))
    return pool.candidates[assignment.application_id]


def _described(assignment: Assignment, before: str | None, unit: Unit) -> dict[str, Any]:
    """What every event of an assignment says, with the names that its application and need bear now."""
    pool = unit.store.pool
    candidate = pool.candidates[assignment.application_id]
    need = pool.needs[assignment.need_id]
    content = need.document.content
    return {
        "assignment_id": assignment.assignment_id,
        "application_id": assignment.application_id,
        "need_id": assignment.need_id,
        "lead_id": candidate.lead_id,
        "owner_id": need.owner_id,
        "directorate": content.directorate,
        "organisation_name": candidate.organisation_name,
        "project_title": candidate.project_title,
        "need_title": content.title,
        "themes": candidate.themes,
        "territories": candidate.territories,
        "from_state": before,
        "to_state": assignment.state,
        "actor": assignment.actor,
        "reason": assignment.reason,
        "occurred_at": unit.now,
        "version": assignment.version,
    }


def _points(fit: Fit) -> str:
    # Numbers and fixed names need no escaping; `json.dumps` costs ten times as much.
    return (
        f'{{"theme": {fit.theme}, "public": {fit.public}, "territory": {fit.territory}, '
        f'"readiness": {fit.readiness}, "text": {fit.text}}}'
    )
