"""What matching's handlers need, which the pool may lack: a need, an officer, an assignment, an application."""

from __future__ import annotations

from uuid import UUID

from libraries.chassis.handling import Lookup, NotYet
from services.matching.states.assignments import Assignment
from services.matching.states.needs import Need
from services.matching.states.officers import Officer
from services.matching.store import APPLICATION, ASSIGNMENT, MatchingStore


def need(need_id: UUID) -> Lookup[MatchingStore, Need]:
    """A need of the register, which has to have come; the pool holds all."""

    def get(store: MatchingStore) -> Need:
        known = store.pool.needs.get(need_id)
        if known is None:
            raise NotYet("need", need_id)
        return known

    return Lookup((), get)


def officer(person_id: UUID) -> Lookup[MatchingStore, Officer]:
    """Who owns a need, or stands in for who does; the pool holds all, forgotten ones by their id."""

    def get(store: MatchingStore) -> Officer:
        known = store.pool.people.officers.get(person_id)
        if known is None:
            raise NotYet("officer", person_id)
        return known

    return Lookup((), get)


def assignment(assignment_id: UUID) -> Lookup[MatchingStore, Assignment]:
    """An assignment, also one that has ended."""

    def get(store: MatchingStore) -> Assignment:
        known = store.pool.assignments.get(assignment_id)
        if known is None:
            raise NotYet("assignment", assignment_id)
        return known

    return Lookup(((ASSIGNMENT, assignment_id),), get)


def application(application_id: UUID) -> Lookup[MatchingStore, UUID]:
    """An application that has come, whether or not it has left since."""

    def get(store: MatchingStore) -> UUID:
        if not store.has_come(application_id):
            raise NotYet("application", application_id)
        return application_id

    return Lookup(((APPLICATION, application_id),), get)
