"""What intake does when a person asks to be forgotten, and when a service says that it has forgotten them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.contacts import ContactPublished, contact_id_of
from contracts.erasures import ErasureRequested, PersonForgotten
from contracts.event import Event
from contracts.unpublished import ApplicationDescribed
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
    # All of it is known by what it says, which hangs on what was read before. A contact that we do not know of is ended
    # too: one may have been published before intake was built anew.
    if not reached_since:
        ends = f"the contact of {lead.reached_at}"
        unit.retract_as_said(ContactPublished, contact_id_of("lead", person_id), ends, unit.now)
    if first := unit.store.confirmations.add(said):
        unit.publish_as_said(said, unit.now)
    for application_id, said_at in sorted(found.withheld.items()):
        take_back_texts(application_id, said_at, unit.now, unit)
    for application_id in sorted(found.told):
        unit.publish_as_said(announcements.content_erased(application_id, person_id, unit.now), unit.now)
    if event.data.applications == "withdraw":
        _withdraw_all(event, unit)
    if first:
        _say_once_all_have(said, unit)


@handles(PersonForgotten, needs=lambda said: person(said.person_id))
def on_person_forgotten(event: Event[PersonForgotten], unit: Unit, _: UUID) -> None:
    """Once all services have forgotten a person, that is said."""
    if unit.store.confirmations.add(event.data):
        _say_once_all_have(event.data, unit)


def take_back_texts(application_id: UUID, said_at: datetime, at: datetime, unit: Unit) -> None:
    """Takes back what only those who act may read of a form that was sent at a time.

    As what it says, since a form that is read after the erasure of its lead leads to the same.
    """
    unit.retract_as_said(ApplicationDescribed, application_id, f"the texts of {said_at}", at)


def end(application: Application, until: datetime, unit: Unit) -> None:
    """Ends an application because its lead asked for it until then, whichever of form and request is read last.

    It is no version that a form made: one that was sent before and is read later takes its number, and is ended too.
    """
    ended = application.ended(at=until)
    unit.store.keep(ended)
    unit.publish_as_said(announcements.withdrawn(ended, before=application.state), until)


def _withdraw_all(event: Event[ErasureRequested], unit: Unit) -> None:
    store, person_id = unit.store, event.data.person_id
    lead = store.leads[person_id]
    # Kept for forms that were sent before and are read later.
    until = max(event.time, lead.withdrawn_until or event.time)
    store.leads.keep(lead._replace(withdrawn_until=until))
    for application in store.led_by(person_id, event.time):
        end(application, until, unit)


def _say_once_all_have(said: PersonForgotten, unit: Unit) -> None:
    if (erased := unit.store.confirmations.all_have(said.person_id, said.requested_at)) is not None:
        unit.publish_as_said(erased, said.requested_at)
