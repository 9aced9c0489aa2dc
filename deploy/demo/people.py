"""The people of the demonstration: they read their mail, then answer through their forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from contracts.assignments import AssignmentDecided
from contracts.event import Event
from contracts.follow_ups import FollowUpSent
from contracts.mentors import MentorRevised
from contracts.message import EventData
from contracts.pairs import PairAccepted, PairAnswered
from deploy.demo.cast import Cast
from deploy.demo.programme import Programme

_DECLINED_PROJECT = "Label Emmaüs"
_BUSY_MENTORS_PROJECT = "Solinum"


@dataclass
class People:
    """Officers, mentors and leads; each answers once, and two of them say no the first time."""

    cast: Cast
    programme: Programme
    _refusals: set[str] = field(default_factory=set)
    _revised: set[UUID] = field(default_factory=set)

    def react(self, event: Event[EventData], now: datetime) -> Iterator[EventData]:
        """What somebody's form sends because of an event."""
        match event.data:
            case FollowUpSent(kind="assignment-proposal", matter_id=assignment_id):
                if assignment_id not in self.programme.released:
                    yield self._decide(assignment_id, now)
            case FollowUpSent(kind="pair-offer", matter_id=pair_id):
                yield self._answer(pair_id, now)
            case PairAccepted(party="mentor", pair_id=pair_id):
                yield PairAnswered(pair_id=pair_id, party="lead", answer="accept", answered_at=now)
            case PairAccepted(party="lead", mentor_id=mentor_id):
                yield from self._authorise(mentor_id, now)

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

    def _authorise(self, mentor_id: UUID, now: datetime) -> Iterator[MentorRevised]:
        mentor = next(mentor for mentor in self.cast.mentors if mentor.mentor_id == mentor_id)
        if not mentor.line_manager_authorised and mentor_id not in self._revised:
            self._revised.add(mentor_id)
            fields = mentor.model_dump(exclude={"enrolled_at", "line_manager_authorised"})
            yield MentorRevised(**fields, line_manager_authorised=True, revised_at=now)

    def _first_time(self, project: str, title: str) -> bool:
        if title != project or project in self._refusals:
            return False
        self._refusals.add(project)
        return True
