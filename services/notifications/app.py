"""The notifications service: which events it follows, what it keeps, and that it sends what is due."""

from __future__ import annotations

from contracts.applications import (
    ApplicationAmended,
    ApplicationRegistered,
    ApplicationRejected,
    ApplicationWithdrawn,
    CorrectionRequested,
)
from contracts.assignments import (
    AssignmentConfirmed,
    AssignmentDeclined,
    AssignmentProposed,
    AssignmentReleased,
    OfficerRecused,
)
from contracts.contacts import ContactPublished
from contracts.contest import ContestDecisionPublished
from contracts.impact import ImpactRecorded
from contracts.obstacles import (
    ObstacleAbandoned,
    ObstacleEscalated,
    ObstacleLifted,
    ObstacleOpened,
    ObstacleTaken,
)
from contracts.pairs import (
    MeetingHeld,
    NoMentorFound,
    PairActivated,
    PairDeclined,
    PairEnded,
    PairExpired,
    PairIdle,
    PairOffered,
    PairRenewed,
    PairReviewDue,
)
from services.chassis.service import Service
from services.notifications import handlers
from services.notifications.door import door_from_environment
from services.notifications.purge import purge_from_environment
from services.notifications.sender import sender_from_environment
from services.notifications.store import NotificationStore

SERVICE = Service(
    name="notifications",
    handlers={
        ApplicationRegistered: handlers.on_application_registered,
        ApplicationAmended: handlers.on_application_amended,
        ApplicationRejected: handlers.on_application_rejected,
        CorrectionRequested: handlers.on_correction_requested,
        ApplicationWithdrawn: handlers.on_application_withdrawn,
        AssignmentProposed: handlers.on_assignment_proposed,
        AssignmentConfirmed: handlers.on_assignment_confirmed,
        AssignmentDeclined: handlers.on_assignment_declined,
        AssignmentReleased: handlers.on_assignment_released,
        ContestDecisionPublished: handlers.on_contest_decision_published,
        PairOffered: handlers.on_pair_offered,
        PairDeclined: handlers.on_pair_declined,
        PairExpired: handlers.on_pair_expired,
        PairIdle: handlers.on_pair_idle,
        PairReviewDue: handlers.on_pair_review_due,
        PairRenewed: handlers.on_pair_renewed,
        NoMentorFound: handlers.on_no_mentor_found,
        MeetingHeld: handlers.on_meeting_held,
        ObstacleOpened: handlers.on_obstacle_opened,
        ObstacleTaken: handlers.on_obstacle_taken,
        ObstacleEscalated: handlers.on_obstacle_escalated,
        ObstacleLifted: handlers.on_obstacle_lifted,
        ObstacleAbandoned: handlers.on_obstacle_abandoned,
        ImpactRecorded: handlers.on_impact_recorded,
        PairActivated: handlers.on_pair_activated,
        PairEnded: handlers.on_pair_ended,
        OfficerRecused: handlers.on_officer_recused,
        ContactPublished: handlers.on_contact_published,
    },
    tombstones={ContactPublished: handlers.on_contact_erased},
    store=NotificationStore,
    duties=(sender_from_environment, purge_from_environment),
    http=door_from_environment,
)
