"""The people of the demonstration: they read their mail, then answer through their forms, over three years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.applications import ApplicationWithdrawalRequested, CorrectionRequested
from contracts.assignments import AssignmentDecided, AssignmentProposed
from contracts.clearances import MentorClearanceAnswered, MentorClearanceAsked
from contracts.follow_ups import FollowUpSent
from contracts.leads import LeadWishesGiven
from contracts.mentors import MentorWithdrawn
from contracts.message import EventData
from contracts.obstacles import ObstacleOpened, ObstacleReported, ObstacleTaken, ObstacleUpdated
from contracts.offers import PairAccepted, PairAnswered, PairDeclined, PairOffered
from contracts.pairs import MeetingHeld, MeetingReported, PairActivated, PairIdle, PairRenewed, PairReviewed
from contracts.support import ImpactReported, Indicator, IntroductionReported
from deploy.demo.cast import Cast, identifier
from deploy.demo.programme import Programme
from deploy.rehearsal.listening import Told
from deploy.rehearsal.playing import Planned

_DECLINED: Final = "Label Emmaüs"
"""Whose need is covered by another, says its officer."""
_BUSY_MENTOR: Final = "Solinum"
_SILENT_MENTOR: Final = "Eloquentia"
"""Whose first mentor never answers: the offer expires, and the next one is asked."""
_LEAVING_MENTOR: Final = "Weavers France"
_FORGETFUL: Final = "Acta Vista"
"""Who meet first when they are reminded."""
_LOST: Final = "ETRE"
"""Who never meet: their pair ends, and its mentor is free for another lead."""
_OBSTACLES: Final = {"Les Petites Cantines": "premises", "Banlieues Santé": "authorisation"}
"""What stands in two projects' way: the one is lifted, the other is late."""
_BETWEEN_MEETINGS: Final = timedelta(days=35)


