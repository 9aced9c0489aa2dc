"""The catalogue: every topic with its key, partitions, retention, privacy, owner, readers and events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from contracts.applications import (
    ApplicationAmended,
    ApplicationContentErased,
    ApplicationCorrected,
    ApplicationFlagged,
    ApplicationRegistered,
    ApplicationRejected,
    ApplicationSubmitted,
    ApplicationWithdrawalRequested,
    ApplicationWithdrawn,
    CorrectionRequested,
)
from contracts.assignments import (
    AssignmentConfirmed,
    AssignmentDecided,
    AssignmentDecisionRefused,
    AssignmentDeclined,
    AssignmentProposed,
    AssignmentReleased,
    OfficerRecused,
    PlacementDecided,
    PlacementDecisionRefused,
)
from contracts.contacts import ContactPublished
from contracts.contest import ContestDecided, ContestDecisionPublished, ContestDecisionRefused
from contracts.dead_letters import DeadLetterRecorded
from contracts.erasures import ErasureRequested
from contracts.follow_ups import ContactErased, FollowUpCancelled, FollowUpFailed, FollowUpPlanned, FollowUpSent
from contracts.impact import ImpactRecorded, ImpactReported
from contracts.leads import LeadWishesGiven
from contracts.mentors import MentorEnrolled, MentorRevised, MentorWithdrawn, RecusalDeclared
from contracts.message import EventData, personal_fields
from contracts.needs import NeedClosed, NeedDeclared, NeedPublished, NeedRevised
from contracts.obstacles import (
    ObstacleAbandoned,
    ObstacleEscalated,
    ObstacleLifted,
    ObstacleOpened,
    ObstacleReported,
    ObstacleTaken,
    ObstacleUpdated,
    ObstacleUpdateRefused,
)
from contracts.pairs import (
    MeetingHeld,
    MeetingReported,
    NoMentorFound,
    PairAccepted,
    PairActivated,
    PairAnswered,
    PairAnswerRefused,
    PairDeclined,
    PairEnded,
    PairEndRequested,
    PairExpired,
    PairIdle,
    PairOffered,
    PairPaused,
    PairPauseRequested,
    PairRenewed,
    PairReviewDue,
    PairReviewed,
    PairReviewRecorded,
)
from contracts.rounds import NeedUnmet, NominationProposed, RoundCompleted, RoundRequested
from contracts.support import (
    IntroductionRecorded,
    IntroductionReported,
    SupportActionChanged,
    SupportActionReported,
    SupportPlanOpened,
    SupportUpdateRefused,
)

SERVICES = ("intake", "matching", "mentoring", "notifications")

Privacy = Literal["public", "restricted"]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: what it carries, how it is kept, and who may write and read it.

    `retention_days` is None where records are kept for ever. A compacted topic keeps the newest record of
    each key, and a tombstone (a record without a value) says that the key's thing is gone. `earlier` holds
    versions of events that are read, brought up to the newest, and never written any more. `is_form`: forms
    write it, in structured mode too where they like; `event_by_type` has its events by their `ce_type` in UTF-8.
    """

    name: str
    description: str
    key: str
    partitions: int
    retention_days: int | None
    compacted: bool
    privacy: Privacy
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    events: tuple[type[EventData], ...]
    earlier: tuple[type[EventData], ...] = ()
    is_form: bool = field(init=False, repr=False, compare=False)
    event_by_type: dict[bytes, type[EventData]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raises ValueError where a public topic would carry a personal field, or a key would be one."""
        # Kept, since every record that is read asks for both.
        object.__setattr__(self, "is_form", "forms" in self.producers)
        by_type = {event.event_type.encode(): event for event in (*self.events, *self.earlier)}
        object.__setattr__(self, "event_by_type", by_type)
        for event in (*self.events, *self.earlier):
            personal = sorted(personal_fields(event))
            if personal and self.privacy == "public":
                raise ValueError(f"{self.name} is public, and {event.__name__} has personal fields: {personal}")
            if event.key_field in personal or event.model_fields[event.key_field].annotation is not UUID:
                raise ValueError(f"{event.__name__}.{event.key_field} is a key of {self.name}: it must be an id")


def _form(name: str, description: str, key: str, consumers: tuple[str, ...], *events: type[EventData]) -> Topic:
    return Topic(name, description, key, 4, 30, False, "restricted", ("forms",), consumers, events)


def _dead_letters(service: str) -> Topic:
    name = f"{service}.dead-letters.v1"
    description = f"Records that {service} could not process, kept whole for their repair"
    return Topic(name, description, "dead letter id", 1, 90, False, "restricted", (service,), (), (DeadLetterRecorded,))


TOPICS: tuple[Topic, ...] = (
    _form(
        "forms.applications.v1",
        "What associations apply for, correct and withdraw",
        "application id",
        ("intake",),
        ApplicationSubmitted,
        ApplicationCorrected,
        ApplicationWithdrawalRequested,
    ),
    _form(
        "forms.needs.v1",
        "The needs that directorates declare, revise and close",
        "need id",
        ("matching",),
        NeedDeclared,
        NeedRevised,
        NeedClosed,
    ),
    _form(
        "forms.mentors.v1",
        "City agents who enrol as mentors, change, leave or abstain from a file",
        "mentor id",
        ("mentoring",),
        MentorEnrolled,
        MentorRevised,
        MentorWithdrawn,
        RecusalDeclared,
    ),
    _form(
        "forms.decisions.v1",
        "What officers, juries, mentors and leads decide and answer",
        "id of what is decided upon",
        ("matching", "mentoring", "notifications"),
        AssignmentDecided,
        PlacementDecided,
        OfficerRecused,
        RoundRequested,
        ContestDecided,
        PairAnswered,
        PairEndRequested,
    ),
    _form(
        "forms.reports.v1",
        "What is reported of pairs, obstacles, support, introductions and impact, and what leads look for",
        "pair id; assignment id for all else",
        ("mentoring",),
        LeadWishesGiven,
        MeetingReported,
        PairPauseRequested,
        PairReviewed,
        ObstacleReported,
        ObstacleUpdated,
        SupportActionReported,
        IntroductionReported,
        ImpactReported,
    ),
    _form("forms.erasures.v1", "Who asks to be forgotten", "person id", ("intake",), ErasureRequested),
    Topic(
        name="applications.v1",
        description="What became of each application",
        key="application id",
        partitions=4,
        retention_days=None,
        compacted=False,
        privacy="public",
        producers=("intake",),
        consumers=("matching", "notifications"),
        events=(
            ApplicationRegistered,
            ApplicationRejected,
            CorrectionRequested,
            ApplicationFlagged,
            ApplicationAmended,
            ApplicationWithdrawn,
            ApplicationContentErased,
        ),
    ),
    Topic(
        "needs.v1",
        "The City's open needs as they stand",
        "need id",
        4,
        None,
        True,
        "public",
        ("matching",),
        (),
        (NeedPublished,),
    ),
    Topic(
        name="assignments.v1",
        description="Which applications are held against which needs",
        key="assignment id; application id or round id where there is none",
        partitions=4,
        retention_days=None,
        compacted=False,
        privacy="public",
        producers=("matching",),
        consumers=("mentoring", "notifications"),
        events=(
            AssignmentProposed,
            AssignmentConfirmed,
            AssignmentDeclined,
            AssignmentReleased,
            AssignmentDecisionRefused,
            PlacementDecisionRefused,
            NominationProposed,
            NeedUnmet,
            RoundCompleted,
            ContestDecisionPublished,
            ContestDecisionRefused,
        ),
    ),
    Topic(
        name="pairs.v1",
        description="Mentors and leads: offers, answers, pairs, meetings, obstacles, support, impact",
        key="pair id; assignment id for obstacles, support and where no pair exists",
        partitions=4,
        retention_days=None,
        compacted=False,
        privacy="public",
        producers=("mentoring",),
        consumers=("notifications",),
        events=(
            PairOffered,
            PairAccepted,
            PairDeclined,
            PairExpired,
            PairActivated,
            PairEnded,
            MeetingHeld,
            PairIdle,
            PairPaused,
            PairReviewDue,
            PairReviewRecorded,
            PairRenewed,
            PairAnswerRefused,
            NoMentorFound,
            ObstacleOpened,
            ObstacleTaken,
            ObstacleLifted,
            ObstacleEscalated,
            ObstacleAbandoned,
            ObstacleUpdateRefused,
            SupportPlanOpened,
            SupportActionChanged,
            IntroductionRecorded,
            SupportUpdateRefused,
            ImpactRecorded,
        ),
    ),
    Topic(
        name="follow-ups.v1",
        description="What is sent to whom, when, and why not, and who was forgotten: ids only",
        key="matter id for what is planned; follow-up id for its end; person id for an erasure",
        partitions=4,
        retention_days=None,
        compacted=False,
        privacy="public",
        producers=("notifications",),
        consumers=(),
        events=(FollowUpPlanned, FollowUpSent, FollowUpCancelled, FollowUpFailed, ContactErased),
    ),
    Topic(
        name="contacts.v1",
        description="How to reach people: the only outbound topic with personal data",
        key="person id",
        partitions=4,
        retention_days=None,
        compacted=True,
        privacy="restricted",
        producers=("intake", "matching", "mentoring"),
        consumers=("notifications",),
        events=(ContactPublished,),
    ),
    *(_dead_letters(service) for service in SERVICES),
)

TOPIC_BY_NAME = {topic.name: topic for topic in TOPICS}
EVENT_BY_TYPE = {event.event_type: event for topic in TOPICS for event in topic.events}

PERSONAL_NAMES = frozenset(
    path.rpartition(".")[2]
    for topic in TOPICS
    for event in (*topic.events, *topic.earlier)
    for path in personal_fields(event)
)
"""The names of all personal fields: what goes by one of them is never logged."""


def topics_read_by(service: str) -> tuple[Topic, ...]:
    """The topics that a service subscribes to, in the catalogue's order."""
    return tuple(topic for topic in TOPICS if service in topic.consumers)


def topic_of(event: type[EventData], service: str) -> Topic:
    """The topic on which `service` (or `forms`) publishes an event.

    Raises LookupError where the catalogue does not list the service as its producer.
    """
    for topic in TOPICS:
        if event in topic.events and service in topic.producers:
            return topic
    raise LookupError(f"{service} publishes no {event.event_type}: the catalogue lists no such topic")
