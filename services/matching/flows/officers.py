"""Officers come to be known, and are forgotten."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from contracts.contacts import ContactPublished, contact_id_of
from contracts.erasures import ErasureRequested, PersonForgotten, Removed
from libraries.typed.people import ReadPerson
from services.matching import codes
from services.matching.flows.amending import amending, of_owners
from services.matching.flows.needs import publish_need
from services.matching.flows.settling import settle
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


@contextmanager
def changing_deputies(owner_ids: Collection[UUID], unit: Unit, *, actor: str) -> Iterator[None]:
    """Says at its end what follows from who stands in for owners now.

    What waits for a decision goes to whoever is to take it. Files that an owner keeps out of can be held against
    their needs as long as there is a deputy to decide on them. Where the owner is forgotten, needs name the deputy.
    """
    pool = unit.store.pool
    theirs = [need for need in pool.needs.values() if need.owner_id in owner_ids and need.state != "closed"]
    told = {need.need_id: pool.people.told_of(need) for need in theirs}
    with amending(unit, of_owners(unit, owner_ids), actor=actor):
        yield
        files = {it.application_id: it for owner_id in owner_ids for it in pool.abstained_from(owner_id)}
        for candidate in files.values():
            pool.place(candidate)
        if files:
            settle(unit, because=dict.fromkeys(files, codes.NO_LONGER_MEETS))
    _publish_renamed(told, unit)


def end_deputy(owner_id: UUID, unit: Unit) -> None:
    """Says what follows from that a deputy's last moment has passed."""
    pool = unit.store.pool
    with changing_deputies([owner_id], unit, actor=pool.rules.actor):
        pool.people.name_deputy(pool.people.deputies[owner_id]._replace(is_over=True))


def forget(request: ErasureRequested, unit: Unit) -> None:
    """Forgets a person, as an officer and as the lead of applications, and says what was removed.

    Their needs stay, and so does the source that they belong to: else another could take the place of who is gone.
    """
    pool, person_id = unit.store.pool, request.person_id
    removed = {"held-record": unit.store.records_emptied(person_id), "contact": 0}
    deputised_by = pool.people.deputised_by(person_id, before=unit.now)
    removed["deputy"] = len(deputised_by)
    with changing_deputies({person_id, *deputised_by}, unit, actor=pool.rules.actor):
        pool.people.erase(person_id, unit.now)
        for owner_id in deputised_by:
            pool.people.end_deputy(owner_id)
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


def _publish_renamed(told: Mapping[UUID, UUID], unit: Unit) -> None:
    """Publishes anew those needs for whose owner somebody else is named now."""
    pool = unit.store.pool
    for need_id, before in told.items():
        need = pool.needs[need_id]
        if pool.people.told_of(need) != before:
            pool.set_state(need, need.state)
            publish_need(pool.needs[need_id], need.state, codes.OWNER_REPLACED, pool.rules.actor, unit)
