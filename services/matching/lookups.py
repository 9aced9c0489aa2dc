"""What matching's handlers need, which the pool may lack: a need, an officer, an assignment, an application."""

from __future__ import annotations

from uuid import UUID

from libraries.chassis.handling import Lookup, must_be_known
from services.matching.states.assignments import Assignment
from services.matching.states.needs import Need
from services.matching.states.officers import Officer
from services.matching.states.references import may_be_reference
from services.matching.store import APPLICATION, ASSIGNMENT, MatchingStore


def need(need_id: UUID) -> Lookup[MatchingStore, Need]:
    """A need of the register, which has to have come; the pool holds all."""
    return must_be_known("need", need_id, lambda store: store.pool.needs.get(need_id))


def officer(person_id: UUID) -> Lookup[MatchingStore, Officer]:
    """Who owns a need, or stands in for who does; the pool holds all, forgotten ones by their id."""
    return must_be_known("officer", person_id, lambda store: store.pool.people.officers.get(person_id))


def assignment(assignment_id: UUID) -> Lookup[MatchingStore, Assignment]:
    """An assignment, also one that has ended."""
    return must_be_known(
        "assignment",
        assignment_id,
        lambda store: store.pool.assignments.get(assignment_id),
        (ASSIGNMENT, assignment_id),
    )


def assignment_if_any(assignment_id: UUID) -> Lookup[MatchingStore, Assignment | None]:
    """An assignment, also one that has ended; None at once where nobody was ever given such an id."""
    known = assignment(assignment_id)
    return Lookup(known.named, lambda store: known.get(store) if may_be_reference(assignment_id) else None)


def application(application_id: UUID) -> Lookup[MatchingStore, UUID]:
    """An application that has come, whether or not it has left since."""
    return must_be_known(
        "application",
        application_id,
        lambda store: application_id if store.has_come(application_id) else None,
        (APPLICATION, application_id),
    )
