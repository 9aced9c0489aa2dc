"""Needs (besoins sociaux) of the City and their public state."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.message import Code, EventData, LongText, Message, Person, ShortText, StateChange, Territory

Coverage = Literal["uncovered", "poorly-covered", "covered"]
Salience = Literal["ordinary", "pressing"]


class NeedForm(EventData):
    """A whole need as the directorate that owns it declares it."""

    key_field: ClassVar[str] = "need_id"

    need_id: UUID
    title: ShortText
    description: LongText = ""
    themes: tuple[Code, ...] = Field(min_length=1, max_length=20)
    publics: tuple[Code, ...] = Field(default=(), max_length=20)
    territories: tuple[Territory, ...] = Field(min_length=1, max_length=50)
    coverage: Coverage
    salience: Salience
    capacity: int = Field(ge=0, le=100_000, description="Projects that the need can take")
    directorate: Code
    strategic_axis: Code | None = None
    evidence: LongText = ""
    review_on: date | None = Field(default=None, description="After this day the need must be reviewed")
    owner: Person = Field(description="The officer who is told of proposals")


class NeedDeclared(NeedForm):
    """A directorate declares a need."""

    event_type: ClassVar[str] = "engage.need.declared.v1"

    declared_at: AwareDatetime


class NeedRevised(NeedForm):
    """A directorate declares the need again, whole, with changes."""

    event_type: ClassVar[str] = "engage.need.revised.v1"

    revised_at: AwareDatetime


class NeedClosed(EventData):
    """The need takes no more projects; what is confirmed stays."""

    event_type: ClassVar[str] = "engage.need.closed.v1"
    key_field: ClassVar[str] = "need_id"

    need_id: UUID
    closed_at: AwareDatetime
    reason: str | None = Field(default=None, max_length=500)


class Need(Message):
    """The public description of a need."""

    title: ShortText
    description: LongText
    themes: tuple[Code, ...]
    publics: tuple[Code, ...]
    territories: tuple[Territory, ...]
    coverage: Coverage
    salience: Salience
    capacity: int
    directorate: Code
    strategic_axis: Code | None
    review_on: date | None


class NeedPublished(StateChange):
    """The current state of an open need; a tombstone with the same key says that it closed."""

    event_type: ClassVar[str] = "engage.need.published.v1"
    key_field: ClassVar[str] = "need_id"

    need_id: UUID
    owner_id: UUID
    need: Need
