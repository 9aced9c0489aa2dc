"""How people are reached, what they abstain from, and that they are forgotten."""

from __future__ import annotations

from uuid import UUID

from contracts.assignments import OfficerRecused
from contracts.contacts import ContactPublished
from contracts.event import Event
from contracts.follow_ups import ContactErased
from libraries.chassis.handling import handles, handles_tombstones_of
from services.notifications import lookups
from services.notifications.contacts import ContactRegister
from services.notifications.store import Unit


@handles(OfficerRecused)
def on_officer_recused(event: Event[OfficerRecused], unit: Unit) -> None:
    """Nothing about a file is sent to who abstains from it; what is planned is dropped when it falls due."""
    unit.store.keep_recusal(event.data.person_id, event.data.application_id)


@handles(ContactPublished, needs=lambda said: lookups.contact(said.person_id))
def on_contact_published(event: Event[ContactPublished], unit: Unit, contacts: ContactRegister) -> None:
    """The person is reached as they said last."""
    contacts.keep(event.data)


@handles_tombstones_of(ContactPublished)
def on_contact_erased(person_id: UUID, unit: Unit) -> None:
    """The person's name and address are forgotten, with all that was written to them; nothing more is ever sent."""
    unit.store.contacts.erase(person_id)
    unit.publish(ContactErased(person_id=person_id, occurred_at=unit.now))
