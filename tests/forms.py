"""Events as forms publish them, for tests: deterministic ids, fictional organisations."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any, Final
from uuid import UUID

from contracts.applications import ApplicationSubmitted
from contracts.assignments import AssignmentDecided
from contracts.catalogue import topic_of
from contracts.codec import encode
from contracts.declared import DeclaredOrganisation, DeclaredProject
from contracts.event import Event
from contracts.mentors import MentorEnrolled
from contracts.message import EventData
from contracts.needs import NeedDeclared
from contracts.partitions import partition_of
from contracts.typed import DeclaredPerson
from tests.events import START, event_of
from tests.ids import identifier
from tests.kafka import Sending

__all__ = [
    "SOURCE",
    "START",
    "application",
    "belonging",
    "confirmation",
    "form_event",
    "identifier",
    "mentor",
    "need",
    "person",
    "sending",
]

SOURCE: Final = "urn:form:test"
"""The form from which all comes, unless a test says that it comes from another."""


def form_event(
    data: EventData, *, at: datetime | None = None, name: str | None = None, source: str = SOURCE
) -> Event[EventData]:
    """An event of a form; the same `name` gives the same event id."""
    return event_of(data, at=at, name=name, source=source)


def sending(data: EventData, *, at: datetime | None = None, name: str | None = None) -> Sending:
    """A form's event on its way to its topic."""
    return Sending(topic_of(type(data), "forms").name, encode(form_event(data, at=at, name=name)))


def person(name: str) -> DeclaredPerson:
    """A fictional person with an address that can't exist."""
    return DeclaredPerson(
        person_id=identifier(f"person {name}"),
        name=f"Personne {name}",
        email=f"{name.replace(' ', '.')}@example.invalid",
    )


def application(name: str, **changes: Any) -> ApplicationSubmitted:
    """An application of the implantation track that meets every rule."""
    fields: dict[str, Any] = {
        "application_id": identifier(f"application {name}"),
        "track": "implantation",
        "submitted_at": START,
        "organisation": DeclaredOrganisation(name=f"Association {name}", commune="13055", laureate=True),
        "project": DeclaredProject(
            title=f"Projet {name}",
            summary="Des ateliers pour les jeunes du quartier.",
            themes=("youth-employment",),
            territories=("13201",),
        ),
        "lead": person(name),
        "consent": True,
        "texts_public": True,
    }
    return ApplicationSubmitted(**{**fields, **changes})


def belonging(name: str, partition: int, *, of: int = 4) -> str:
    """What an application may be called, after a name, so that its key belongs on this partition of so many."""
    names = (f"{name} {number}" for number in count())
    return next(it for it in names if partition_of(str(identifier(f"application {it}")).encode(), of) == partition)


def need(theme: str, *, capacity: int) -> NeedDeclared:
    """A pressing and uncovered need of a theme, anywhere in the city."""
    return NeedDeclared(
        need_id=identifier(f"need {theme}"),
        title=f"Besoin {theme}",
        themes=(theme,),
        territories=("marseille",),
        coverage="uncovered",
        salience="pressing",
        capacity=capacity,
        directorate="direction-emploi",
        owner=person(f"owner {theme}"),
        declared_at=START,
    )


def mentor(name: int | str, *, skills: tuple[str, ...], capacity: int, **changes: Any) -> MentorEnrolled:
    """A mentor who may begin at once, unless changed."""
    fields: dict[str, Any] = {
        "mentor_id": identifier(f"mentor {name}"),
        "person": person(f"mentor {name}"),
        "role": "Agent",
        "directorate": "direction-finances",
        "skills": skills,
        "capacity": capacity,
        "line_manager_authorised": True,
        "ethics_check_done": True,
        "enrolled_at": START,
    }
    return MentorEnrolled(**{**fields, **changes})


def confirmation(assignment_id: UUID, owner_id: UUID) -> AssignmentDecided:
    """The confirmation of a proposal by the officer who owns its need."""
    return AssignmentDecided(assignment_id=assignment_id, decision="confirm", decided_by=owner_id, decided_at=START)
