"""Officers come to be known, and are forgotten."""

from __future__ import annotations

from uuid import UUID

from contracts.contacts import ContactPublished, contact_id_of
from contracts.erasures import ErasureRequested, PersonForgotten, Removed
from libraries.typed.people import ReadPerson
from services.matching.flows.amending import amending, of_owner
from services.matching.flows.needs import publish_need
from services.matching.store import Unit


def introduce(person: ReadPerson, source: str, unit: Unit) -> None:
    """Binds an officer to the source that names them, and publishes how they are reached.

    Of who asked since to be forgotten that is neither kept nor told: the form was on its way.
    """
    people = unit.store.pool.people
    if not people.is_forgotten(person.person_id, unit.now):
        people.introduce(person.person_id, source, reached_at=unit.now)
        unit.publish(person.contact("owner"))
    elif person.person_id not in people.officers:
        people.introduce(person.person_id, source, reached_at=None)


def forget(request: ErasureRequested, unit: Unit) -> None:
    """Forgets a person, as an officer and as the lead of applications, and says what was removed.

    Their needs stay, and so does the source that they belong to: else another could take the place of who is gone.
    """
    pool, person_id = unit.store.pool, request.person_id
    removed = {"held-record": unit.store.records_emptied(person_id), "contact": 0}
    with amending(unit, of_owner(unit, person_id), actor=pool.rules.actor):
        pool.people.erase(person_id, unit.now)
        removed["deputy"] = pool.people.end_deputising_of(person_id)
    _name_deputies(person_id, unit)
    if pool.people.unreach(person_id):
        removed["contact"] = 1
        unit.retract(ContactPublished, contact_id_of("owner", person_id))
    theirs = [
        candidate
        for candidate in pool.candidates.values()
        if candidate.lead_id == person_id and pool.people.is_forgotten(person_id, candidate.said_at)
    ]
    removed["application-text"] = sum([pool.forget_texts(candidate) for candidate in theirs])
    unit.publish(
        PersonForgotten(
            person_id=person_id,
            service="matching",
            removed=tuple(Removed(what=what, count=count) for what, count in sorted(removed.items()) if count),
            requested_at=request.requested_at,
        )
    )


def _name_deputies(owner_id: UUID, unit: Unit) -> None:
    """Publishes anew the open needs of an owner who is forgotten, where a deputy decides in their place."""
    pool = unit.store.pool
    left = [need for need in pool.needs.values() if need.owner_id == owner_id and need.state != "closed"]
    for need in left:
        if pool.people.told_of(need, unit.now) != owner_id:
            pool.set_state(need, need.state)
            publish_need(pool.needs[need.need_id], need.state, "owner-forgotten", pool.rules.actor, unit)
