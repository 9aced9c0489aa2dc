"""The mentoring service: what it handles and where it keeps it."""

from __future__ import annotations

from datetime import UTC, datetime

from contracts.assignments import AssignmentConfirmed, AssignmentReleased
from contracts.impact import ImpactReported
from contracts.leads import LeadWishesGiven
from contracts.mentors import MentorEnrolled, MentorRevised, MentorWithdrawn, RecusalDeclared
from contracts.obstacles import ObstacleReported, ObstacleUpdated
from contracts.pairs import MeetingReported, PairAnswered, PairEndRequested, PairPauseRequested, PairReviewed
from contracts.support import IntroductionReported, SupportActionReported
from services.chassis.service import Service
from services.mentoring import handlers
from services.mentoring.due import DueDates
from services.mentoring.store import MentoringStore

SERVICE = Service(
    name="mentoring",
    handlers={
        MentorEnrolled: handlers.on_mentor_enrolled,
        MentorRevised: handlers.on_mentor_revised,
        MentorWithdrawn: handlers.on_mentor_withdrawn,
        RecusalDeclared: handlers.on_recusal_declared,
        AssignmentConfirmed: handlers.on_assignment_confirmed,
        AssignmentReleased: handlers.on_assignment_released,
        LeadWishesGiven: handlers.on_lead_wishes_given,
        PairAnswered: handlers.on_pair_answered,
        PairEndRequested: handlers.on_pair_end_requested,
        MeetingReported: handlers.on_meeting_reported,
        PairPauseRequested: handlers.on_pair_pause_requested,
        PairReviewed: handlers.on_pair_reviewed,
        ObstacleReported: handlers.on_obstacle_reported,
        ObstacleUpdated: handlers.on_obstacle_updated,
        SupportActionReported: handlers.on_support_action_reported,
        IntroductionReported: handlers.on_introduction_reported,
        ImpactReported: handlers.on_impact_reported,
    },
    store=MentoringStore,
    duties=(lambda: DueDates(lambda: datetime.now(UTC)),),
    single_writer=True,
)
