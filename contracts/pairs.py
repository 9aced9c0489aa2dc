"""Pairs (binômes) of a mentor and a lead."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.message import (
    Code,
    Comment,
    EventData,
    Reporter,
    ShortText,
    StateChange,
    Version,
)
from contracts.moments import Day, DerivedDay, DerivedMoment, Moment
from contracts.states import KnownPairState


class PairEndRequested(EventData):
    """Somebody entitled to it asks for the pair's end."""

    event_type: ClassVar[str] = "engage.pair.end-requested.v1"
    topic_name: ClassVar[str] = "forms.decisions.v1"
    key_field: ClassVar[str] = "pair_id"

    pair_id: UUID = Field(description="The pair that is to end")
    requested_by: Reporter = Field(description="Who asks, by their id")
    requested_at: Moment = Field(description="When they asked")
    reason: Code = Field(description="Why, as a code of the form's vocabulary")
    comment: Comment | None = Field(default=None, description="Why, in their words; never passed on")


class MeetingReported(EventData):
    """A mentor and a lead met. Nothing of what they said is asked for."""

    event_type: ClassVar[str] = "engage.meeting.reported.v1"
    topic_name: ClassVar[str] = "forms.reports.v1"
    key_field: ClassVar[str] = "pair_id"

    pair_id: UUID = Field(description="The pair that met")
    meeting_id: UUID = Field(description="The meeting, an id that the form gives")
    held_on: Day = Field(description="The day on which they met")
    minutes: int = Field(ge=1, le=1440, description="How long they met")
    obstacle_id: UUID | None = Field(default=None, description="The obstacle that was touched, if one was")
    next_step: Code | None = Field(default=None, description="What comes next, as a code of the form's vocabulary")
    reported_by: str = Field(
        pattern=r"^(mentor|lead):[A-Za-z0-9-]+$", max_length=100, description="Who reports it, by their id"
    )
    reported_at: Moment = Field(description="When it was reported")


class PairReviewed(EventData):
    """The mentor or the lead looks back, towards the end of a pair's term, and says whether to go on."""

    event_type: ClassVar[str] = "engage.pair.reviewed.v1"
    topic_name: ClassVar[str] = "forms.reports.v1"
    key_field: ClassVar[str] = "pair_id"

    pair_id: UUID = Field(description="The pair that is reviewed")
    party: Literal["mentor", "lead"] = Field(description="Who reviews it")
    wish: Literal["go-on", "finish"] = Field(description="Whether they would go on for another term")
    goals: Literal["reached", "partly", "not-reached"] | None = Field(
        default=None, description="Whether what they had set out to do was reached"
    )
    reviewed_at: Moment = Field(description="When they answered")


class PairPauseRequested(EventData):
    """A pair rests until a day: nobody is reminded to meet before it."""

    event_type: ClassVar[str] = "engage.pair.pause-requested.v1"
    topic_name: ClassVar[str] = "forms.reports.v1"
    key_field: ClassVar[str] = "pair_id"

    pair_id: UUID = Field(description="The pair that rests")
    until: Day = Field(description="The day on which it goes on")
    reason: Code = Field(description="Why, as a code of the form's vocabulary")
    requested_by: Reporter = Field(description="Who asks, by their id")
    requested_at: Moment = Field(description="When they asked")


class PairState(StateChange[KnownPairState, Code]):
    """What every event of a pair carries."""

    topic_name: ClassVar[str] = "pairs.v1"
    key_field: ClassVar[str] = "pair_id"

    pair_id: UUID = Field(description="The pair")
    assignment_id: UUID = Field(description="The confirmed assignment that it began with")
    application_id: UUID = Field(description="Its application")
    lead_id: UUID = Field(description="The person who leads the association")
    mentor_id: UUID = Field(description="The mentor")
    mentor_person_id: UUID = Field(description="The mentor as a person; how to reach them is on contacts.v1")
    whole_project: bool = Field(
        default=True, description="Whether it accompanies every assignment of the application, or this one alone"
    )
    organisation_name: ShortText = Field(description="Name of the organisation that applied")
    project_title: ShortText = Field(description="Name of the project")


class PairActivated(PairState):
    """Both accepted, the line manager authorised it and the ethics check is done."""

    event_type: ClassVar[str] = "engage.pair.activated.v1"

    first_contact_by: DerivedDay | None = Field(default=None, description="The day by which they should have met")
    ends_on: DerivedDay | None = Field(
        default=None, description="The day on which the pair ends unless both would go on"
    )


class PairAmended(PairState):
    """Who leads the project, who owns its need, or what it is called changed: the pair goes on with them.

    Only open pairs are amended. What a former lead has answered does not count for a new one: `from` and `to` say
    where the offer stands for those who are in it now.
    """

    event_type: ClassVar[str] = "engage.pair.amended.v1"

    owner_id: UUID = Field(description="The officer who owns the need")
    expires_at: DerivedMoment | None = Field(
        default=None, description="While somebody is awaited: until when, at least, both may accept"
    )
    first_contact_by: DerivedDay | None = Field(
        default=None, description="While it is active and has not met: the day by which they should have"
    )
    ends_on: DerivedDay | None = Field(
        default=None, description="While it is active: the day on which it ends unless both would go on"
    )


class PairEnded(PairState):
    """The pair ended."""

    event_type: ClassVar[str] = "engage.pair.ended.v1"


class MeetingHeld(PairState):
    """The pair met."""

    event_type: ClassVar[str] = "engage.pair.meeting-held.v1"

    meeting_id: UUID = Field(description="The meeting")
    number: Version = Field(description="Which meeting of the pair it is, from 1, as they were reported")
    held_on: Day = Field(description="The day on which they met")
    minutes: int = Field(ge=1, le=1440, description="How long they met")
    obstacle_id: UUID | None = Field(description="The obstacle that was touched, if one was")
    next_step: Code | None = Field(description="What comes next, as a code of the form's vocabulary")


class PairPaused(PairState):
    """The pair rests until a day; a meeting before it is welcome."""

    event_type: ClassVar[str] = "engage.pair.paused.v1"

    until: Day = Field(description="The day on which it goes on")


class PairReviewDue(PairState):
    """The pair's term comes to its end: both are asked to look back, and whether to go on."""

    event_type: ClassVar[str] = "engage.pair.review-due.v1"

    ends_on: DerivedDay = Field(description="The day on which the pair ends unless both would go on")
    renewable: bool = Field(description="Whether it may go on: not once it has lasted for the longest time")


class PairReviewRecorded(PairState):
    """The mentor or the lead has looked back."""

    event_type: ClassVar[str] = "engage.pair.review-recorded.v1"

    party: Literal["mentor", "lead"] = Field(description="Who reviewed it")
    wish: Literal["go-on", "finish"] = Field(description="Whether they would go on for another term")
    goals: Literal["reached", "partly", "not-reached"] | None = Field(
        description="Whether what they had set out to do was reached; null where they don't say"
    )


class PairRenewed(PairState):
    """Both would go on, and do."""

    event_type: ClassVar[str] = "engage.pair.renewed.v1"

    ends_on: DerivedDay = Field(description="The day on which the pair ends now")


class PairIdle(PairState):
    """An active pair has not met for long: a step of the ladder that ends with the pair's end."""

    event_type: ClassVar[str] = "engage.pair.idle.v1"

    step: Code = Field(
        description="What is done: nudge (both are reminded), referent (the officer looks after it)", examples=["nudge"]
    )
    last_contact_on: DerivedDay = Field(description="The day they met last, or began")
    owner_id: UUID = Field(description="The officer who owns the need")
