"""What stands in a project's way, and what its lead and the officer who owns the need are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias
from uuid import UUID

from contracts.event import Event
from contracts.obstacles import (
    ObstacleAbandoned,
    ObstacleAmended,
    ObstacleDescribed,
    ObstacleEscalated,
    ObstacleLifted,
    ObstacleOpened,
    ObstacleState,
    ObstacleTaken,
)
from libraries.chassis.handling import handles, handles_tombstones_of
from libraries.links.holders import service_id
from services.notifications import lookups
from services.notifications.descriptions import Description, Descriptions
from services.notifications.planned.about import PlannedAbout
from services.notifications.planned.planner import Matter
from services.notifications.planned.reacting import amend, react
from services.notifications.roles import Role
from services.notifications.store import Unit

People: TypeAlias = Mapping[Role, UUID]


@handles(ObstacleOpened, needs=lookups.obstacle)
def on_obstacle_opened(event: Event[ObstacleOpened], unit: Unit, about: PlannedAbout) -> None:
    """Whoever is to act is told what stands in the project's way, and until when."""
    react(event, unit, about, _to_lift(event.data, _first(event.data, unit)))


@handles(ObstacleTaken, needs=lookups.obstacle)
def on_obstacle_taken(event: Event[ObstacleTaken], unit: Unit, about: PlannedAbout) -> None:
    """What was to be said before it was taken is no longer true; a service that it was handed to is told."""
    react(event, unit, about, _to_lift(event.data, _service(event.data, unit)))


@handles(ObstacleEscalated, needs=lookups.obstacle)
def on_obstacle_escalated(event: Event[ObstacleEscalated], unit: Unit, about: PlannedAbout) -> None:
    """Who is to act is told that it is late, and when the next level will be: first the service, then the owner."""
    told: People = _first(event.data, unit) if event.data.level == "service" else {"owner": event.data.owner_id}
    react(event, unit, about, _to_lift(event.data, told))


@handles(ObstacleLifted, needs=lookups.obstacle)
def on_obstacle_lifted(event: Event[ObstacleLifted], unit: Unit, about: PlannedAbout) -> None:
    """The lead receives the good news, and so does the officer."""
    react(event, unit, about, _matter(event.data, {"owner": event.data.owner_id}))


@handles(
    ObstacleAmended,
    needs=lambda said: lookups.all_planned_about(
        said.obstacle_id, said.lead_id, said.owner_id, service_id(said.service)
    ),
)
def on_obstacle_amended(event: Event[ObstacleAmended], unit: Unit, about: PlannedAbout) -> None:
    """What is planned reaches whoever leads the project and owns the need by now."""
    roles: People = {"owner": event.data.owner_id, "service": service_id(event.data.service)}
    amend(event, unit, about, _to_lift(event.data, roles))


@handles(ObstacleAbandoned, needs=lookups.obstacle)
def on_obstacle_abandoned(event: Event[ObstacleAbandoned], unit: Unit, about: PlannedAbout) -> None:
    """What is still to be said of it is dropped; the lead learns that it will not be lifted, and why."""
    react(event, unit, about, _matter(event.data, {}, reason=event.data.reason))


@handles(ObstacleDescribed, needs=lambda said: lookups.description(*said.authors))
def on_obstacle_described(event: Event[ObstacleDescribed], unit: Unit, descriptions: Descriptions) -> None:
    """Who is to lift it is shown what somebody wrote of it, unless they asked to be forgotten."""
    if not any(unit.store.forgotten.covers(person_id, unit.now) for person_id in event.data.authors):
        said = event.data
        descriptions.keep(said.obstacle_id, Description(said.authors, {"words": said.comment}, unit.now))


@handles_tombstones_of(ObstacleDescribed)
def on_description_retracted(obstacle_id: UUID, unit: Unit) -> None:
    """What was written of an obstacle is kept no longer."""
    unit.store.descriptions.drop(obstacle_id)


def _first(obstacle: ObstacleState, unit: Unit) -> People:
    """Who acts first: the service that has it in charge where mail reaches it, else the officer who owns the need."""
    return _service(obstacle, unit) or {"owner": obstacle.owner_id}


def _service(obstacle: ObstacleState, unit: Unit) -> People:
    return {"service": service_id(obstacle.service)} if obstacle.service in unit.store.services else {}


def _to_lift(obstacle: ObstacleOpened | ObstacleTaken | ObstacleEscalated | ObstacleAmended, whom: People) -> Matter:
    until = obstacle.due_at
    return _matter(obstacle, whom, due_at=until.isoformat() if until else None, is_described=obstacle.is_described)


def _matter(obstacle: ObstacleState, whom: People, **more: object) -> Matter:
    return Matter(
        obstacle.obstacle_id,
        obstacle.application_id,
        obstacle.version,
        {"lead": obstacle.lead_id, **whom},
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
