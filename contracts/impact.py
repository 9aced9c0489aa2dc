"""What a project changes: figures that its lead reports once a year, against those it began with."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.message import Code, Count, EventData, Message, Reporter
from contracts.moments import Moment
from contracts.states import KnownImpactState
from contracts.support import SupportState


class Indicator(Message):
    """A figure of a project's impact."""

    code: Code = Field(
        description="What is counted, such as people-reached or jobs-created", examples=["people-reached"]
    )
    value: Count = Field(description="How many")


class ImpactReported(EventData):
    """A lead reports a project's figures: of the beginning, or of a whole year since."""

    event_type: ClassVar[str] = "engage.impact.reported.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The confirmed assignment")
    year: int = Field(ge=0, le=10, description="0 for the figures it began with; 1 for its first year …")
    indicators: tuple[Indicator, ...] = Field(max_length=30, description="The figures, at least one, each once")
    reported_by: Reporter = Field(description="Who reports them, by their id")
    reported_at: Moment = Field(description="When they were reported")


class Figure(Message):
    """A figure beside the one that the project began with."""

    code: Code = Field(description="What is counted", examples=["people-reached"])
    value: Count = Field(description="How many")
    baseline: Count | None = Field(description="How many there were in the beginning; null where nobody said")


class ImpactRecorded(SupportState[KnownImpactState]):
    """The figures of a year are known, or were corrected."""

    event_type: ClassVar[str] = "engage.impact.recorded.v1"

    year: int = Field(ge=0, le=10, description="0 for the figures it began with; 1 for its first year …")
    figures: tuple[Figure, ...] = Field(max_length=30, description="Each figure, with what it began at")
