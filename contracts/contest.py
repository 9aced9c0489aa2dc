"""The national contest: what La France s'engage decides of an application, and when that may be known."""

from __future__ import annotations

from typing import ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from contracts.message import Actor, Code, Comment, EventData, Message, Reasons, ShortText
from contracts.moments import Moment

ContestDecision = Literal["laureate", "not-retained"]


class CriterionScore(Message):
    """What a jury gave an application under one criterion; 0 is a score, null is none."""

    criterion: Code = Field(description="The criterion, such as social-impact or spread", examples=["social-impact"])
    points: int | None = Field(ge=0, le=1_000, description="Points out of `maximum`; null where it was not assessed")
    maximum: int = Field(ge=1, le=1_000, description="What could be reached, in points")

    @model_validator(mode="after")
    def _check_points(self) -> Self:
        if self.points is not None and self.points > self.maximum:
            raise ValueError("points must be at most maximum")
        return self


class ContestDecided(EventData):
    """La France s'engage decided on an application to the contest; secret until its publication."""

    event_type: ClassVar[str] = "engage.contest.decided.v1"
    topic_name: ClassVar[str] = "forms.decisions.v1"
    key_field: ClassVar[str] = "application_id"

    application_id: UUID = Field(description="The application to the contest")
    decision: ContestDecision = Field(description="What was decided")
    scores: tuple[CriterionScore, ...] = Field(default=(), max_length=30, description="By criterion")
    decided_by: UUID = Field(description="Id of the jury")
    decided_at: Moment = Field(description="When it was decided")
    publish_at: Moment = Field(description="Embargo: before this moment nobody is told")
    reason: Code | None = Field(default=None, description="Why, as a code of the form's vocabulary")
    comment: Comment | None = Field(default=None, description="Why, in the jury's words; never passed on")


class ContestDecisionPublished(EventData):
    """The embargo is over. A laureate becomes a candidate for implantation, without a new form."""

    event_type: ClassVar[str] = "engage.contest.decision-published.v1"
    topic_name: ClassVar[str] = "assignments.v1"
    key_field: ClassVar[str] = "application_id"

    application_id: UUID = Field(description="The application to the contest")
    lead_id: UUID = Field(description="The person who leads the association")
    organisation_name: ShortText = Field(description="Name of the organisation that applied")
    project_title: ShortText = Field(description="Name of the project")
    decision: ContestDecision = Field(description="What was decided")
    scores: tuple[CriterionScore, ...] = Field(max_length=30, description="By criterion")
    actor: Actor = Field(description="The jury")
    reason: Code | None = Field(description="Why, as a code of the form's vocabulary")
    occurred_at: Moment = Field(description="The moment of publication")


class ContestDecisionRefused(EventData):
    """A decision on an application that takes no part in the contest, or not any more; nothing changed."""

    event_type: ClassVar[str] = "engage.contest.decision-refused.v1"
    topic_name: ClassVar[str] = "assignments.v1"
    key_field: ClassVar[str] = "application_id"

    application_id: UUID = Field(description="The application that was decided upon")
    actor: Actor = Field(description="Who decided")
    occurred_at: Moment = Field(description="When it was decided")
    reasons: Reasons = Field(description="Why it can't be done")
