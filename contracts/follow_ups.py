"""Follow-ups (suivis, relances): what is sent, when it was planned, and why it was not."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.message import Actor, Code, EventData, Message, Name, StateChange
from contracts.moments import DerivedMoment, Moment
from contracts.states import KnownFollowUpState


class Occasion(Message):
    """What comes later in a series: a follow-up as well, with an id of its own."""

    follow_up_id: UUID = Field(description="The follow-up")
    kind: Code = Field(description="check-in-30-days, impact-year-1 …")
    due_at: DerivedMoment = Field(description="When it is to be sent")


class PlannedFollowUp(Occasion):
    """A follow-up that is due at `due_at`, and what is to come after it."""

    recipient_id: UUID = Field(description="The person who receives it; how to reach them is on contacts.v1")
    reminder: int = Field(default=0, ge=0, le=100, description="Which reminder of the same it is; 0: it is none")
    occasions: tuple[Occasion, ...] = Field(
        default=(), max_length=100, description="What comes later in the same series, for the same person"
    )


class FollowUpPlanned(EventData):
    """All that one event about a matter has planned: ids only, never an address or a text.

    How each ends is told under its own key, so perhaps before this.
    """

    event_type: ClassVar[str] = "engage.follow-up.planned.v1"
    topic_name: ClassVar[str] = "follow-ups.v1"
    key_field: ClassVar[str] = "matter_id"

    matter_id: UUID = Field(description="The aggregate that the follow-ups are about")
    application_id: UUID = Field(description="The application that the matter belongs to")
    actor: Actor = Field(description="Who or what planned it")
    occurred_at: Moment = Field(description="When the event happened that called for it")
    follow_ups: tuple[PlannedFollowUp, ...] = Field(
        min_length=1, max_length=100, description="What is planned, each once for ever"
    )


class FollowUpState(StateChange[KnownFollowUpState, Code]):
    """What every event of a follow-up's own carries: ids only, never an address or a text."""

    topic_name: ClassVar[str] = "follow-ups.v1"
    key_field: ClassVar[str] = "follow_up_id"

    follow_up_id: UUID = Field(description="The follow-up")
    kind: Code = Field(description="acknowledgement, rejection, check-in-30-days …")
    recipient_id: UUID = Field(description="The person who receives it; how to reach them is on contacts.v1")
    matter_id: UUID = Field(description="The aggregate that the follow-up is about")
    reminder: int = Field(default=0, ge=0, le=100, description="Which reminder of the same it is; 0: it is none")


class FollowUpEnded(FollowUpState):
    """What every event says that ends a follow-up."""

    in_doubt: bool = Field(
        default=False,
        description="An earlier attempt's answer was lost: that mail may have arrived, whatever this event says",
    )


class FollowUpSent(FollowUpEnded):
    """The mail server accepted it."""

    event_type: ClassVar[str] = "engage.follow-up.sent.v1"

    message_id: Name = Field(description="The mail's Message-ID, the same at every attempt")
    attempts: int = Field(ge=1, le=1_000_000, description="How often it was tried")


class FollowUpCancelled(FollowUpEnded):
    """Its matter was settled before it was sent."""

    event_type: ClassVar[str] = "engage.follow-up.cancelled.v1"


class FollowUpFailed(FollowUpEnded):
    """The mail server refuses it for good; the reason is its status code."""

    event_type: ClassVar[str] = "engage.follow-up.failed.v1"

    attempts: int = Field(ge=1, le=1_000_000, description="How often it was tried")
