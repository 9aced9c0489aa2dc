"""What follows where a mentor lacks a clearance: who is to give it is asked once, until that is moot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from contracts.clearances import MentorClearanceAsked, MentorClearanceDropped
from contracts.contacts import ContactPublished, contact_id_of
from services.mentoring.states.clearance import Clearance, moot, proposed_until, questions
from services.mentoring.states.mentor import Mentor
from services.mentoring.store import Unit


def ask(unit: Unit, mentor_id: UUID) -> None:
    """Asks for what a mentor lacks, or soon will, and drops what waits for an answer that nobody needs."""
    roster = unit.store.state.roster
    mentor, settings = roster[mentor_id], roster.settings
    if not mentor.active:
        return
    today = settings.work_days.day_of(unit.now)
    clearances = mentor.clearances
    for clearance, reason in moot(clearances, mentor.clearance_held, settings):
        _drop(unit, mentor, clearance, reason)
        clearances = clearances.without(clearance.kind)
    for question in questions(clearances, mentor.clearance_held, settings):
        if question.asked_from is None or question.asked_from <= today:
            clearance = Clearance(unit.new_id(), question.kind, question.asked_of, question.held_until)
            clearances = clearances.put(clearance)
            unit.publish(
                MentorClearanceAsked(
                    held_until=question.held_until,
                    proposed_until=proposed_until(question, today, settings),
                    **facts_of(unit, mentor, clearance, actor=roster.rules.actor, reason=None),
                )
            )
    if clearances != mentor.clearances:
        roster.put(mentor.with_clearances(clearances), unit.now)


def drop_all(unit: Unit, mentor: Mentor, *, reason: str) -> None:
    """Says of all that waits for an answer about a mentor that it is asked for no longer."""
    _drop_each(unit, mentor, mentor.clearances.open, reason)


def forget_line_manager(unit: Unit, mentor: Mentor) -> None:
    """Has a mentor be without the line manager whom their form named, and who is asked no longer."""
    clearances = mentor.clearances
    theirs = [each for each in clearances.open if each.kind == "line-manager"]
    _drop_each(unit, mentor, theirs, "person-forgotten")
    left = clearances.without(*(each.kind for each in theirs))._replace(line_manager_id=None)
    unit.store.state.roster.put(mentor.with_clearances(left), unit.now)


def let_go(unit: Unit, line_manager_id: UUID | None) -> None:
    """Takes back how a line manager is reached, once no mentor's form names them: then they are asked nothing."""
    if line_manager_id is not None and not unit.store.state.roster.involvement.managed_by(line_manager_id):
        unit.retract(ContactPublished, contact_id_of("line-manager", line_manager_id))


def facts_of(unit: Unit, mentor: Mentor, clearance: Clearance, *, actor: str, reason: str | None) -> dict[str, Any]:
    """What every event of a clearance carries; it is asked for, and changes once more."""
    was_asked = clearance.state != "asked"
    return {
        "from_state": "asked" if was_asked else None,
        "to_state": clearance.state,
        "actor": actor,
        "reason": reason,
        "occurred_at": unit.now,
        "version": 2 if was_asked else 1,
        "clearance_id": clearance.clearance_id,
        "mentor_id": mentor.mentor_id,
        "mentor_person_id": mentor.person_id,
        "clearance": clearance.kind,
        "asked_of": clearance.asked_of,
    }


def _drop_each(unit: Unit, mentor: Mentor, clearances: Iterable[Clearance], reason: str) -> None:
    for clearance in clearances:
        _drop(unit, mentor, clearance, reason)


def _drop(unit: Unit, mentor: Mentor, clearance: Clearance, reason: str) -> None:
    actor = unit.store.state.roster.rules.actor
    dropped = clearance._replace(state="dropped")
    unit.publish(MentorClearanceDropped(**facts_of(unit, mentor, dropped, actor=actor, reason=reason)))