@dataclass
class People:
    """Officers, mentors, a line manager and leads; who says no, or nothing, says it once."""

    cast: Cast
    programme: Programme
    _once: set[tuple[str, str]] = field(default_factory=set)
    _silent: UUID | None = None

    def answer(self, told: Sequence[Told], at: datetime) -> Iterator[Planned]:
        """What people's forms send because of what they hear of at a moment, and when."""
        for each in told:
            self.programme.note(each.event)
        for each in told:
            yield from self._answer(each.event.data, at)

    def _answer(self, data: EventData, at: datetime) -> Iterator[Planned]:
        match data:
            case FollowUpSent():
                yield from self._answer_mail(data, at)
            case CorrectionRequested(application_id=application_id) if application_id in self.cast.gives_up:
                later = at + timedelta(days=20)
                yield Planned(later, ApplicationWithdrawalRequested(application_id=application_id, requested_at=later))
            case PairDeclined(assignment_id=assignment_id, lead_id=lead_id):
                yield Planned(at, _wishes(assignment_id, lead_id, at))
            case PairAccepted(party="mentor", pair_id=pair_id):
                yield Planned(at, PairAnswered(pair_id=pair_id, party="lead", answer="accept", answered_at=at))
            case PairActivated(project_title=project):
                yield from self._begin(data, at)
                if project not in (_FORGETFUL, _LOST):
                    yield self._meeting(data, at + timedelta(days=7))
            case PairIdle(step="nudge", project_title=project) if project == _FORGETFUL:
                yield self._meeting(data, at + timedelta(days=3))
            case MeetingHeld():
                yield self._meeting(data, at + _BETWEEN_MEETINGS)
            case ObstacleOpened(kind="premises"):
                yield Planned(later := at + timedelta(days=2), _work_on(data, "take", later))
            case ObstacleTaken():
                yield Planned(later := at + timedelta(days=10), _work_on(data, "lift", later))

    def would_send(self, data: EventData) -> bool:
        """Whether what somebody planned to send still makes sense: no pair meets once it has ended."""
        if not isinstance(data, MeetingReported):
            return True
        return any(pair.pair_id == data.pair_id for pair in self.programme.accompanied)

    def _answer_mail(self, mail: FollowUpSent, at: datetime) -> Iterator[Planned]:
        match mail.kind:
            case "correction-request" if mail.reminder == 1 and mail.matter_id in self.cast.corrects:
                yield Planned(at, self.cast.corrected(mail.matter_id, at))
            case "assignment-proposal" if not self.programme.is_decided(mail.matter_id):
                yield Planned(at, self._decide(mail.matter_id, at), alone=True)
            case "pair-offer" if (answered := self._answer_offer(mail.matter_id, at)) is not None:
                yield Planned(at, answered)
            case "clearance-by-line-manager":
                yield Planned(at, self._authorise(mail.matter_id, at))
            case "review-to-lead" | "review-to-mentor" if not mail.reminder:
                yield Planned(at, self._review(mail, at))
            case "impact-baseline" | "impact-year-1" | "impact-year-2" | "impact-year-3" if not mail.reminder:
                yield Planned(at + timedelta(days=2), self._report(mail, at + timedelta(days=2)))

    def _begin(self, pair: PairActivated, at: datetime) -> Iterator[Planned]:
        """What happens to an active pair beside its meetings, the first time that its project has one."""
        project = pair.project_title
        if not self._first_time("begins", project):
            return
        if project == _BUSY_MENTOR:
            yield Planned(at, _introduction(pair, at))
        if project == _LEAVING_MENTOR:
            left = MentorWithdrawn(mentor_id=pair.mentor_id, withdrawn_at=at, reason="changes-post")
            yield Planned(at + timedelta(days=60), left.model_copy(update={"withdrawn_at": at + timedelta(days=60)}))
        if project in _OBSTACLES:
            yield Planned(
                later := at + timedelta(days=20),
                ObstacleReported(
                    assignment_id=pair.assignment_id,
                    obstacle_id=identifier(f"obstacle {project}"),
                    kind=_OBSTACLES[project],
                    reported_by=f"lead:{pair.lead_id}",
                    reported_at=later,
                ),
            )

    def _meeting(self, pair: PairActivated | PairIdle | MeetingHeld, at: datetime) -> Planned:
        meeting = MeetingReported(
            pair_id=pair.pair_id,
            meeting_id=identifier(f"meeting {pair.pair_id} {at:%Y-%m-%d}"),
            held_on=at.date(),
            minutes=90,
            reported_by=f"mentor:{pair.mentor_id}",
            reported_at=at,
        )
        return Planned(at, meeting)

    def _decide(self, assignment_id: UUID, at: datetime) -> AssignmentDecided:
        proposal = self.programme.last(AssignmentProposed)[assignment_id]
        declined = proposal.project_title == _DECLINED and self._first_time("declines", _DECLINED)
        return AssignmentDecided(
            assignment_id=assignment_id,
            decision="decline" if declined else "confirm",
            decided_by=proposal.owner_id,
            decided_at=at,
            reason="covered-by-another" if declined else None,
        )

    def _answer_offer(self, pair_id: UUID, at: datetime) -> PairAnswered | None:
        project = self.programme.last(PairOffered)[pair_id].project_title
        if project == _SILENT_MENTOR and self._is_first_offer(pair_id):
            return None
        declined = project == _BUSY_MENTOR and self._first_time("busy", project)
        return PairAnswered(
            pair_id=pair_id,
            party="mentor",
            answer="decline" if declined else "accept",
            answered_at=at,
            reason="no-time" if declined else None,
        )

    def _is_first_offer(self, pair_id: UUID) -> bool:
        # By the offer and not by the mail: its reminder is not answered either.
        self._silent = self._silent or pair_id
        return self._silent == pair_id

    def _authorise(self, clearance_id: UUID, at: datetime) -> MentorClearanceAnswered:
        asked = self.programme.last(MentorClearanceAsked)[clearance_id]
        return MentorClearanceAnswered(
            clearance_id=clearance_id,
            mentor_id=asked.mentor_id,
            answered_by=asked.asked_of,
            answer="give",
            until=asked.proposed_until,
            answered_at=at,
        )

    def _review(self, mail: FollowUpSent, at: datetime) -> PairReviewed:
        """They go on once, and have done what they wanted to by the second time."""
        again = mail.matter_id in self.programme.last(PairRenewed)
        return PairReviewed(
            pair_id=mail.matter_id,
            party="lead" if mail.kind == "review-to-lead" else "mentor",
            wish="finish" if again else "go-on",
            goals="reached" if again else "partly",
            reviewed_at=at,
        )

    def _report(self, mail: FollowUpSent, at: datetime) -> ImpactReported:
        year = 0 if mail.kind == "impact-baseline" else int(mail.kind[-1])
        # Made up, and the same at every performance: a project reaches more people from year to year.
        reached = (40 + mail.matter_id.int % 60) * (2 + year) // 2
        return ImpactReported(
            assignment_id=mail.matter_id,
            year=year,
            indicators=(Indicator(code="people-reached", value=reached),),
            reported_by=f"lead:{mail.recipient_id}",
            reported_at=at,
        )

    def _first_time(self, what: str, project: str) -> bool:
        if (what, project) in self._once:
            return False
        self._once.add((what, project))
        return True


def _wishes(assignment_id: UUID, lead_id: UUID, at: datetime) -> LeadWishesGiven:
    return LeadWishesGiven(
        assignment_id=assignment_id,
        languages=("fr",),
        slots=("tue-morning", "thu-evening"),
        given_by=f"lead:{lead_id}",
        given_at=at,
    )


def _introduction(pair: PairActivated, at: datetime) -> IntroductionReported:
    return IntroductionReported(
        assignment_id=pair.assignment_id,
        introduction_id=identifier(f"introduction of {pair.project_title}"),
        partner_kind="incubator",
        partner_name="Incubateur fictif",
        made_on=at.date(),
        reported_by=f"mentor:{pair.mentor_id}",
        reported_at=at,
    )


def _work_on(obstacle: ObstacleOpened | ObstacleTaken, update: str, at: datetime) -> ObstacleUpdated:
    return ObstacleUpdated.model_validate(
        {
            "assignment_id": obstacle.assignment_id,
            "obstacle_id": obstacle.obstacle_id,
            "update": update,
            "updated_by": f"officer:{obstacle.owner_id}",
            "updated_at": at,
        }
    )
