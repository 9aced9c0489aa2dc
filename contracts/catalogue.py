"""The catalogue: every topic with its key, retention, privacy, owner, readers and events. An event is one line."""

from __future__ import annotations

from functools import partial
from typing import Final

from contracts import (
    applications,
    assignments,
    clearances,
    contacts,
    contest,
    dead_letters,
    deputies,
    erasures,
    follow_ups,
    leads,
    mentors,
    needs,
    obstacles,
    pairs,
    refusals,
    rounds,
    support,
    unpublished,
    vocabularies,
)
from contracts.message import EventData, personal_fields
from contracts.topic import Topic

PROGRAMME: Final = ("intake", "matching", "mentoring", "notifications")
"""The services that run the programme: they know people, and each confirms that it has forgotten somebody."""

SERVICES: Final = (*PROGRAMME, "journal")
"""All services; the journal listens to what anybody may read, and nothing of the programme waits for it."""

_FORMS_DAYS: Final = 14  # forms are personal: long enough to replay what a service did wrong, and no longer
_CONTACTS_DAYS: Final = 7  # within so many days nothing is left of what was replaced or erased
_DEAD_LETTERS_DAYS: Final = 90  # a quarter to repair a record in
_REFUSALS_DAYS: Final = 90  # as long: who has not read by then what was refused has no form to mend any more


_form: Final = partial(Topic, privacy="restricted", producers=("forms",), retention_days=_FORMS_DAYS)


def _dead_letters(service: str) -> Topic:
    return Topic(
        name=f"{service}.dead-letters.v1",
        description=f"Which records {service} could not process, and why, without what they say",
        key="dead letter id",
        partitions=1,  # few come, and whoever repairs them reads them in order
        retention_days=_DEAD_LETTERS_DAYS,
        privacy="restricted",
        producers=(service,),
        # Not its own: what it could not keep, it could not keep once more.
        consumers=("journal",) if service in PROGRAMME else (),
        events=(dead_letters.DeadLetterRecorded,),
    )


