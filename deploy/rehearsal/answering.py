"""People who answer every mail that asks them something, and agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from contracts.assignments import AssignmentDecided, AssignmentProposed
from contracts.clearances import MentorClearanceAnswered, MentorClearanceAsked
from contracts.follow_ups import FollowUpSent
from contracts.message import EventData
from contracts.offers import PairAnswered
from contracts.pairs import PairReviewed
from deploy.rehearsal.listening import Told
from deploy.rehearsal.playing import Planned


class Agreeing:
    """Owners confirm, mentors and leads accept and go on, line managers authorise: each at the first mail that asks."""

    def __init__(self) -> None:
        self._proposed: dict[UUID, AssignmentProposed] = {}
        self._asked: dict[UUID, MentorClearanceAsked] = {}

    def answer(self, told: Sequence[Told], at: datetime) -> Iterator[Planned]:
        """What their forms send at a moment."""
        for each in told:
            if isinstance(each.event.data, AssignmentProposed):
                self._proposed[each.event.data.assignment_id] = each.event.data
            elif isinstance(each.event.data, MentorClearanceAsked):
                self._asked[each.event.data.clearance_id] = each.event.data
        for each in told:
            mail = each.event.data
            if isinstance(mail, FollowUpSent) and not mail.reminder and (data := self._to(mail, at)) is not None:
                yield Planned(at, data, alone=isinstance(data, AssignmentDecided))

    def _to(self, mail: FollowUpSent, at: datetime) -> EventData | None:
        matter = mail.matter_id
        match mail.kind:
            case "assignment-proposal":
                owner = self._proposed[matter].owner_id
                return AssignmentDecided(assignment_id=matter, decision="confirm", decided_by=owner, decided_at=at)
            case "pair-offer":
                return PairAnswered(pair_id=matter, party="mentor", answer="accept", answered_at=at)
            case "pair-offer-to-lead":
                return PairAnswered(pair_id=matter, party="lead", answer="accept", answered_at=at)
            case "review-to-lead":
                return PairReviewed(pair_id=matter, party="lead", wish="go-on", reviewed_at=at)
            case "review-to-mentor":
                return PairReviewed(pair_id=matter, party="mentor", wish="go-on", reviewed_at=at)
            case "clearance-by-line-manager":
                asked = self._asked[matter]
                return MentorClearanceAnswered(
                    clearance_id=matter,
                    mentor_id=asked.mentor_id,
                    answered_by=asked.asked_of,
                    answer="give",
                    until=asked.proposed_until,
                    answered_at=at,
                )
        return None
