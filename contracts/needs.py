"""Needs (besoins sociaux) of the City and their public state."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.message import (
    MOST_TAGS,
    MOST_TERRITORIES,
    Code,
    Comment,
    EventData,
    LongText,
    Message,
    Reasons,
    ShortText,
    StateChange,
    Territory,
    Version,
)
from contracts.moments import Day, Moment
from contracts.states import KnownNeedReason, KnownNeedState
from contracts.typed import DeclaredPerson, TypedLabels, TypedLine, TypedLines

Coverage = Literal["uncovered", "poorly-covered", "covered"]
Salience = Literal["ordinary", "pressing"]


class NeedForm(EventData):
    """A whole need as somebody of the directorate that owns it typed it; matching repairs it, or says what is wrong."""

    topic_name: ClassVar[str] = "forms.needs.v1"
    key_field: ClassVar[str] = "need_id"

    need_id: UUID = Field(description="The need")
    title: TypedLine = Field(default=None, description="Name of the need, at most 200 characters")
    description: TypedLines = Field(
        default="", description="What is lacking, for whom and where, at most 10,000 characters"
    )
    themes: TypedLabels = Field(default=(), description="Social themes that would answer it: one at least, at most 20")
    publics: TypedLabels = Field(default=(), description="Whom it concerns, at most 20; empty for anybody")
    territories: TypedLabels = Field(default=(), description="Where in the city: one at least, at most 50")
    coverage: Coverage = Field(description="How far it is covered today")
    salience: Salience = Field(description="How pressing it is: an answer apart from the coverage")
    capacity: TypedLine = Field(default=None, description="Projects that the need can take, at most 100,000")
    directorate: TypedLine = Field(default=None, description="The directorate of the City that owns it")
    strategic_axis: TypedLine = Field(default=None, description="The City's strategic axis that it belongs to")
    evidence: TypedLines = Field(
        default="", description="What shows the need: figures, surveys, sources, at most 10,000 characters"
    )
    review_on: TypedLine = Field(default=None, description="After this day the need must be reviewed")
    owner: DeclaredPerson = Field(description="The officer who is told of proposals")


class NeedDeclared(NeedForm):
    """A directorate declares a need."""

    event_type: ClassVar[str] = "engage.need.declared.v1"
    whole: ClassVar[bool] = True

    declared_at: Moment = Field(description="When it was declared")


class NeedRevised(NeedForm):
    """A directorate declares the need again, whole, with changes."""

    event_type: ClassVar[str] = "engage.need.revised.v1"

    revised_at: Moment = Field(description="When it was revised")


class NeedClosed(EventData):
    """The need takes no more projects; what is confirmed stays."""

    event_type: ClassVar[str] = "engage.need.closed.v1"
    topic_name: ClassVar[str] = "forms.needs.v1"
    key_field: ClassVar[str] = "need_id"

    need_id: UUID = Field(description="The need")
    closed_at: Moment = Field(description="When it was closed")
    reason: Code | None = Field(default=None, description="Why, as a code of the form's vocabulary")
    comment: Comment | None = Field(default=None, description="Why, in the officer's words; never passed on")


class Need(Message):
    """The public description of a need."""

    title: ShortText = Field(description="Name of the need")
    description: LongText = Field(description="What is lacking, for whom and where")
    themes: tuple[Code, ...] = Field(max_length=MOST_TAGS, description="Social themes that would answer it")
    publics: tuple[Code, ...] = Field(max_length=MOST_TAGS, description="Whom it concerns; empty for anybody")
    territories: tuple[Territory, ...] = Field(max_length=MOST_TERRITORIES, description="Where in the city")
    coverage: Coverage = Field(description="How far it is covered today")
    salience: Salience = Field(description="How pressing it is: an answer apart from the coverage")
    capacity: int = Field(ge=0, le=100_000, description="Projects that the need can take")
    directorate: Code = Field(description="The directorate of the City that owns it")
    strategic_axis: Code | None = Field(description="The City's strategic axis that it belongs to")
    review_on: Day | None = Field(description="After this day the need must be reviewed")


class NeedFormRefused(EventData):
    """A form about a need that can't be read, is not its source's, or names another's person; nothing changed."""

    event_type: ClassVar[str] = "engage.need.form-refused.v1"
    topic_name: ClassVar[str] = "assignments.v1"
    key_field: ClassVar[str] = "need_id"

    need_id: UUID = Field(description="The need that the form was about")
    occurred_at: Moment = Field(description="When the form was sent")
    reasons: Reasons = Field(description="Why it can't be taken")


class NeedFlagged(EventData):
    """A need was taken with codes that no vocabulary has (themes, publics, a directorate, an axis), kept as they are.

    Nothing meets them that does not name them too; a revision mends it.
    """

    event_type: ClassVar[str] = "engage.need.flagged.v1"
    topic_name: ClassVar[str] = "assignments.v1"
    key_field: ClassVar[str] = "need_id"

    need_id: UUID = Field(description="The need")
    version: Version = Field(description="The need's version that has them")
    occurred_at: Moment = Field(description="When the form was sent")
    flags: Reasons = Field(description="What is not known, by its place in the form, and the nearest that is")


class NeedReviewDue(EventData):
    """The day has passed after which a need must be reviewed: it takes no project until it is declared again."""

    event_type: ClassVar[str] = "engage.need.review-due.v1"
    topic_name: ClassVar[str] = "assignments.v1"
    key_field: ClassVar[str] = "need_id"

    need_id: UUID = Field(description="The need")
    owner_id: UUID = Field(description="The officer who is told")
    need_title: ShortText = Field(description="Name of the need")
    directorate: Code = Field(description="The directorate of the City that owns it")
    review_on: Day | None = Field(description="The day after which it must be reviewed")
    version: Version = Field(description="The need's version that takes no project")
    occurred_at: Moment = Field(description="When it became due")


class NeedPublished(StateChange[KnownNeedState, KnownNeedReason]):
    """The current state of an open need; a tombstone with the same key says that it closed."""

    event_type: ClassVar[str] = "engage.need.published.v1"
    topic_name: ClassVar[str] = "needs.v1"
    key_field: ClassVar[str] = "need_id"

    need_id: UUID = Field(description="The need")
    owner_id: UUID = Field(description="The officer who is told of proposals")
    need: Need = Field(description="The need as it stands")
