"""How people are reached, what they abstain from, and that they are forgotten."""

from __future__ import annotations

from uuid import UUID

from contracts.assignments import OfficerRecused
from contracts.contacts import ContactPublished
from contracts.erasures import ErasureRequested, PersonForgotten
from contracts.event import Event
from libraries.chassis.handling import handles, handles_tombstones_of
from services.notifications import lookups
from services.notifications.contacts import ContactRegister
from services.notifications.kinds import KINDS
from services.notifications.planned.about import PlannedAbout
from services.notifications.planned.planner import Matter
from services.notifications.planned.reacting import react, settle_kinds
from services.notifications.store import Unit


@handles(OfficerRecused)
def on_officer_recused(event: Event[OfficerRecused], unit: Unit) -> None:
    """Nothing about a file is sent to who abstains from it; what is planned is dropped when it falls due."""
    unit.store.keep_recusal(event.data.person_id, event.data.application_id)


@handles(ContactPublished, needs=lookups.contact)
def on_contact_published(event: Event[ContactPublished], unit: Unit, contacts: ContactRegister) -> None:
    """The person is reached as was said last; where that is elsewhere, they are asked there where they were."""
    said = event.data
    if unit.store.forgotten.covers(said.person_id, unit.now):
        return
    ended, begun = contacts.keep(said, unit.now, unit.new_id)
    if ended is not None:
        settle_kinds(event, unit, PlannedAbout(unit.store.plans, ended), KINDS.settled_by[ContactPublished])
    if begun is not None:
        # It belongs to no application: it stands for itself.
        unit.store.plans.begin(begun)
        about = PlannedAbout(unit.store.plans, begun)
        react(event, unit, about, Matter(begun, begun, 1, {said.role: said.person_id}, {}))


@handles_tombstones_of(ContactPublished)
def on_contact_retracted(contact_id: UUID, unit: Unit) -> None:
    """How a person is reached in a role is forgotten, with all that was written to them in it."""
    unit.store.contacts.retract(contact_id, unit.now)


@handles(ErasureRequested)
def on_erasure_requested(event: Event[ErasureRequested], unit: Unit) -> None:
    """The person is forgotten in every role, with all that was written to them or of them, and that is said."""
    person_id = event.data.person_id
    unit.publish(
        PersonForgotten(
            person_id=person_id,
            service="notifications",
            removed=unit.store.forget(person_id, unit.now),
            requested_at=event.data.requested_at,
        )
    )
