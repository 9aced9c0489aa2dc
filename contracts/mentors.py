"""Mentors: City agents who offer to accompany the leads of associations."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.message import Code, Comment, EventData, Reasons, WeeklySlot
from contracts.moments import Moment
from contracts.typed import DeclaredPerson, TypedLabels, TypedLine


class MentorForm(EventData):
    """A whole enrolment as somebody typed it; mentoring repairs it, or says what is wrong."""

    topic_name: ClassVar[str] = "forms.mentors.v1"
    key_field: ClassVar[str] = "mentor_id"

    mentor_id: UUID = Field(description="The mentor; a person may have enrolled again under another")
    person: DeclaredPerson = Field(description="The City agent")
    role: TypedLine = Field(default=None, description="The agent's function, not their name, at most 200 characters")
    directorate: TypedLine = Field(default=None, description="The directorate of the City that the agent works for")
    skills: TypedLabels = Field(default=(), description="Themes the mentor knows, at most 20")
    languages: TypedLabels = Field(default=("fr",), description="Languages the mentor speaks: fr, en")
    territories: TypedLabels = Field(default=(), description="Where in the city the mentor can be, at most 50")
    slots: tuple[WeeklySlot, ...] = Field(default=(), max_length=18, description="When in the week the mentor can meet")
    capacity: TypedLine = Field(default=None, description="Pairs at one time, at most 20")
    paused_until: TypedLine = Field(default=None, description="No new pair before that day; those held go on")
    handled_applications: tuple[UUID, ...] = Field(
        default=(), max_length=500, description="Applications whose file the agent handles, and so can't accompany"
    )
    line_manager: DeclaredPerson | None = Field(
        default=None, description="Who is to authorise it, and is asked for what this form does not claim; null: nobody"
    )
    line_manager_authorised: bool = Field(default=False, description="The line manager has authorised it")
    line_manager_authorised_until: TypedLine = Field(
        default=None, description="The last day of that authorisation; null: without end"
    )
    ethics_check_done: bool = Field(default=False, description="The ethics check is done")


class MentorEnrolled(MentorForm):
    """A City agent enrols as a mentor."""

    event_type: ClassVar[str] = "engage.mentor.enrolled.v1"
    minor: ClassVar[int] = 1
    whole: ClassVar[bool] = True

    enrolled_at: Moment = Field(description="When the agent enrolled")


class MentorRevised(MentorForm):
    """The enrolment again, whole, with changes (an authorisation given, a capacity changed …)."""

    event_type: ClassVar[str] = "engage.mentor.revised.v1"
    minor: ClassVar[int] = 1

    revised_at: Moment = Field(description="When the enrolment was changed")


class MentorWithdrawn(EventData):
    """The mentor leaves the programme."""

    event_type: ClassVar[str] = "engage.mentor.withdrawn.v1"
    topic_name: ClassVar[str] = "forms.mentors.v1"
    key_field: ClassVar[str] = "mentor_id"

    mentor_id: UUID = Field(description="The mentor who leaves")
    withdrawn_at: Moment = Field(description="When the mentor left")
    reason: Code | None = Field(default=None, description="Why, as a code of the form's vocabulary")
    comment: Comment | None = Field(default=None, description="Why, in the mentor's words; never passed on")


class MentorFormRefused(EventData):
    """A form about a mentor who is not its source's, or that names another source's person; nothing changed."""

    event_type: ClassVar[str] = "engage.mentor.form-refused.v1"
    topic_name: ClassVar[str] = "pairs.v1"
    key_field: ClassVar[str] = "mentor_id"

    mentor_id: UUID = Field(description="The mentor whom the form was about")
    occurred_at: Moment = Field(description="When the form was sent")
    reasons: Reasons = Field(description="Why it can't be taken")


class MentorFlagged(EventData):
    """A mentor was taken with codes that no vocabulary has (skills, a directorate), kept as they are.

    Nothing meets them that does not name them too; a revision mends it.
    """

    event_type: ClassVar[str] = "engage.mentor.flagged.v1"
    topic_name: ClassVar[str] = "pairs.v1"
    key_field: ClassVar[str] = "mentor_id"

    mentor_id: UUID = Field(description="The mentor")
    occurred_at: Moment = Field(description="When the form was sent")
    flags: Reasons = Field(description="What is not known, by its place in the form, and the nearest that is")


class RecusalDeclared(EventData):
    """The mentor abstains wholly from an application's file (déport)."""

    event_type: ClassVar[str] = "engage.mentor.recusal-declared.v1"
    topic_name: ClassVar[str] = "forms.mentors.v1"
    key_field: ClassVar[str] = "mentor_id"

    mentor_id: UUID = Field(description="The mentor who abstains")
    application_id: UUID = Field(description="The file that the mentor abstains from")
    declared_at: Moment = Field(description="When it was declared")
