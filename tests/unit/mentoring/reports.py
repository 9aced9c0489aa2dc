"""What pairs report, made short, and a desk that also does what falls due."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts.obstacles import ObstacleReported, ObstacleUpdated
from contracts.pairs import MeetingReported, PairPauseRequested, PairReviewed
from tests.unit.mentoring.desk import Desk
from tests.unit.mentoring.examples import NOW, answered, assignment_id, numbered


def obstacle_id(number: int) -> UUID:
    return numbered(10, number)


def met(pair: UUID, on: date, number: int = 1, **changes: Any) -> MeetingReported:
    fields = {"minutes": 90, "reported_by": "mentor:m", "reported_at": NOW, **changes}
    return MeetingReported(pair_id=pair, meeting_id=numbered(11, number), held_on=on, **fields)


def reviewed(pair: UUID, party: str, wish: str, goals: str | None = None) -> PairReviewed:
    fields = {"pair_id": pair, "party": party, "wish": wish, "goals": goals, "reviewed_at": NOW}
    return PairReviewed.model_validate(fields)


def rested(pair: UUID, until: date) -> PairPauseRequested:
    return PairPauseRequested(pair_id=pair, until=until, reason="leave", requested_by="lead:l", requested_at=NOW)


def reported(number: int = 1, assignment: int = 1, **changes: Any) -> ObstacleReported:
    fields = {"kind": "premises", "reported_by": "lead:l", "reported_at": NOW, **changes}
    return ObstacleReported(assignment_id=assignment_id(assignment), obstacle_id=obstacle_id(number), **fields)


def updated(update: str, number: int = 1, assignment: int = 1, **changes: Any) -> ObstacleUpdated:
    fields = {
        "assignment_id": assignment_id(assignment),
        "obstacle_id": obstacle_id(number),
        "update": update,
        "updated_by": "officer:o",
        "updated_at": NOW,
        **changes,
    }
    return ObstacleUpdated.model_validate(fields)


class Programme(Desk):
    """A desk whose clock also does what falls due."""

    def active_pair(self) -> UUID:
        """The first mentor and the first lead, active since now."""
        pair = self.offer()
        self.take(answered(pair, "mentor", "accept"), answered(pair, "lead", "accept"))
        return pair

    def pass_to(self, now: datetime) -> list[tuple[str, dict[str, Any]]]:
        """Looks once at what is due by then; returns what that published."""
        self.now = now
        return self.look()
