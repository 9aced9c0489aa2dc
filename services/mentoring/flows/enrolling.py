"""What follows from what forms say of mentors: whose word counts, and what is taken."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.event import Event
from contracts.mentors import MentorFlagged, MentorForm, MentorFormRefused
from contracts.sources import DESK, speaks_for
from libraries.typed.words import reasons_of
from services.mentoring.choice.roster import Roster
from services.mentoring.flows import asking, leaving, offers, progress
from services.mentoring.settings.sentences import reason_of
from services.mentoring.states.mentor import Mentor, enrolment, stranger
from services.mentoring.states.mentor_forms import ReadMentor, read_mentor
from services.mentoring.store import Unit


def take_form(event: Event[MentorForm], unit: Unit, erased_at: datetime | None) -> None:
    """Takes a whole form, unless it is refused; one sent before its person asked to be forgotten leaves ids alone."""
    form, programme = event.data, unit.store.state
    known = programme.roster.get(form.mentor_id)
    if code := _objection(form, event.source, programme.roster):
        _refuse(unit, form.mentor_id, code)
    elif erased_at is not None and event.time <= erased_at:
        if known is None:
            person_id = form.person.person_id
            known = stranger(form.mentor_id, person_id, source=event.source, told_at=event.time)
            programme.roster.put(known, unit.now)
        # Before anybody knew the mentor for theirs, it could not be emptied with all else of theirs.
        progress.empty_introductions(unit, known.person_id)
    elif isinstance(read := read_mentor(form, event.time), ReadMentor):
        _enrol(event, unit, _without_who_was_forgotten(read, event.time, unit))
    else:
        unit.publish(MentorFormRefused(mentor_id=form.mentor_id, occurred_at=unit.now, reasons=reasons_of(read)))


def _enrol(event: Event[MentorForm], unit: Unit, read: ReadMentor) -> None:
    programme = unit.store.state
    known = programme.roster.get(read.mentor_id)
    # At the latest now: a form that a clock has dated into the future would outlive what its person asks for.
    told_at = min(event.time, programme.erasures.read_at)
    # Before its pairs are looked at: whether they may begin is asked of the form as it is now.
    # A mentor belongs to the form that introduced them, whoever speaks for them since.
    source = event.source if known is None else known.source
    line_manager_id = _manager_of(read, event.data, known)
    made = enrolment(read, known, source=source, told_at=told_at, line_manager_id=line_manager_id)
    programme.roster.put(made, unit.now)
    # Not before it was judged: whoever names another's mentor or person would have their mail.
    unit.publish(read.contact)
    if read.line_manager is not None:
        unit.publish(read.line_manager.contact("line-manager"))
    if read.remarks:
        flags = reasons_of(read.remarks)
        unit.publish(MentorFlagged(mentor_id=read.mentor_id, occurred_at=unit.now, flags=flags))
    asking.ask(unit, read.mentor_id)
    # After that: what the one before was still asked is dropped by now.
    if known is not None and (before := known.clearances.line_manager_id) != line_manager_id:
        asking.let_go(unit, before)
    _keep_pairs(unit, event.data)
    offers.serve_queue(unit)


def _manager_of(read: ReadMentor, form: MentorForm, known: Mentor | None) -> UUID | None:
    """Who is to authorise a mentor: whom the form names, or, by the id alone, who was to before."""
    if read.line_manager is not None:
        return read.line_manager.person_id
    before = None if known is None else known.clearances.line_manager_id
    return before if form.line_manager is not None and form.line_manager.person_id == before else None


def _without_who_was_forgotten(read: ReadMentor, said_at: datetime, unit: Unit) -> ReadMentor:
    """The form without a line manager who asked to be forgotten after it was sent."""
    if read.line_manager is None:
        return read
    erased_at = unit.store.state.erasures.of(read.line_manager.person_id)
    return read if erased_at is None or said_at > erased_at else read._replace(line_manager=None)


def is_theirs(unit: Unit, mentor: Mentor, source: str) -> bool:
    """Whether a source may speak of a mentor, as the desk may of any; where it may not, that is published."""
    if speaks_for(source, mentor.source):
        return True
    _refuse(unit, mentor.mentor_id, "another-source")
    return False


def _objection(form: MentorForm, source: str, roster: Roster) -> str | None:
    """The code of why a form can't be taken: a mentor is one person, and all whom it names belong to their source.

    The desk knows who speaks: for whoever is a mentor already, and it introduces none.
    """
    known = roster.get(form.mentor_id)
    if source == DESK if known is None else not speaks_for(source, known.source):
        return "another-source"
    if known is not None and known.person_id != form.person.person_id:
        return "another-person"
    others = [roster[mentor_id] for mentor_id in roster.involvement.of_person(form.person.person_id)]
    if any(not speaks_for(source, other.source) for other in others):
        return "person-of-another-source"
    manager = form.line_manager
    managed = () if manager is None else roster.involvement.managed_by(manager.person_id)
    if any(not speaks_for(source, roster[mentor_id].source) for mentor_id in managed):
        return "line-manager-of-another-source"
    # Who left may come back under another id.
    if any(other.active for other in others if other.mentor_id != form.mentor_id):
        return "person-enrolled-already"
    return None


def _refuse(unit: Unit, mentor_id: UUID, code: str) -> None:
    unit.publish(MentorFormRefused(mentor_id=mentor_id, occurred_at=unit.now, reasons=(reason_of(code),)))


def _keep_pairs(unit: Unit, form: MentorForm) -> None:
    for pair in unit.store.state.open_pairs_of_mentor(form.mentor_id):
        if pair.application_id in form.handled_applications:
            leaving.hand_over(unit, pair, reason="handles-the-file")
        else:
            offers.activate_if_cleared(unit, pair)