TOPICS: Final[tuple[Topic, ...]] = (
    _form(
        name="forms.applications.v1",
        description="What associations apply for, correct and withdraw",
        key="application id",
        consumers=("intake",),
        events=(
            applications.ApplicationSubmitted,
            applications.ApplicationCorrected,
            applications.ApplicationWithdrawalRequested,
        ),
    ),
    _form(
        name="forms.needs.v1",
        description="The needs that directorates declare, revise and close",
        key="need id",
        consumers=("matching",),
        events=(needs.NeedDeclared, needs.NeedRevised, needs.NeedClosed),
    ),
    _form(
        name="forms.mentors.v1",
        description="City agents who enrol as mentors, change, leave or abstain from a file",
        key="mentor id",
        consumers=("mentoring",),
        events=(mentors.MentorEnrolled, mentors.MentorRevised, mentors.MentorWithdrawn, mentors.RecusalDeclared),
    ),
    _form(
        name="forms.decisions.v1",
        description="What officers, juries, mentors, their line managers and leads decide and answer",
        key="id of what is decided upon",
        consumers=("matching", "mentoring", "notifications"),
        events=(
            assignments.AssignmentDecided,
            assignments.AssignmentUndoRequested,
            assignments.PlacementDecided,
            assignments.OfficerRecused,
            rounds.RoundRequested,
            contest.ContestDecided,
            pairs.PairAnswered,
            pairs.PairEndRequested,
            deputies.DeputyNamed,
            clearances.MentorClearanceAnswered,
        ),
    ),
    _form(
        name="forms.reports.v1",
        description="What is reported of pairs, obstacles, support, introductions and impact, and what leads look for",
        key="pair id; assignment id for all else",
        consumers=("mentoring",),
        events=(
            leads.LeadWishesGiven,
            pairs.MeetingReported,
            pairs.PairPauseRequested,
            pairs.PairReviewed,
            obstacles.ObstacleReported,
            obstacles.ObstacleUpdated,
            support.SupportActionReported,
            support.IntroductionReported,
            support.ImpactReported,
        ),
    ),
    _form(
        name="forms.erasures.v1",
        description="Who asks to be forgotten",
        key="person id",
        consumers=PROGRAMME,
        events=(erasures.ErasureRequested,),
    ),
    Topic(
        name="applications.v1",
        description="What became of each application",
        key="application id",
        privacy="public",
        producers=("intake",),
        consumers=("matching", "notifications", "journal"),
        events=(
            applications.ApplicationRegistered,
            applications.ApplicationRejected,
            applications.CorrectionRequested,
            applications.ApplicationFlagged,
            applications.ApplicationAmended,
            applications.ApplicationWithdrawn,
            applications.ApplicationContentErased,
            applications.ApplicationFormRefused,
        ),
    ),
    Topic(
        name="needs.v1",
        description="The City's open needs as they stand",
        key="need id",
        compacted=True,
        privacy="public",
        producers=("matching",),
        consumers=("journal",),
        events=(needs.NeedPublished,),
    ),
    Topic(
        name="assignments.v1",
        description="Which applications are held against which needs",
        key="assignment id; application id or round id where there is none",
        privacy="public",
        producers=("matching",),
        consumers=("mentoring", "notifications", "journal"),
        events=(
            assignments.AssignmentProposed,
            assignments.AssignmentConfirmed,
            assignments.AssignmentDeclined,
            assignments.AssignmentReleased,
            assignments.AssignmentAmended,
            assignments.AssignmentDecisionRefused,
            assignments.AssignmentUndoRefused,
            assignments.PlacementDecisionRefused,
            needs.NeedFormRefused,
            needs.NeedFlagged,
            needs.NeedReviewDue,
            deputies.DeputyRefused,
            rounds.NominationProposed,
            rounds.NeedUnmet,
            rounds.ApplicationUnplaced,
            rounds.RoundCompleted,
            contest.ContestDecisionPublished,
            contest.ContestDecisionRefused,
        ),
    ),
    Topic(
        name="pairs.v1",
        description="Mentors and leads: offers, answers, pairs, clearances, meetings, obstacles, support, impact",
        key="pair id; assignment id for obstacles, support and where no pair exists",
        privacy="public",
        producers=("mentoring",),
        consumers=("notifications", "journal"),
        events=(
            pairs.PairOffered,
            pairs.PairAccepted,
            pairs.PairDeclined,
            pairs.PairExpired,
            pairs.PairActivated,
            pairs.PairAmended,
            pairs.PairEnded,
            pairs.MeetingHeld,
            pairs.PairIdle,
            pairs.PairPaused,
            pairs.PairReviewDue,
            pairs.PairReviewRecorded,
            pairs.PairRenewed,
            pairs.PairAnswerRefused,
            mentors.MentorFormRefused,
            mentors.MentorFlagged,
            clearances.MentorClearanceAsked,
            clearances.MentorClearanceGiven,
            clearances.MentorClearanceRefused,
            clearances.MentorClearanceDropped,
            clearances.MentorClearanceAnswerRefused,
            pairs.NoMentorFound,
            leads.LeadWishesFlagged,
            obstacles.ObstacleOpened,
            obstacles.ObstacleTaken,
            obstacles.ObstacleAmended,
            obstacles.ObstacleLifted,
            obstacles.ObstacleEscalated,
            obstacles.ObstacleAbandoned,
            obstacles.ObstacleUpdateRefused,
            obstacles.ObstacleFlagged,
            support.SupportPlanOpened,
            support.SupportActionChanged,
            support.IntroductionRecorded,
            support.SupportUpdateRefused,
            support.ImpactRecorded,
        ),
    ),
    Topic(
        name="vocabularies.v1",
        description="The codes that events name, with what people call them: one record a vocabulary",
        key="vocabulary id",
        partitions=1,  # few come, and whoever reads one reads them all
        compacted=True,
        privacy="public",
        producers=("matching",),
        consumers=("journal",),
        events=(vocabularies.VocabularyPublished,),
    ),
    Topic(
        name="follow-ups.v1",
        description="What is sent to whom, when, and why not: ids only",
        key="matter id for what is planned; follow-up id for its end",
        privacy="public",
        producers=("notifications",),
        consumers=("journal",),
        events=(
            follow_ups.FollowUpPlanned,
            follow_ups.FollowUpSent,
            follow_ups.FollowUpCancelled,
            follow_ups.FollowUpFailed,
        ),
    ),
    Topic(
        name="contacts.v1",
        description="How to reach people: the only outbound topic with personal data",
        key="contact id",
        compacted=True,
        compacted_within_days=_CONTACTS_DAYS,
        privacy="restricted",
        producers=("intake", "matching", "mentoring"),
        consumers=("notifications",),
        events=(contacts.ContactPublished,),
        earlier=(contacts.ContactPublishedFirst,),
    ),
    Topic(
        name="descriptions.v1",
        description="What people wrote of obstacles, and in applications without wanting it published, for who acts",
        key="obstacle id; application id for an application's texts",
        compacted=True,
        compacted_within_days=_CONTACTS_DAYS,
        privacy="restricted",
        producers=("intake", "mentoring"),
        consumers=("notifications",),
        events=(obstacles.ObstacleDescribed, unpublished.ApplicationDescribed),
    ),
    Topic(
        name="erasures.v1",
        description="Who was forgotten by which service, and by all: ids only",
        key="person id",
        privacy="public",
        producers=PROGRAMME,
        consumers=("intake", "journal"),
        events=(erasures.PersonForgotten, erasures.PersonErased),
    ),
    Topic(
        name="refusals.v1",
        description="Forms' records that can't be taken: where, which, and what would be right, without what they say",
        key="refusal id",
        partitions=1,  # few come
        retention_days=_REFUSALS_DAYS,
        privacy="public",
        producers=PROGRAMME,
        consumers=("journal",),
        events=(refusals.FormRefused,),
    ),
    *(_dead_letters(service) for service in SERVICES),
)

TOPIC_BY_NAME: Final = {topic.name: topic for topic in TOPICS}
EVENT_BY_TYPE: Final = {event.event_type: event for topic in TOPICS for event in topic.events}

PERSONAL_NAMES: Final = frozenset(
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
