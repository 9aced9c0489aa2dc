"""What intake's handlers need loaded, and get."""

from __future__ import annotations

from uuid import UUID

from libraries.chassis.handling import Lookup, must_be_known
from services.intake.applications import Application
from services.intake.store import APPLICATION, PERSON, IntakeStore


def application(application_id: UUID) -> Lookup[IntakeStore, Application]:
    """An application, which has to be known."""
    return must_be_known(
        "application",
        application_id,
        lambda store: store.applications.get(application_id),
        (APPLICATION, application_id),
    )


def application_if_known(application_id: UUID) -> Lookup[IntakeStore, Application | None]:
    """An application, where it is known."""
    return Lookup(((APPLICATION, application_id),), lambda store: store.applications.get(application_id))


def person(person_id: UUID) -> Lookup[IntakeStore, UUID]:
    """All that is kept of a person, and who has forgotten them: nobody else changes it meanwhile."""
    return Lookup(((PERSON, person_id),), lambda _: person_id)
