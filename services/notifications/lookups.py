"""What notifications' handlers need loaded, and get: what is planned about a matter, or how a person is reached."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from contracts.applications import ApplicationState
from contracts.assignments import AssignmentState
from contracts.message import EventData
from contracts.obstacles import ObstacleState
from contracts.pairs import PairState
from libraries.chassis.handling import Lookup
from services.notifications.contacts import ContactRegister
from services.notifications.kinds import KINDS
from services.notifications.planned.plans import PlannedAbout
from services.notifications.store import CONTACT, MATTER, MATTER_IN_SERIES, NotificationStore


def planned_about(said: EventData, matter_id: UUID) -> Lookup[NotificationStore, PlannedAbout]:
    """What is planned about a matter, as far as kinds.toml has the event look at it."""
    named = tuple([(entity, matter_id) for entity in _looked_at_by(type(said))])
    return Lookup(named, lambda store: store.plans.about(matter_id))


def application(said: ApplicationState) -> Lookup[NotificationStore, PlannedAbout]:
    """What is planned about an event's application."""
    return planned_about(said, said.application_id)


def assignment(said: AssignmentState) -> Lookup[NotificationStore, PlannedAbout]:
    """What is planned about an event's assignment."""
    return planned_about(said, said.assignment_id)


def pair(said: PairState) -> Lookup[NotificationStore, PlannedAbout]:
    """What is planned about an event's pair."""
    return planned_about(said, said.pair_id)


def obstacle(said: ObstacleState) -> Lookup[NotificationStore, PlannedAbout]:
    """What is planned about an event's obstacle, and not about others of its assignment."""
    return planned_about(said, said.obstacle_id)


def contact(person_id: UUID) -> Lookup[NotificationStore, ContactRegister]:
    """The register of contacts, with what it knows of a person."""
    return Lookup(((CONTACT, person_id),), lambda store: store.contacts)


@cache  # asked twice an event
def _looked_at_by(event: type[EventData]) -> tuple[str, ...]:
    """What has to be read of an event's matter: series only where it may begin one, or settle a part of one."""
    settled = KINDS.settled_by[event]
    if KINDS.series_by[event] or not KINDS.in_series.isdisjoint(settled):
        return (MATTER, MATTER_IN_SERIES)
    return (MATTER,) if KINDS.planned_by[event] or settled else ()
