"""Assignments (affectations) of applications to needs, and what officers decide of them."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.fits import FitPart, Levels
from contracts.message import (
    MOST_TAGS,
    MOST_TERRITORIES,
    Actor,
    Code,
    Comment,
    EventData,
    Fit,
    Name,
    Reasons,
    ShortText,
    StateChange,
    Territory,
)
from contracts.moments import Moment
from contracts.states import KnownAssignmentState


class AssignmentDecided(EventData):
    """An officer of the City confirms or declines a proposed assignment."""

    event_type: ClassVar[str] = "engage.assignment.decided.v1"
    topic_name: ClassVar[str] = "forms.decisions.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The assignment that is decided upon")
    decision: Literal["confirm", "decline"] = Field(description="What was decided")
    decided_by: UUID = Field(description="Id of the officer")
    decided_at: Moment = Field(description="When the officer decided")
    reason: Code | None = Field(
        default=None, description="Why, as a code of the form's vocabulary; required for a decline"
    )
    comment: Comment | None = Field(default=None, description="Why, in the officer's words; never passed on")


class AssignmentUndoRequested(EventData):
    """An officer of the City takes a confirmation back; the pair of project and need is not proposed again."""

    event_type: ClassVar[str] = "engage.assignment.undo-requested.v1"
    topic_name: ClassVar[str] = "forms.decisions.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The assignment that was confirmed")
    requested_by: UUID = Field(description="Id of the officer")
    requested_at: Moment = Field(description="When the officer asked")
    reason: Code = Field(description="Why, as a code of the form's vocabulary")
    comment: Comment | None = Field(default=None, description="Why, in the officer's words; never passed on")


class PlacementDecided(EventData):
    """An officer of the City wants a project held against a need, or never held against it, whatever the engine says.

    A pin is a proposal that no later event moves; a lift takes a pin or a ban back.
    """

    event_type: ClassVar[str] = "engage.placement.decided.v1"
    topic_name: ClassVar[str] = "forms.decisions.v1"
    key_field: ClassVar[str] = "application_id"

    application_id: UUID = Field(description="The application")
    need_id: UUID = Field(description="The need")
    decision: Literal["pin", "forbid", "lift"] = Field(description="What was decided")
    decided_by: UUID = Field(description="Id of the officer")
    decided_at: Moment = Field(description="When the officer decided")
    reason: Code = Field(description="Why, as a code of the form's vocabulary")
    comment: Comment | None = Field(default=None, description="Why, in the officer's words; never passed on")


class OfficerRecused(EventData):
    """An officer abstains wholly from an application's file (déport): no need of theirs is considered for it."""

    event_type: ClassVar[str] = "engage.officer.recused.v1"
    topic_name: ClassVar[str] = "forms.decisions.v1"
    key_field: ClassVar[str] = "application_id"

    person_id: UUID = Field(description="The officer who abstains")
    application_id: UUID = Field(description="The file that the officer abstains from")
    declared_at: Moment = Field(description="When it was declared")


class AssignmentState(StateChange[KnownAssignmentState, Code]):
    """What every event of an assignment carries."""

    topic_name: ClassVar[str] = "assignments.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The assignment")
    application_id: UUID = Field(description="The application that is held against the need")
    need_id: UUID = Field(description="The need")
    lead_id: UUID = Field(description="The person who leads the association")
    owner_id: UUID = Field(
        description="The officer who owns the need, or their deputy where they asked to be forgotten"
    )
    directorate: Code = Field(description="The directorate of the City that owns the need")
    organisation_name: ShortText = Field(description="Name of the organisation that applied")
    project_title: ShortText = Field(description="Name of the project")
    need_title: ShortText = Field(description="Name of the need")
    themes: tuple[Code, ...] = Field(max_length=MOST_TAGS, description="Of the project")
    territories: tuple[Territory, ...] = Field(max_length=MOST_TERRITORIES, description="Of the project")
    decider_id: UUID | None = Field(
        default=None,
        description="Who is to decide: the need's owner, or their deputy where the owner abstains from the file or is"
        " gone; null where only a head of the programme can, and in what was said before this field was",
    )


