"""What intake's handlers need loaded, and get."""

from __future__ import annotations

from uuid import UUID

from libraries.chassis.handling import Lookup, NotYet
from services.intake.applications import Application
from services.intake.store import APPLICATION, PERSON, IntakeStore


def application(application_id: UUID) -> Lookup[IntakeStore, Application]:
    """An application, which has to be known."""

    def get(store: IntakeStore) -> Application:
        known = store.applications.get(application_id)
        if known is None:
            raise NotYet("application", application_id)
        return known

    return Lookup(((APPLICATION, application_id),), get)


def application_if_known(application_id: UUID) -> Lookup[IntakeStore, Application | None]:
    """An application, where it is known."""
    return Lookup(((APPLICATION, application_id),), lambda store: store.applications.get(application_id))


def what_a_person_wrote(person_id: UUID) -> Lookup[IntakeStore, UUID]:
    """Which applications told of a person, and when they asked to be forgotten: `IntakeStore.erase` looks at both."""
    return Lookup(((PERSON, person_id),), lambda _: person_id)
