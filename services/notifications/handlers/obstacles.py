"""What stands in a project's way, and what its lead and the officer who owns the need are told."""

from __future__ import annotations

from contracts.event import Event
from contracts.obstacles import (
    ObstacleAbandoned,
    ObstacleAmended,
    ObstacleEscalated,
    ObstacleLifted,
    ObstacleOpened,
    ObstacleState,
    ObstacleTaken,
)
from libraries.chassis.handling import handles
from services.notifications import lookups
from services.notifications.planned.about import PlannedAbout
from services.notifications.planned.planner import Matter
from services.notifications.planned.reacting import amend, react
from services.notifications.store import Unit


@handles(ObstacleOpened, needs=lookups.obstacle)
def on_obstacle_opened(event: Event[ObstacleOpened], unit: Unit, about: PlannedAbout) -> None:
    """The officer who owns the need is told what stands in the project's way, and until when."""
    react(event, unit, about, _matter(event.data, due_at=event.data.due_at.isoformat()))


@handles(ObstacleTaken, needs=lookups.obstacle)
def on_obstacle_taken(event: Event[ObstacleTaken], unit: Unit, about: PlannedAbout) -> None:
    """What was to be said of it before it was taken is no longer true."""
    react(event, unit, about, _matter(event.data))


@handles(ObstacleEscalated, needs=lookups.obstacle)
def on_obstacle_escalated(event: Event[ObstacleEscalated], unit: Unit, about: PlannedAbout) -> None:
    """The officer who owns the need is told that it is late, and when the next level will be."""
    until = event.data.due_at
    react(event, unit, about, _matter(event.data, due_at=until.isoformat() if until else None))


@handles(ObstacleLifted, needs=lookups.obstacle)
def on_obstacle_lifted(event: Event[ObstacleLifted], unit: Unit, about: PlannedAbout) -> None:
    """The lead receives the good news, and so does the officer."""
    react(event, unit, about, _matter(event.data))


@handles(ObstacleAmended, needs=lambda said: lookups.all_planned_about(said.obstacle_id, said.lead_id, said.owner_id))
def on_obstacle_amended(event: Event[ObstacleAmended], unit: Unit, about: PlannedAbout) -> None:
    """What is planned reaches whoever leads the project and owns the need by now."""
    until = event.data.due_at
    amend(event, unit, about, _matter(event.data, due_at=until.isoformat() if until else None))


@handles(ObstacleAbandoned, needs=lookups.obstacle)
def on_obstacle_abandoned(event: Event[ObstacleAbandoned], unit: Unit, about: PlannedAbout) -> None:
    """What is still to be said of it is dropped; the lead learns that it will not be lifted, and why."""
    react(event, unit, about, _matter(event.data, reason=event.data.reason))


def _matter(obstacle: ObstacleState, **more: object) -> Matter:
    return Matter(
        obstacle.obstacle_id,
        obstacle.application_id,
        obstacle.version,
        {"lead": obstacle.lead_id, "owner": obstacle.owner_id},
        {
            "organisation_name": obstacle.organisation_name,
            "project_title": obstacle.project_title,
            "kind": obstacle.kind,
            "service": obstacle.service,
            **more,
        },
        obstacle.lead_id,
        obstacle.from_state,
        obstacle.to_state,
    )
