"""An obstacle (frein): its owner, its time, and what each state allows. Open ones always have an owner."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

from contracts.states import ObstacleState
from services.mentoring.states.not_allowed import NotAllowed

ClosedState: TypeAlias = Literal["lifted", "abandoned"]

CLOSED: Final[frozenset[ObstacleState]] = frozenset({"lifted", "abandoned"})


@dataclass(frozen=True, slots=True)
class Obstacle:
    """An obstacle; `version` grows by one with every change.

    `service` owns it. At `due_at` it should be lifted, or the next level is told; None once it is closed, or
    every level was told. `level` counts the levels that were told. `authors` are the persons who may have written what
    it is; none where nobody did, or it is forgotten.
    """

    obstacle_id: UUID
    assignment_id: UUID
    kind: str
    service: str
    opened_at: datetime
    due_at: datetime | None
    state: ObstacleState = "opened"
    level: int = 0
    reason: str | None = None
    version: int = 1
    authors: tuple[UUID, ...] = ()

    @property
    def is_described(self) -> bool:
        """Whether somebody wrote what it is."""
        return bool(self.authors)

    @property
    def open(self) -> bool:
        """Whether it still stands in the way."""
        return self.state not in CLOSED


def take(obstacle: Obstacle, *, service: str | None, due_at: datetime) -> Obstacle | NotAllowed:
    """The obstacle as a service works on it, with its time anew; the very same where that service does already."""
    if not obstacle.open:
        return NotAllowed(f"obstacle-{obstacle.state}")
    owner = service or obstacle.service
    if obstacle.state == "taken" and owner == obstacle.service:
        return obstacle
    # `level` stays: who was told of it need not be told again.
    return replace(obstacle, state="taken", service=owner, due_at=due_at, version=obstacle.version + 1)


def amend(obstacle: Obstacle) -> Obstacle:
    """The open obstacle of which something else is said now."""
    return replace(obstacle, version=obstacle.version + 1)


def close(obstacle: Obstacle, state: ClosedState, *, reason: str | None) -> Obstacle | NotAllowed:
    """The obstacle lifted, or abandoned for a reason; the very same where it is that already."""
    if obstacle.state == state:
        return obstacle
    if not obstacle.open:
        return NotAllowed(f"obstacle-{obstacle.state}")
    if state == "abandoned" and reason is None:
        return NotAllowed("abandoned-without-reason")
    return replace(obstacle, state=state, reason=reason, due_at=None, authors=(), version=obstacle.version + 1)


def undescribed(obstacle: Obstacle) -> Obstacle:
    """The obstacle of which nothing is kept in anybody's words; nothing else of it changes, so its version stays."""
    return replace(obstacle, authors=())


def escalate(obstacle: Obstacle, *, at: datetime, next_due_at: datetime | None) -> Obstacle:
    """The obstacle as the next level is told of it, where its time is over; else the very same obstacle."""
    if obstacle.due_at is None or obstacle.due_at > at:
        return obstacle
    changed = replace(obstacle, state="escalated", due_at=next_due_at, level=obstacle.level + 1)
    return replace(changed, version=obstacle.version + 1)
