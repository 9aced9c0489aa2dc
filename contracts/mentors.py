"""Mentors: City agents who offer to accompany the leads of associations."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.message import Code, EventData, Language, Person, ShortText, Territory


class MentorForm(EventData):
    """A whole enrolment as the form holds it."""

    key_field: ClassVar[str] = "mentor_id"

    mentor_id: UUID
    person: Person
    role: ShortText = Field(description="The agent's function, not their name")
    directorate: Code
    skills: tuple[Code, ...] = Field(default=(), max_length=20, description="Themes the mentor knows")
    languages: tuple[Language, ...] = ("fr",)
    territories: tuple[Territory, ...] = ()
    capacity: int = Field(ge=0, le=20, description="Pairs at one time")
    line_manager_authorised: bool = False
    ethics_check_done: bool = False


class MentorEnrolled(MentorForm):
    """A City agent enrols as a mentor."""

    event_type: ClassVar[str] = "engage.mentor.enrolled.v1"

    enrolled_at: AwareDatetime


class MentorRevised(MentorForm):
    """The enrolment again, whole, with changes (an authorisation given, a capacity changed …)."""

    event_type: ClassVar[str] = "engage.mentor.revised.v1"

    revised_at: AwareDatetime


class MentorWithdrawn(EventData):
    """The mentor leaves the programme."""

    event_type: ClassVar[str] = "engage.mentor.withdrawn.v1"
    key_field: ClassVar[str] = "mentor_id"

    mentor_id: UUID
    withdrawn_at: AwareDatetime
    reason: str | None = Field(default=None, max_length=500)


class RecusalDeclared(EventData):
    """The mentor abstains wholly from an application's file (déport)."""

    event_type: ClassVar[str] = "engage.mentor.recusal-declared.v1"
    key_field: ClassVar[str] = "mentor_id"

    mentor_id: UUID
    application_id: UUID
    declared_at: AwareDatetime
