"""Events that mentoring reads, made short."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.assignments import AssignmentAmended, AssignmentConfirmed, AssignmentReleased
from contracts.clearances import MentorClearanceAnswered
from contracts.erasures import ErasureRequested
from contracts.event import Event
from contracts.leads import LeadWishesGiven
from contracts.mentors import MentorEnrolled, MentorForm, MentorRevised, MentorWithdrawn, RecusalDeclared
from contracts.message import EventData
from contracts.offers import PairAnswered
from contracts.pairs import PairEndRequested
from contracts.typed import DeclaredPerson
from services.mentoring.states.mentor import Mentor, enrolment
from services.mentoring.states.mentor_forms import ReadMentor, read_mentor
from tests.events import event_of
from tests.typed import typed_days

FORM = "urn:form:test"
NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)


def numbered(kind: int, number: int) -> UUID:
    """An id that a failing test can be read by: the kind of thing, then its number."""
    return UUID(int=(kind << 64) | number)


def mentor_id(number: int) -> UUID:
    return numbered(1, number)


def person_of_mentor(number: int) -> UUID:
    return numbered(2, number)


def assignment_id(number: int) -> UUID:
    return numbered(3, number)


def application_id(number: int) -> UUID:
    return numbered(4, number)


def lead_person(number: int) -> UUID:
    return numbered(5, number)


OWNER = numbered(6, 1)


def manager_id(number: int) -> UUID:
    return numbered(10, number)


def line_manager(number: int) -> DeclaredPerson:
    email = f"manager{number}@marseille.example"
    return DeclaredPerson(person_id=manager_id(number), name=f"Manager {number}", email=email)


def form(number: int, **changes: Any) -> dict[str, Any]:
    """The fields of a mentor's form: free for two pairs and cleared unless changed."""
    fields = {
        "mentor_id": mentor_id(number),
        "person": DeclaredPerson(
            person_id=changes.pop("person_id", person_of_mentor(number)),
            name=f"Mentor {number}",
            email=f"mentor{number}@marseille.example",
        ),
        "role": "Chargée de mission",
        "directorate": "direction-vie-associative",
        "skills": ("education",),
        "territories": ("marseille",),
        "capacity": 2,
        "line_manager_authorised": True,
        "ethics_check_done": True,
        **changes,
    }
    return typed_days(fields)


def enrolled(number: int, **changes: Any) -> MentorEnrolled:
    return MentorEnrolled(enrolled_at=NOW, **form(number, **changes))


def revised(number: int, **changes: Any) -> MentorRevised:
    return MentorRevised(revised_at=NOW, **form(number, **changes))


def withdrawn(number: int) -> MentorWithdrawn:
    return MentorWithdrawn(mentor_id=mentor_id(number), withdrawn_at=NOW)


def recused(number: int, *, application: int) -> RecusalDeclared:
    return RecusalDeclared(mentor_id=mentor_id(number), application_id=application_id(application), declared_at=NOW)


def _assignment(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "from_state": "proposed",
        "to_state": "confirmed",
        "actor": "officer:7",
        "occurred_at": NOW + timedelta(seconds=number),
        "version": 2,
        "assignment_id": assignment_id(number),
        "application_id": application_id(number),
        "need_id": numbered(7, 1),
        "lead_id": lead_person(number),
        "owner_id": OWNER,
        "directorate": "direction-education",
        "organisation_name": f"Association {number}",
        "project_title": f"Projet {number}",
        "need_title": "Besoin",
        "themes": ("education",),
        "territories": ("13203",),
        **changes,
    }


def confirmed(number: int, **changes: Any) -> AssignmentConfirmed:
    return AssignmentConfirmed(**_assignment(number, **changes))


def wished(number: int, **wishes: Any) -> LeadWishesGiven:
    return LeadWishesGiven(assignment_id=assignment_id(number), given_by="lead:l", given_at=NOW, **wishes)


def released(number: int, **changes: Any) -> AssignmentReleased:
    changes = {"from_state": "confirmed", "to_state": "released", "version": 3, **changes}
    return AssignmentReleased(**_assignment(number, **changes))


def amended(number: int, **changes: Any) -> AssignmentAmended:
    changes = {"from_state": "confirmed", "version": 3, **changes}
    return AssignmentAmended(**_assignment(number, **changes))


def answered(pair: UUID, party: str, answer: str, reason: str | None = None) -> PairAnswered:
    return PairAnswered.model_validate(
        {"pair_id": pair, "party": party, "answer": answer, "answered_at": NOW, "reason": reason}
    )


def cleared(asked: dict[str, Any], answer: str = "give", **changes: Any) -> MentorClearanceAnswered:
    """The answer of who was asked, as the event says that asked them."""
    named = {"clearance_id": UUID(asked["clearance_id"]), "mentor_id": UUID(asked["mentor_id"])}
    fields = {**named, "answered_by": UUID(asked["asked_of"]), "answer": answer, "answered_at": NOW, **changes}
    return MentorClearanceAnswered.model_validate(fields)


def end_requested(pair: UUID, by: str, reason: str = "need-changed") -> PairEndRequested:
    return PairEndRequested(pair_id=pair, requested_by=by, requested_at=NOW, reason=reason)


def erasure_of(person_id: UUID) -> ErasureRequested:
    return ErasureRequested(person_id=person_id, requested_at=NOW)


def taken(form: MentorForm, known: Mentor | None = None) -> Mentor:
    """The mentor as a form makes them."""
    line_manager_id = None if form.line_manager is None else form.line_manager.person_id
    return enrolment(read(form), known, source=FORM, told_at=NOW, line_manager_id=line_manager_id)


def read(form: MentorForm) -> ReadMentor:
    """A form as mentoring reads it, of which everything can be read."""
    found = read_mentor(form, NOW)
    assert isinstance(found, ReadMentor)
    return found


def event(data: EventData, at: datetime = NOW, number: int | None = None, *, source: str = FORM) -> Event[EventData]:
    """An event around `data`: of its own unless numbered."""
    return event_of(data, at=at, name=None if number is None else f"event {number}", source=source)
