"""Assignments (affectations) of applications to needs, and what officers decide of them."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.message import Code, EventData, Message, Reason, ShortText, StateChange, Territory


class AssignmentDecided(EventData):
    """An officer of the City confirms or declines a proposed assignment."""

    event_type: ClassVar[str] = "engage.assignment.decided.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID
    decision: Literal["confirm", "decline"]
    decided_by: UUID = Field(description="Id of the officer")
    decided_at: AwareDatetime
    reason: str | None = Field(default=None, max_length=500, description="Required for a decline")


class FitPart(Message):
    """One part of the fit of a project to a need, in points out of `maximum`."""

    name: Code
    points: int = Field(ge=0)
    maximum: int = Field(ge=1)
    fr: str
    en: str


class AssignmentState(StateChange):
    """What every event of an assignment carries."""

    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID
    application_id: UUID
    need_id: UUID
    lead_id: UUID
    owner_id: UUID = Field(description="The officer who owns the need")
    directorate: Code
    organisation_name: ShortText
    project_title: ShortText
    need_title: ShortText
    themes: tuple[Code, ...] = Field(description="Of the project")
    territories: tuple[Territory, ...] = Field(description="Of the project")


class AssignmentProposed(AssignmentState):
    """The engine proposes an assignment, with the parts of its fit."""

    event_type: ClassVar[str] = "engage.assignment.proposed.v1"

    fit: int = Field(ge=0, le=1000, description="Sum of the parts, in points")
    parts: tuple[FitPart, ...]
    rules_version: str


class AssignmentConfirmed(AssignmentState):
    """An officer confirmed it."""

    event_type: ClassVar[str] = "engage.assignment.confirmed.v1"


class AssignmentDeclined(AssignmentState):
    """An officer declined it; the pair of project and need is not proposed again."""

    event_type: ClassVar[str] = "engage.assignment.declined.v1"


class AssignmentReleased(AssignmentState):
    """It ended for another reason: the application was withdrawn, the need closed or changed."""

    event_type: ClassVar[str] = "engage.assignment.released.v1"


class AssignmentDecisionRefused(EventData):
    """A decision that the assignment's state does not allow; nothing changed."""

    event_type: ClassVar[str] = "engage.assignment.decision-refused.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID
    decision: Literal["confirm", "decline"]
    actor: str
    occurred_at: AwareDatetime
    reasons: tuple[Reason, ...]