class AssignmentProposed(AssignmentState):
    """The engine proposes an assignment, with the parts of its fit."""

    event_type: ClassVar[str] = "engage.assignment.proposed.v1"
    minor: ClassVar[int] = 1

    fit: Fit = Field(description="Sum of the parts, in points")
    parts: tuple[FitPart, ...] = Field(max_length=10, description="What the fit is made of")
    rules_version: Name = Field(description="Version of the rules that were read")
    pinned: bool = Field(default=False, description="An officer wants it: no later event moves it")
    cost: Levels | None = Field(default=None, description="What an officer's word costs all others; null without one")


class AssignmentConfirmed(AssignmentState):
    """An officer confirmed it."""

    event_type: ClassVar[str] = "engage.assignment.confirmed.v1"
    minor: ClassVar[int] = 1


class AssignmentDeclined(AssignmentState):
    """An officer declined it; the pair of project and need is not proposed again."""

    event_type: ClassVar[str] = "engage.assignment.declined.v1"
    minor: ClassVar[int] = 1


class AssignmentReleased(AssignmentState):
    """It ended for another reason: the application was withdrawn, the need closed or changed, a confirmation undone."""

    event_type: ClassVar[str] = "engage.assignment.released.v1"
    minor: ClassVar[int] = 1


class AssignmentAmended(AssignmentState):
    """What was said of a live assignment has changed: its lead, owner, who decides, a name, a theme or a territory.

    Its state stays, and every field says what holds now. Each change is said, of proposals and of confirmed ones.
    """

    event_type: ClassVar[str] = "engage.assignment.amended.v1"


class AssignmentDecisionRefused(EventData):
    """A decision that the assignment's state does not allow; nothing changed."""

    event_type: ClassVar[str] = "engage.assignment.decision-refused.v1"
    topic_name: ClassVar[str] = "assignments.v1"
    minor: ClassVar[int] = 1
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The assignment that was decided upon")
    decision: Literal["confirm", "decline"] = Field(description="What was decided, and is refused")
    actor: Actor = Field(description="Who decided")
    occurred_at: Moment = Field(description="When it was decided")
    reasons: Reasons = Field(description="Why it can't be done")
    application_id: UUID | None = Field(default=None, description="The application of the assignment")
    organisation_name: ShortText | None = Field(default=None, description="Name of the organisation that applied")
    project_title: ShortText | None = Field(default=None, description="Name of the project")
    need_title: ShortText | None = Field(default=None, description="Name of the need")


class AssignmentUndoRefused(EventData):
    """A confirmation that can't be taken back, or not by who asked; nothing changed."""

    event_type: ClassVar[str] = "engage.assignment.undo-refused.v1"
    topic_name: ClassVar[str] = "assignments.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The assignment that was meant")
    application_id: UUID = Field(description="The application of the assignment")
    actor: Actor = Field(description="Who asked")
    occurred_at: Moment = Field(description="When it was asked for")
    reasons: Reasons = Field(description="Why it can't be done")
    organisation_name: ShortText | None = Field(default=None, description="Name of the organisation that applied")
    project_title: ShortText | None = Field(default=None, description="Name of the project")
    need_title: ShortText | None = Field(default=None, description="Name of the need")


class PlacementDecisionRefused(EventData):
    """An officer's word on a project and a need that can't be followed; nothing changed."""

    event_type: ClassVar[str] = "engage.placement.decision-refused.v1"
    topic_name: ClassVar[str] = "assignments.v1"
    minor: ClassVar[int] = 1
    key_field: ClassVar[str] = "application_id"

    application_id: UUID = Field(description="The application")
    need_id: UUID = Field(description="The need")
    decision: Literal["pin", "forbid", "lift"] = Field(description="What was decided, and is refused")
    actor: Actor = Field(description="Who decided")
    occurred_at: Moment = Field(description="When it was decided")
    reasons: Reasons = Field(description="Why it can't be done")
    organisation_name: ShortText | None = Field(default=None, description="Name of the organisation that applied")
    project_title: ShortText | None = Field(default=None, description="Name of the project")
    need_title: ShortText | None = Field(default=None, description="Name of the need")
