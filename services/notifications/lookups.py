"""What notifications' handlers need loaded, and get: what is planned about a matter, or how a person is reached."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias
from uuid import UUID

from contracts.applications import ApplicationState
from contracts.assignments import (
    AssignmentConfirmed,
    AssignmentDecisionRefused,
    AssignmentState,
    AssignmentUndoRefused,
    PlacementDecisionRefused,
)
from contracts.clearances import ClearanceState
from contracts.contacts import ContactPublished, contact_id_of
from contracts.message import EventData
from contracts.obstacles import ObstacleState
from contracts.pairs import PairState
from libraries.chassis.handling import Lookup, both
from libraries.links.holders import service_id
from services.notifications.contacts import ContactRegister
from services.notifications.descriptions import Descriptions
from services.notifications.kinds import KINDS
from services.notifications.people import FOUNDATION
from services.notifications.planned.about import PlannedAbout
from services.notifications.store import CONTACT, MATTER, MATTER_IN_SERIES, MATTER_IN_WORDS, PERSON, NotificationStore


def planned_about(said: EventData, matter_id: UUID, *concerned: UUID | None) -> Lookup[NotificationStore, PlannedAbout]:
    """What is planned about a matter, as far as kinds.toml has the event look at it.

    Of whom it concerns it has to be known whether they asked to be forgotten.
    """
    looked_at = _looked_at_by(type(said))
    named = [(entity, matter_id) for entity in looked_at]
    if looked_at:
        named += [(PERSON, person_id) for person_id in concerned if person_id is not None]
    return Lookup(tuple(named), lambda store: PlannedAbout(store.plans, matter_id))


def all_planned_about(matter_id: UUID, *concerned: UUID | None) -> Lookup[NotificationStore, PlannedAbout]:
    """All that was ever planned about a matter with what it says, for events that say anew who holds which role."""
    named = [(entity, matter_id) for entity in (MATTER, MATTER_IN_SERIES, MATTER_IN_WORDS)]
    named += [(PERSON, person_id) for person_id in concerned if person_id is not None]
    return Lookup(tuple(named), lambda store: PlannedAbout(store.plans, matter_id))


def application(said: ApplicationState) -> Lookup[NotificationStore, PlannedAbout]:
    """What is planned about an event's application; of a later version it may name another lead."""
    if said.version > 1:
        return all_planned_about(said.application_id, said.lead_id, FOUNDATION)
    return planned_about(said, said.application_id, said.lead_id, FOUNDATION)


def assignment(said: AssignmentState) -> Lookup[NotificationStore, PlannedAbout]:
    """What is planned about an event's assignment."""
    return planned_about(said, said.assignment_id, said.lead_id, said.decider_id or said.owner_id)


def confirmed(said: AssignmentConfirmed) -> Lookup[NotificationStore, tuple[PlannedAbout, PlannedAbout]]:
    """What is planned about a confirmed assignment, and what about its application."""
    return both(assignment(said), planned_about(said, said.application_id, FOUNDATION))


def pair(said: PairState, owner_id: UUID | None = None) -> Lookup[NotificationStore, PlannedAbout]:
    """What is planned about an event's pair."""
    return planned_about(said, said.pair_id, said.lead_id, said.mentor_person_id, owner_id)


def obstacle(said: ObstacleState) -> Lookup[NotificationStore, PlannedAbout]:
    """What is planned about an event's obstacle, and not about others of its assignment."""
    return planned_about(said, said.obstacle_id, said.lead_id, said.owner_id, service_id(said.service))


def clearance(said: ClearanceState) -> Lookup[NotificationStore, PlannedAbout]:
    """What is planned about an event's clearance."""
    return planned_about(said, said.clearance_id, said.asked_of, said.mentor_person_id)


AboutAndContacts: TypeAlias = tuple[PlannedAbout, ContactRegister]


def officer_of(actor: str) -> UUID | None:
    """The officer whom an event names as who acted; None where it was somebody else."""
    kind, _, identifier = actor.partition(":")
    try:
        return UUID(identifier) if kind == "officer" else None
    except ValueError:
        return None


def refusal(
    said: AssignmentDecisionRefused | AssignmentUndoRefused | PlacementDecisionRefused, matter_id: UUID
) -> Lookup[NotificationStore, AboutAndContacts]:
    """What is planned about what was decided upon, and whether whoever decided is known as an officer."""
    decided_by = officer_of(said.actor)
    named = () if decided_by is None else ((CONTACT, contact_id_of("owner", decided_by)),)
    known = Lookup[NotificationStore, ContactRegister](named, lambda store: store.contacts)
    return both(planned_about(said, matter_id, decided_by), known)


def description(*authors: UUID) -> Lookup[NotificationStore, Descriptions]:
    """What was written; of who may have written it has to be known whether they asked to be forgotten."""
    return Lookup(tuple((PERSON, person_id) for person_id in authors), lambda store: store.descriptions)


def contact(said: ContactPublished) -> Lookup[NotificationStore, ContactRegister]:
    """The register of contacts, with what it knows of a person in a role."""
    return Lookup(((CONTACT, said.contact_id), (PERSON, said.person_id)), lambda store: store.contacts)


@cache  # asked twice an event
def _looked_at_by(event: type[EventData]) -> tuple[str, ...]:
    """What has to be read of an event's matter: series only where it may begin one, or settle a part of one."""
    settled = KINDS.settled_by[event]
    if KINDS.series_by[event] or not KINDS.in_series.isdisjoint(settled):
        return (MATTER, MATTER_IN_SERIES)
    return (MATTER,) if KINDS.planned_by[event] or settled else ()
