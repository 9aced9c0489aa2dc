"""Offers of a mentor to a lead: offered, answered, passed on, and why nobody can be offered."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.fits import FitPart
from contracts.message import (
    MOST_TAGS,
    MOST_TERRITORIES,
    Code,
    Comment,
    EventData,
    Fit,
    Message,
    Name,
    Reasons,
    ShortText,
    Territory,
)
from contracts.moments import DerivedMoment, Moment
from contracts.pairs import PairState


class PairAnswered(EventData):
    """The mentor or the lead answers an offer."""

    event_type: ClassVar[str] = "engage.pair.answered.v1"
    topic_name: ClassVar[str] = "forms.decisions.v1"
    key_field: ClassVar[str] = "pair_id"

    pair_id: UUID = Field(description="The pair that was offered")
    party: Literal["mentor", "lead"] = Field(description="Who answers")
    answer: Literal["accept", "decline"] = Field(description="What they answer")
    answered_at: Moment = Field(description="When they answered")
    reason: Code | None = Field(default=None, description="Why, as a code of the form's vocabulary")
    comment: Comment | None = Field(default=None, description="Why, in their words; never passed on")


class Alternate(Message):
    """A mentor who would come next if this offer is not accepted, as things stand."""

    mentor_id: UUID = Field(description="The mentor")
    fit: Fit = Field(description="How well they suit the lead, in points")


class PairOffered(PairState):
    """The pair is offered to both."""

    event_type: ClassVar[str] = "engage.pair.offered.v1"
    minor: ClassVar[int] = 1

    fit: Fit = Field(description="How well the mentor suits the lead, in points")
    rules_version: Name = Field(description="Version of the rules that were read")
    expires_at: DerivedMoment | None = Field(
        default=None, description="Until when, at least, both may accept; then it passes to the next mentor"
    )
    parts: tuple[FitPart, ...] = Field(default=(), max_length=10, description="What the fit is made of")
    alternates: tuple[Alternate, ...] = Field(
        default=(), max_length=100, description="Who would come next, the best first"
    )
    themes: tuple[Code, ...] = Field(default=(), max_length=MOST_TAGS, description="Of the project")
    territories: tuple[Territory, ...] = Field(default=(), max_length=MOST_TERRITORIES, description="Of the project")


class PairAccepted(PairState):
    """The mentor or the lead accepted; `to` says who is still awaited."""

    event_type: ClassVar[str] = "engage.pair.accepted.v1"

    party: Literal["mentor", "lead"] = Field(description="Who accepted")


class PairDeclined(PairState):
    """The mentor or the lead declined; the offer passes to the next mentor."""

    event_type: ClassVar[str] = "engage.pair.declined.v1"

    party: Literal["mentor", "lead"] = Field(description="Who declined")


class PairExpired(PairState):
    """Not both accepted in time. Where the mentor was silent, the next one is offered."""

    event_type: ClassVar[str] = "engage.pair.expired.v1"

    awaited: tuple[Literal["mentor", "lead"], ...] = Field(max_length=2, description="Who had not answered")


class PairAnswerRefused(EventData):
    """An answer or a request that the pair's state does not allow; nothing changed."""

    event_type: ClassVar[str] = "engage.pair.answer-refused.v1"
    topic_name: ClassVar[str] = "pairs.v1"
    key_field: ClassVar[str] = "pair_id"

    pair_id: UUID = Field(description="The pair that was answered about")
    occurred_at: Moment = Field(description="When it was answered")
    reasons: Reasons = Field(description="Why it can't be done")


class BlockedMentor(Message):
    """A mentor who can't be offered to a lead, however well they suit."""

    mentor_id: UUID = Field(description="The mentor")
    fit: Fit = Field(description="How well they would suit the lead, in points")
    cause: Code = Field(description="Why not: a code of `reasons`", examples=["mentors-full"])
    held_by: tuple[UUID, ...] = Field(
        default=(),
        max_length=100,
        description="Where the mentor is full, the assignments whose leads hold their places",
    )


class NoMentorFound(EventData):
    """No mentor is free, allowed and not recused; the lead waits for one."""

    event_type: ClassVar[str] = "engage.pair.no-mentor-found.v1"
    topic_name: ClassVar[str] = "pairs.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The confirmed assignment whose lead has no mentor")
    application_id: UUID = Field(description="Its application")
    lead_id: UUID = Field(description="The person who leads the association")
    occurred_at: Moment = Field(description="When it was found")
    reasons: Reasons = Field(description="Why: everybody is full, recused, away …")
    owner_id: UUID | None = Field(default=None, description="The officer who owns the need, and is told")
    organisation_name: ShortText | None = Field(default=None, description="Name of the organisation that applied")
    project_title: ShortText | None = Field(default=None, description="Name of the project")
    blocked: tuple[BlockedMentor, ...] = Field(
        default=(),
        max_length=101,
        description="The mentors who would suit best, with what stands between, the best first",
    )
