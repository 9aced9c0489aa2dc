"""What intake does when a person asks to be forgotten, and when a service says that it has forgotten them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.contacts import ContactPublished, contact_id_of
from contracts.erasures import ErasureRequested, PersonForgotten
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.handling import handles
from services.intake import announcements
from services.intake.applications import Application
from services.intake.lookups import person
from services.intake.store import Unit


@handles(ErasureRequested, needs=lambda said: person(said.person_id))
def on_erasure_requested(event: Event[ErasureRequested], unit: Unit, person_id: UUID) -> None:
    """What a person's forms said is forgotten, and everybody is told that there is no way to reach them any more."""
    found = unit.store.erase(person_id, event.time)
    lead = unit.store.leads[person_id]
    reached_since = lead.reached_at is not None and lead.reached_at > event.time
    if lead.reached_at is not None and not reached_since:
        found.count("contact")
        unit.store.leads.keep(lead._replace(reached_at=None))
    said = PersonForgotten(
        person_id=person_id, service="intake", removed=found.removed(), requested_at=event.data.requested_at
    )
    # Where we know of no contact too: one may have been published before intake was built anew. It comes first, and all
    # else has names, since how much follows hangs on what was read before.
    if not reached_since:
        unit.retract(ContactPublished, contact_id_of("lead", person_id))
    if first := unit.store.confirmations.add(said):
        unit.publish_named(said, f"person {person_id} forgotten, asked at {said.requested_at}", unit.now)
    for application_id in sorted(found.told):
        name = f"what application {application_id} said of {person_id} erased at {unit.now}"
        unit.publish_named(announcements.content_erased(application_id, person_id, unit.now), name, unit.now)
    if event.data.applications == "withdraw":
        _withdraw_all(event, unit)
    if first:
        _say_once_all_have(said, unit)


@handles(PersonForgotten, needs=lambda said: person(said.person_id))
def on_person_forgotten(event: Event[PersonForgotten], unit: Unit, _: UUID) -> None:
    """Once all services have forgotten a person, that is said."""
    if unit.store.confirmations.add(event.data):
        _say_once_all_have(event.data, unit)


def withdraw(event: Event[EventData], application: Application, until: datetime, unit: Unit) -> None:
    """Withdraws an application because its lead asked for it until then, whichever of form and request is read last."""
    withdrawn = application.withdrawn(at=until)
    unit.store.keep(withdrawn)
    unit.store.record(withdrawn, event, payload=b"", answers="[]")
    name = f"application {application.id} withdrawn by an erasure at {until}"
    unit.publish_named(announcements.withdrawn(withdrawn, before=application.state), name, until)


def _withdraw_all(event: Event[ErasureRequested], unit: Unit) -> None:
    store, person_id = unit.store, event.data.person_id
    lead = store.leads[person_id]
    # Kept for forms that were sent before and are read later.
    until = max(event.time, lead.withdrawn_until or event.time)
    store.leads.keep(lead._replace(withdrawn_until=until))
    for application in store.led_by(person_id, event.time):
        withdraw(event, application, until, unit)


def _say_once_all_have(said: PersonForgotten, unit: Unit) -> None:
    if (erased := unit.store.confirmations.all_have(said.person_id, said.requested_at)) is not None:
        name = f"person {said.person_id} erased, asked at {said.requested_at}"
        unit.publish_named(erased, name, said.requested_at)
