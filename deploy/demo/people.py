"""The people of the demonstration: they read their mail, then answer through their forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from contracts.assignments import AssignmentDecided
from contracts.clearances import MentorClearanceAnswered
from contracts.event import Event
from contracts.follow_ups import FollowUpSent
from contracts.leads import LeadWishesGiven
from contracts.mentors import MentorWithdrawn
from contracts.message import EventData
from contracts.obstacles import ObstacleOpened, ObstacleReported, ObstacleTaken, ObstacleUpdated
from contracts.pairs import MeetingReported, PairAccepted, PairActivated, PairAnswered, PairDeclined
from contracts.support import IntroductionReported
from deploy.demo.cast import identifier
from deploy.demo.programme import Programme

_DECLINED_PROJECT = "Label Emmaüs"
_BUSY_MENTORS_PROJECT = "Solinum"
_LEAVING_MENTORS_PROJECT = "Weavers France"
_OBSTACLES = {"Les Petites Cantines": ("premises", 0), "Acta Vista": ("authorisation", 60)}
"""What stands in two projects' way, and how many days ago it was reported: one of them is late."""


@dataclass
class People:
    """Officers, mentors, a line manager and leads; each answers once, and two of them say no the first time."""

    programme: Programme
    _refusals: set[str] = field(default_factory=set)
    _begun: set[str] = field(default_factory=set)

    def react(self, event: Event[EventData], now: datetime) -> Iterator[EventData]:
        """What somebody's form sends because of an event."""
        match event.data:
            case FollowUpSent(kind="assignment-proposal", matter_id=assignment_id):
                if assignment_id not in self.programme.released:
                    yield self._decide(assignment_id, now)
            case FollowUpSent(kind="pair-offer", matter_id=pair_id):
                yield self._answer(pair_id, now)
            case FollowUpSent(kind="clearance-by-line-manager", matter_id=clearance_id):
                yield self._authorise(clearance_id, now)
            case PairDeclined(assignment_id=assignment_id, lead_id=lead_id):
                yield LeadWishesGiven(
                    assignment_id=assignment_id,
                    languages=("fr",),
                    slots=("tue-morning", "thu-evening"),
                    given_by=f"lead:{lead_id}",
                    given_at=now,
                )
            case PairAccepted(party="mentor", pair_id=pair_id):
                yield PairAnswered(pair_id=pair_id, party="lead", answer="accept", answered_at=now)
            case PairActivated(project_title=project) if project not in self._begun:
                self._begun.add(project)
                yield from self._begin(event.data, now)
            case ObstacleOpened(kind="premises"):
                yield self._work_on(event.data, "take", now)
            case ObstacleTaken():
                yield self._work_on(event.data, "lift", now)

    def _begin(self, pair: PairActivated, now: datetime) -> Iterator[EventData]:
        """What happens to an active pair: they meet, are introduced, something is in the way, the mentor leaves."""
        if pair.project_title == _BUSY_MENTORS_PROJECT:
            yield MeetingReported(
                pair_id=pair.pair_id,
                meeting_id=identifier(f"meeting {pair.project_title}"),
                held_on=now.date(),
                minutes=90,
                reported_by=f"mentor:{pair.mentor_id}",
                reported_at=now,
            )
            yield IntroductionReported(
                assignment_id=pair.assignment_id,
                introduction_id=identifier(f"introduction of {pair.project_title}"),
                partner_kind="incubator",
                partner_name="Incubateur fictif",
                made_on=now.date(),
                reported_by=f"mentor:{pair.mentor_id}",
                reported_at=now,
            )
        if pair.project_title == _LEAVING_MENTORS_PROJECT:
            yield MentorWithdrawn(mentor_id=pair.mentor_id, withdrawn_at=now, reason="changes-post")
        if pair.project_title in _OBSTACLES:
            kind, days_ago = _OBSTACLES[pair.project_title]
            yield ObstacleReported(
                assignment_id=pair.assignment_id,
                obstacle_id=identifier(f"obstacle {pair.project_title}"),
                kind=kind,
                reported_by=f"lead:{pair.lead_id}",
                reported_at=now - timedelta(days=days_ago),
            )

    def _work_on(self, obstacle: ObstacleOpened | ObstacleTaken, update: str, now: datetime) -> ObstacleUpdated:
        return ObstacleUpdated.model_validate(
            {
                "assignment_id": obstacle.assignment_id,
                "obstacle_id": obstacle.obstacle_id,
                "update": update,
                "updated_by": f"officer:{obstacle.owner_id}",
                "updated_at": now,
            }
        )

    def _decide(self, assignment_id: UUID, now: datetime) -> AssignmentDecided:
        proposal = self.programme.proposed[assignment_id]
        declined = self._first_time(_DECLINED_PROJECT, proposal.project_title)
        return AssignmentDecided(
            assignment_id=assignment_id,
            decision="decline" if declined else "confirm",
            decided_by=proposal.owner_id,
            decided_at=now,
            reason="covered-by-another" if declined else None,
        )

    def _answer(self, pair_id: UUID, now: datetime) -> PairAnswered:
        declined = self._first_time(_BUSY_MENTORS_PROJECT, self.programme.offered[pair_id].project_title)
        return PairAnswered(
            pair_id=pair_id,
            party="mentor",
            answer="decline" if declined else "accept",
            answered_at=now,
            reason="no-time" if declined else None,
        )

    def _authorise(self, clearance_id: UUID, now: datetime) -> MentorClearanceAnswered:
        asked = self.programme.clearances[clearance_id]
        return MentorClearanceAnswered(
            clearance_id=clearance_id,
            mentor_id=asked.mentor_id,
            answered_by=asked.asked_of,
            answer="give",
            until=asked.proposed_until,
            answered_at=now,
        )

    def _first_time(self, project: str, title: str) -> bool:
        if title != project or project in self._refusals:
            return False
        self._refusals.add(project)
        return True
