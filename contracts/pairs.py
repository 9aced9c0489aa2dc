"""Pairs (binômes) of a mentor and a lead."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.message import EventData, Reason, ShortText, StateChange


class PairAnswered(EventData):
    """The mentor or the lead answers an offer."""

    event_type: ClassVar[str] = "engage.pair.answered.v1"
    key_field: ClassVar[str] = "pair_id"

    pair_id: UUID
    party: Literal["mentor", "lead"]
    answer: Literal["accept", "decline"]
    answered_at: AwareDatetime
    reason: str | None = Field(default=None, max_length=500)


class PairEndRequested(EventData):
    """Somebody entitled to it asks for the pair's end."""

    event_type: ClassVar[str] = "engage.pair.end-requested.v1"
    key_field: ClassVar[str] = "pair_id"

    pair_id: UUID
    requested_by: str = Field(pattern=r"^(mentor|lead|officer):[A-Za-z0-9-]+$")
    requested_at: AwareDatetime
    reason: str = Field(min_length=1, max_length=500)


class PairState(StateChange):
    """What every event of a pair carries."""

    key_field: ClassVar[str] = "pair_id"

    pair_id: UUID
    assignment_id: UUID
    application_id: UUID
    lead_id: UUID
    mentor_id: UUID
    mentor_person_id: UUID
    organisation_name: ShortText
    project_title: ShortText


class PairOffered(PairState):
    """The pair is offered to both."""

    event_type: ClassVar[str] = "engage.pair.offered.v1"

    fit: int = Field(ge=0, le=1000)
    rules_version: str


class PairAccepted(PairState):
    """The mentor or the lead accepted; `to` says who is still awaited."""

    event_type: ClassVar[str] = "engage.pair.accepted.v1"

    party: Literal["mentor", "lead"]


class PairDeclined(PairState):
    """The mentor or the lead declined; the offer passes to the next mentor."""

    event_type: ClassVar[str] = "engage.pair.declined.v1"

    party: Literal["mentor", "lead"]


class PairActivated(PairState):
    """Both accepted, the line manager authorised it and the ethics check is done."""

    event_type: ClassVar[str] = "engage.pair.activated.v1"


class PairEnded(PairState):
    """The pair ended."""

    event_type: ClassVar[str] = "engage.pair.ended.v1"


class PairAnswerRefused(EventData):
    """An answer or a request that the pair's state does not allow; nothing changed."""

    event_type: ClassVar[str] = "engage.pair.answer-refused.v1"
    key_field: ClassVar[str] = "pair_id"

    pair_id: UUID
    occurred_at: AwareDatetime
    reasons: tuple[Reason, ...]


class NoMentorFound(EventData):
    """No mentor is free, allowed and not recused; the lead waits for one."""

    event_type: ClassVar[str] = "engage.pair.no-mentor-found.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID
    application_id: UUID
    lead_id: UUID
    occurred_at: AwareDatetime
    reasons: tuple[Reason, ...]
