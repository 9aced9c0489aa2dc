"""The catalogue: every topic with its key, partitions, retention, privacy, owner, readers and events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contracts.applications import (
    ApplicationAmended,
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
)
from contracts.contacts import ContactPublished
from contracts.dead_letters import DeadLetterRecorded
from contracts.follow_ups import FollowUpCancelled, FollowUpFailed, FollowUpScheduled, FollowUpSent
from contracts.mentors import MentorEnrolled, MentorRevised, MentorWithdrawn, RecusalDeclared
from contracts.message import EventData
from contracts.needs import NeedClosed, NeedDeclared, NeedPublished, NeedRevised
from contracts.pairs import (
    NoMentorFound,
    PairAccepted,
    PairActivated,
    PairAnswered,
    PairAnswerRefused,
    PairDeclined,
    PairEnded,
    PairEndRequested,
    PairOffered,
)

SERVICES = ("intake", "matching", "mentoring", "notifications")

Privacy = Literal["public", "restricted"]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: what it carries, how it is kept, and who may write and read it.

    `retention_days` is None where records are kept for ever. A compacted topic keeps the newest record of
    each key, and a tombstone (a record without a value) says that the key's thing is gone.
    """

    name: str
    key: str
    partitions: int
    retention_days: int | None
    compacted: bool
    privacy: Privacy
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    events: tuple[type[EventData], ...]

    @property
    def accepts_structured_mode(self) -> bool:
        """Forms may send CloudEvents in structured mode too; services never do."""
        return self.name.startswith("forms.")


def _form(name: str, key: str, consumers: tuple[str, ...], *events: type[EventData]) -> Topic:
    return Topic(name, key, 4, 30, False, "restricted", ("forms",), consumers, events)


def _dead_letters(service: str) -> Topic:
    name = f"{service}.dead-letters.v1"
    return Topic(name, "dead letter id", 1, 90, False, "restricted", (service,), (), (DeadLetterRecorded,))


TOPICS: tuple[Topic, ...] = (
    _form(
        "forms.applications.v1",
        "application id",
        ("intake",),
        ApplicationSubmitted,
        ApplicationCorrected,
        ApplicationWithdrawalRequested,
    ),
    _form("forms.needs.v1", "need id", ("matching",), NeedDeclared, NeedRevised, NeedClosed),
    _form(
        "forms.mentors.v1",
        "mentor id",
        ("mentoring",),
        MentorEnrolled,
        MentorRevised,
        MentorWithdrawn,
        RecusalDeclared,
    ),
    _form(
        "forms.decisions.v1",
        "id of what is decided upon",
        ("matching", "mentoring"),
        AssignmentDecided,
        PairAnswered,
        PairEndRequested,
    ),
    Topic(
        name="applications.v1",
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
        ),
    ),
    Topic("needs.v1", "need id", 4, None, True, "public", ("matching",), (), (NeedPublished,)),
    Topic(
        name="assignments.v1",
        key="assignment id",
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
        ),
    ),
    Topic(
        name="pairs.v1",
        key="pair id; assignment id where no pair exists",
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
            PairActivated,
            PairEnded,
            PairAnswerRefused,
            NoMentorFound,
        ),
    ),
    Topic(
        name="follow-ups.v1",
        key="follow-up id",
        partitions=4,
        retention_days=None,
        compacted=False,
        privacy="public",
        producers=("notifications",),
        consumers=(),
        events=(FollowUpScheduled, FollowUpSent, FollowUpCancelled, FollowUpFailed),
    ),
    Topic(
        name="contacts.v1",
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
