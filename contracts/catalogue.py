"""The catalogue: every topic with its key, retention, privacy, owner and readers. What it carries, events say."""

from __future__ import annotations

from dataclasses import replace
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
    offers,
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

_MODULES: Final = (
    applications, assignments, needs, rounds, contest, pairs, offers, deputies, mentors, clearances, leads, obstacles,
    support, vocabularies, follow_ups, contacts, unpublished, erasures, refusals,
)  # fmt: skip
"""Where the classes of events are; a topic carries its own in this order."""

_EVENTS: Final[tuple[type[EventData], ...]] = tuple(
    each
    for module in _MODULES
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, EventData)
    # Neither what the module has imported, nor what several events have in common.
    if each.__module__ == module.__name__ and "event_type" in vars(each)
)


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


_TOPICS: Final[tuple[Topic, ...]] = (
    _form(
        name="forms.applications.v1",
        description="What associations apply for, correct and withdraw",
        key="application id",
        consumers=("intake",),
    ),
    _form(
        name="forms.needs.v1",
        description="The needs that directorates declare, revise and close",
        key="need id",
        consumers=("matching",),
    ),
    _form(
        name="forms.mentors.v1",
        description="City agents who enrol as mentors, change, leave or abstain from a file",
        key="mentor id",
        consumers=("mentoring",),
    ),
    _form(
        name="forms.decisions.v1",
        description="What officers, juries, mentors, their line managers and leads decide and answer",
        key="id of what is decided upon",
        consumers=("matching", "mentoring", "notifications"),
    ),
    _form(
        name="forms.reports.v1",
        description="What is reported of pairs, obstacles, support, introductions and impact, and what leads look for",
        key="pair id; assignment id for all else",
        consumers=("mentoring",),
    ),
    _form(
        name="forms.erasures.v1",
        description="Who asks to be forgotten",
        key="person id",
        consumers=PROGRAMME,
    ),
    Topic(
        name="applications.v1",
        description="What became of each application",
        key="application id",
        privacy="public",
        producers=("intake",),
        consumers=("matching", "notifications", "journal"),
    ),
    Topic(
        name="needs.v1",
        description="The City's open needs as they stand",
        key="need id",
        compacted=True,
        privacy="public",
        producers=("matching",),
        consumers=("journal",),
    ),
    Topic(
        name="assignments.v1",
        description="Which applications are held against which needs",
        key="assignment id; application id or round id where there is none",
        privacy="public",
        producers=("matching",),
        consumers=("mentoring", "notifications", "journal"),
    ),
    Topic(
        name="pairs.v1",
        description="Mentors and leads: offers, answers, pairs, clearances, meetings, obstacles, support, impact",
        key="pair id; assignment id for obstacles, support and where no pair exists",
        privacy="public",
        producers=("mentoring",),
        consumers=("notifications", "journal"),
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
    ),
    Topic(
        name="follow-ups.v1",
        description="What is sent to whom, when, and why not: ids only",
        key="matter id for what is planned; follow-up id for its end",
        privacy="public",
        producers=("notifications",),
        consumers=("journal",),
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
    ),
    Topic(
        name="erasures.v1",
        description="Who was forgotten by which service, and by all: ids only",
        key="person id",
        privacy="public",
        producers=PROGRAMME,
        consumers=("intake", "journal"),
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
    ),
    *(_dead_letters(service) for service in SERVICES),
)


def _carrying(topic: Topic) -> Topic:
    """The topic with the events that name it."""
    named = (event for event in _EVENTS if getattr(event, "topic_name", None) == topic.name)
    return replace(topic, events=(*topic.events, *(event for event in named if event not in topic.earlier)))


def _check_all_are_carried(topics: tuple[Topic, ...]) -> None:
    carried = {event for topic in topics for event in (*topic.events, *topic.earlier)}
    if stray := [event.__name__ for event in _EVENTS if event not in carried]:
        raise LookupError(f"{', '.join(stray)}: `topic_name` has to name a topic of the catalogue")


TOPICS: Final = tuple(map(_carrying, _TOPICS))
_check_all_are_carried(TOPICS)

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
