"""Clearances: what a mentor needs before a pair begins, and of whom it is asked."""

from __future__ import annotations

from typing import ClassVar, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from contracts.message import EventData, Reasons, StateChange
from contracts.moments import Day, DerivedDay, Moment
from contracts.states import KnownClearanceReason, KnownClearanceState

ClearanceKind: TypeAlias = Literal["line-manager", "ethics"]
"""The line manager's authorisation, until a day; or the ethics check, once."""

ETHICS_OFFICER: Final = UUID("2b0d8f52-6c0e-5b7a-8a41-90f4c7f5d3e8")
"""The programme's ethics officer, whom no form names as a person: how they are reached is a setting."""


class MentorClearanceAnswered(EventData):
    """Who was asked for a mentor's clearance gives or refuses it."""

    event_type: ClassVar[str] = "engage.mentor.clearance-answered.v1"
    topic_name: ClassVar[str] = "forms.decisions.v1"
    key_field: ClassVar[str] = "clearance_id"

    clearance_id: UUID = Field(description="The clearance that was asked for")
    mentor_id: UUID = Field(description="The mentor whom it is for")
    answered_by: UUID = Field(description="The person who answers: only who was asked can")
    answer: Literal["give", "refuse"] = Field(description="What they answer")
    until: Day | None = Field(
        default=None, description="The last day of a line manager's authorisation; null: without end"
    )
    answered_at: Moment = Field(description="When they answered")


class ClearanceState(StateChange[KnownClearanceState, KnownClearanceReason]):
    """What every event of a clearance carries."""

    topic_name: ClassVar[str] = "pairs.v1"
    key_field: ClassVar[str] = "clearance_id"

    clearance_id: UUID = Field(description="The clearance")
    mentor_id: UUID = Field(description="The mentor whom it is for")
    mentor_person_id: UUID = Field(description="The mentor as a person; how to reach them is on contacts.v1")
    clearance: ClearanceKind = Field(description="The line manager's authorisation, or the ethics check")
    asked_of: UUID = Field(description="The person who is to give it; of the ethics officer an id that stands for them")


class MentorClearanceAsked(ClearanceState):
    """A mentor lacks a clearance, or soon will: said once for each person who is to give it and each present end."""

    event_type: ClassVar[str] = "engage.mentor.clearance-asked.v1"

    held_until: Day | None = Field(description="The last day of the present one; null where there is none")
    proposed_until: DerivedDay | None = Field(description="The last day that is proposed; null for what has no end")


class MentorClearanceGiven(ClearanceState):
    """Who was asked gives it: pairs that lacked nothing else become active."""

    event_type: ClassVar[str] = "engage.mentor.clearance-given.v1"

    until: Day | None = Field(description="Its last day; null: without end")


class MentorClearanceRefused(ClearanceState):
    """Who was asked refuses it: the mentor takes no pair that needs it."""

    event_type: ClassVar[str] = "engage.mentor.clearance-refused.v1"


class MentorClearanceDropped(ClearanceState):
    """It is asked for no longer: the mentor left, a form claims it, or somebody else is to give it."""

    event_type: ClassVar[str] = "engage.mentor.clearance-dropped.v1"


class MentorClearanceAnswerRefused(EventData):
    """An answer of who was not asked, or not for this, or not any more; nothing changed."""

    event_type: ClassVar[str] = "engage.mentor.clearance-answer-refused.v1"
    topic_name: ClassVar[str] = "pairs.v1"
    key_field: ClassVar[str] = "clearance_id"

    clearance_id: UUID = Field(description="The clearance that was answered about")
    mentor_id: UUID = Field(description="The mentor whom it was for")
    occurred_at: Moment = Field(description="When it was answered")
    reasons: Reasons = Field(description="Why it can't be taken")
