"""What follows from what is said of obstacles, and from their time: how it is announced."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts.obstacles import (
    ObstacleAbandoned,
    ObstacleAmended,
    ObstacleDescribed,
    ObstacleEscalated,
    ObstacleFlagged,
    ObstacleLifted,
    ObstacleOpened,
    ObstacleReported,
    ObstacleTaken,
    ObstacleUpdated,
    ObstacleUpdateRefused,
)
from libraries.typed.words import reasons_of
from libraries.vocabularies.remarks import unknown
from services.mentoring.settings.sentences import reason_of
from services.mentoring.settings.services import SERVICES
from services.mentoring.states import obstacle as states
from services.mentoring.states.lead import Lead
from services.mentoring.states.not_allowed import NotAllowed
from services.mentoring.states.obstacle import Obstacle
from services.mentoring.store import Unit


def open_obstacle(unit: Unit, lead: Lead, report: ObstacleReported, *, authors: tuple[UUID, ...]) -> bool:
    """Opens an obstacle with an owner and a time, and whether it did: one that is known changes nothing.

    `authors` are the persons who may have written what it is; with none nobody is shown what they wrote.
    """
    programme = unit.store.state
    settings = programme.roster.settings
    # Before anything is judged: a report that comes again must not be refused for what has changed since.
    if report.obstacle_id in programme.obstacles:
        return False
    if report.kind not in settings.obstacles.work_days:
        _refuse(unit, report.assignment_id, report.obstacle_id, "obstacle-kind-unknown")
        return False
    if lead.state == "released":
        _refuse(unit, report.assignment_id, report.obstacle_id, "assignment-released")
        return False
    due_at = settings.obstacle_due(report.kind, unit.now)
    opened = Obstacle(
        obstacle_id=report.obstacle_id,
        assignment_id=lead.assignment_id,
        kind=report.kind,
        # It always has an owner: where none is named, the directorate that declared the need.
        service=report.service or lead.directorate,
        opened_at=unit.now,
        due_at=due_at,
        authors=authors if report.comment else (),
    )
    programme.put_obstacle(opened)
    if report.comment and opened.is_described:
        unit.publish(ObstacleDescribed(obstacle_id=opened.obstacle_id, authors=opened.authors, comment=report.comment))
    facts = _facts(unit, None, opened, actor=report.reported_by)
    unit.publish(ObstacleOpened(due_at=due_at, is_described=opened.is_described, **facts))
    _flag(unit, report)
    return True


def _flag(unit: Unit, report: ObstacleReported) -> None:
    """Answers whoever named a service that is neither listed nor a directorate."""
    if report.service is None or report.service in SERVICES:
        return
    today = unit.store.state.roster.settings.work_days.day_of(unit.now)
    if remarks := unknown(report.service, "service", "service-unknown", on=today):
        flags = reasons_of(remarks)
        said = ObstacleFlagged(
            assignment_id=report.assignment_id, obstacle_id=report.obstacle_id, occurred_at=unit.now, flags=flags
        )
        unit.publish(said)


def update(unit: Unit, known: Obstacle, said: ObstacleUpdated) -> None:
    """Takes, lifts or abandons an obstacle; what it is already changes nothing and says nothing."""
    if said.update == "take":
        # Who takes it has the whole time, however late it is by then.
        due_at = unit.store.state.roster.settings.obstacle_due(known.kind, unit.now)
        taken = states.take(known, service=said.service, due_at=due_at)
        if isinstance(taken, Obstacle) and taken is not known:
            unit.store.state.put_obstacle(taken)
            facts = _facts(unit, known, taken, actor=said.updated_by, reason=said.reason)
            unit.publish(ObstacleTaken(due_at=due_at, is_described=taken.is_described, **facts))
        outcome = taken
    elif said.update == "lift":
        outcome = _close(unit, known, "lifted", actor=said.updated_by, reason=said.reason)
    else:
        outcome = _close(unit, known, "abandoned", actor=said.updated_by, reason=said.reason)
    if isinstance(outcome, NotAllowed):
        _refuse(unit, said.assignment_id, said.obstacle_id, outcome.code)


def abandon_all(unit: Unit, assignment_id: UUID, *, actor: str, reason: str) -> None:
    """Abandons what still stands in the way of an assignment that ends."""
    for obstacle in unit.store.state.open_obstacles(assignment_id):
        _close(unit, obstacle, "abandoned", actor=actor, reason=reason)


def amend(unit: Unit, known: Obstacle, *, actor: str) -> None:
    """Says anew whom an obstacle concerns; who owns it, and until when, stays."""
    amended = states.amend(known)
    unit.store.state.put_obstacle(amended)
    facts = _facts(unit, known, amended, actor=actor, reason="assignment-amended")
    unit.publish(ObstacleAmended(due_at=amended.due_at, is_described=amended.is_described, **facts))


def forget_words(unit: Unit, person_id: UUID) -> int:
    """Takes back what a person wrote of obstacles before they asked to be forgotten; returns of how many."""
    programme = unit.store.state
    erased_at = programme.erasures.of(person_id)
    # Of closed ones nothing is kept, and all that are open are at hand.
    theirs = [
        obstacle
        for obstacle in programme.obstacles.values()
        if person_id in obstacle.authors and erased_at is not None and obstacle.opened_at <= erased_at
    ]
    for obstacle in theirs:
        programme.put_obstacle(states.undescribed(obstacle))
        unit.retract(ObstacleDescribed, obstacle.obstacle_id)
    return len(theirs)


def escalate(unit: Unit, known: Obstacle) -> None:
    """Tells the next level of an obstacle that was not lifted in time."""
    programme = unit.store.state
    settings = programme.roster.settings
    next_due_at = settings.escalation_due(known.level + 1, unit.now)
    escalated = states.escalate(known, at=unit.now, next_due_at=next_due_at)
    if escalated is known:
        return
    programme.put_obstacle(escalated)
    # One that was taken anew after the highest level was told goes to the highest again.
    levels = settings.obstacles.levels
    level = levels[min(escalated.level, len(levels)) - 1]
    facts = _facts(unit, known, escalated, actor=programme.roster.rules.actor, reason="late")
    unit.publish(ObstacleEscalated(level=level, due_at=next_due_at, is_described=escalated.is_described, **facts))


def _close(
    unit: Unit, known: Obstacle, state: states.ClosedState, *, actor: str, reason: str | None
) -> Obstacle | NotAllowed:
    closed = states.close(known, state, reason=reason)
    if isinstance(closed, Obstacle) and closed is not known:
        unit.store.state.put_obstacle(closed)
        if known.is_described:
            # It was kept for who had to lift it.
            unit.retract(ObstacleDescribed, known.obstacle_id)
        event = ObstacleLifted if state == "lifted" else ObstacleAbandoned
        unit.publish(event(**_facts(unit, known, closed, actor=actor, reason=reason)))
    return closed


def _refuse(unit: Unit, assignment_id: UUID, obstacle_id: UUID, code: str) -> None:
    unit.publish(
        ObstacleUpdateRefused(
            assignment_id=assignment_id, obstacle_id=obstacle_id, occurred_at=unit.now, reasons=(reason_of(code),)
        )
    )


def _facts(
    unit: Unit, before: Obstacle | None, after: Obstacle, *, actor: str, reason: str | None = None
) -> dict[str, Any]:
    """What every event of an obstacle carries."""
    lead = unit.store.state.leads[after.assignment_id]
    return {
        "from_state": before.state if before else None,
        "to_state": after.state,
        "actor": actor,
        "reason": reason,
        "occurred_at": unit.now,
        "version": after.version,
        "assignment_id": after.assignment_id,
        "obstacle_id": after.obstacle_id,
        "application_id": lead.application_id,
        "lead_id": lead.lead_id,
        "owner_id": lead.owner_id,
        "kind": after.kind,
        "service": after.service,
        "organisation_name": lead.organisation_name,
        "project_title": lead.project_title,
    }
