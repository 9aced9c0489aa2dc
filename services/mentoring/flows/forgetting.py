"""What follows when a person asks to be forgotten: a mentor leaves, and what anybody wrote is emptied."""

from __future__ import annotations

from uuid import UUID

from contracts.contacts import ContactPublished, contact_id_of
from contracts.erasures import ErasureRequested, PersonForgotten, Removed
from contracts.event import Event
from services.mentoring.flows import asking, leaving, obstacle_lifting, offers, progress
from services.mentoring.states.mentor import Mentor
from services.mentoring.store import Unit


def forget(event: Event[ErasureRequested], unit: Unit) -> None:
    """Empties what a person said before they asked, and says how much it was; ids, states and decisions stay."""
    person_id, programme = event.data.person_id, unit.store.state
    programme.erasures.put(person_id, event.time)
    emptied = _old_forms(unit, person_id)
    managed = _forget_line_manager(unit, person_id)
    for mentor in emptied:
        leaving.leave(unit, mentor.emptied())
    removed = {
        "form": len(emptied),
        # However often they enrolled, there is one way to reach a person in a role.
        "contact": min(len(emptied), 1) + min(managed, 1),
        "project": _empty_leads(unit, person_id),
        "introduction": progress.empty_introductions(unit, person_id),
        "description": obstacle_lifting.forget_words(unit, person_id),
        "held-record": programme.erasures.take_emptied(person_id),
    }
    offers.serve_queue(unit)
    unit.publish(
        PersonForgotten(
            person_id=person_id,
            service="mentoring",
            removed=tuple(Removed(what=what, count=count) for what, count in removed.items() if count),
            requested_at=event.data.requested_at,
        )
    )


def _old_forms(unit: Unit, person_id: UUID) -> list[Mentor]:
    """What was said by then of a person as a mentor, and is not empty; how to reach them goes if nothing is newer."""
    programme = unit.store.state
    mentors = [programme.roster[mentor_id] for mentor_id in programme.roster.involvement.of_person(person_id)]
    # By the latest request, which may have been read before this one; what was told after it stays.
    erased_at = programme.erasures.of(person_id)
    old = [mentor for mentor in mentors if erased_at is not None and mentor.told_at <= erased_at]
    if len(old) == len(mentors):
        # Also where no form was ever read: contacts outlive a service whose tables are made anew from its topics.
        unit.retract(ContactPublished, contact_id_of("mentor", person_id))
    return [mentor for mentor in old if not mentor.forgotten]


def _forget_line_manager(unit: Unit, person_id: UUID) -> int:
    """Forgets who is to authorise mentors, as far as it was said by then; returns for how many mentors they were."""
    programme = unit.store.state
    erased_at = programme.erasures.of(person_id)
    named = [programme.roster[mentor_id] for mentor_id in programme.roster.involvement.managed_by(person_id)]
    old = [mentor for mentor in named if erased_at is not None and mentor.told_at <= erased_at]
    if len(old) == len(named):
        unit.retract(ContactPublished, contact_id_of("line-manager", person_id))
    for mentor in old:
        asking.forget_line_manager(unit, mentor)
    return len(old)


def _empty_leads(unit: Unit, person_id: UUID) -> int:
    """Empties the texts of all assignments that a person leads; returns how many had any."""
    programme, count = unit.store.state, 0
    # All are gone through, which takes a millisecond or two: an index would cost each lead for the few who ask.
    for lead in [lead for lead in programme.leads.values() if lead.lead_id == person_id]:
        if (emptied := lead.emptied()) != lead:
            programme.put_lead(emptied)
            count += 1
    return count
