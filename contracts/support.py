"""The support plan of a confirmed project: its four actions, its introductions, and what the project changes."""

from __future__ import annotations

from typing import ClassVar, Generic, Literal
from uuid import UUID

from pydantic import Field

from contracts.message import Code, Comment, Count, EventData, Message, Reasons, Reporter, ShortText, State, StateChange
from contracts.moments import Day, Moment
from contracts.states import IntroductionState, KnownImpactState, KnownIntroductionState, KnownSupportActionState

PartnerKind = Literal["incubator", "city-service", "association", "company", "funder", "other"]


class SupportActionReported(EventData):
    """The City begins, finishes or drops an action of a support plan."""

    event_type: ClassVar[str] = "engage.support.action-reported.v1"
    topic_name: ClassVar[str] = "forms.reports.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The confirmed assignment that is supported")
    action: Code = Field(description="rooting, networking, deployment or obstacle-lifting")
    update: Literal["start", "finish", "drop"] = Field(description="What happened to it")
    reason: Code | None = Field(
        default=None, description="Why, as a code of the form's vocabulary; required where it is dropped"
    )
    reported_by: Reporter = Field(description="Who says so, by their id")
    reported_at: Moment = Field(description="When it happened")
    comment: Comment | None = Field(default=None, description="Why, in their words; never passed on")


class IntroductionReported(EventData):
    """A project was introduced to an incubator or another partner, or what came of that is known now."""

    event_type: ClassVar[str] = "engage.introduction.reported.v1"
    topic_name: ClassVar[str] = "forms.reports.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The confirmed assignment that is supported")
    introduction_id: UUID = Field(description="The introduction, an id that the form gives")
    partner_kind: PartnerKind = Field(description="What sort of partner it is")
    partner_name: ShortText = Field(description="Name of the organisation, never of a person")
    made_on: Day = Field(description="The day on which it was made")
    outcome: IntroductionState = Field(default="awaited", description="What came of it so far")
    reported_by: Reporter = Field(description="Who reports it, by their id")
    reported_at: Moment = Field(description="When it was reported")


class SupportState(StateChange[State, Code], Generic[State]):
    """What every event of a support plan carries."""

    topic_name: ClassVar[str] = "pairs.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The confirmed assignment that is supported")
    application_id: UUID = Field(description="Its application")
    lead_id: UUID = Field(description="The person who leads the association")
    owner_id: UUID = Field(description="The officer who owns the need")
    organisation_name: ShortText = Field(description="Name of the organisation that applied")
    project_title: ShortText = Field(description="Name of the project")


class SupportPlanOpened(SupportState[KnownSupportActionState]):
    """A confirmed assignment has a support plan; the version of each of its actions is 1."""

    event_type: ClassVar[str] = "engage.support.plan-opened.v1"

    actions: tuple[Code, ...] = Field(max_length=100, description="The actions that are planned")


class SupportActionChanged(SupportState[KnownSupportActionState]):
    """An action of a support plan was started, finished, dropped or taken up again; `version` is the action's."""

    event_type: ClassVar[str] = "engage.support.action-changed.v1"

    action: Code = Field(description="rooting, networking, deployment or obstacle-lifting")


class IntroductionRecorded(SupportState[KnownIntroductionState]):
    """A project was introduced to a partner; `to` says what came of it so far."""

    event_type: ClassVar[str] = "engage.introduction.recorded.v1"

    introduction_id: UUID = Field(description="The introduction")
    partner_kind: PartnerKind = Field(description="What sort of partner it is")
    partner_name: ShortText = Field(description="Name of the organisation")
    made_on: Day = Field(description="The day on which it was made")


class SupportUpdateRefused(EventData):
    """What was said of a support plan can't be; nothing changed."""

    event_type: ClassVar[str] = "engage.support.update-refused.v1"
    topic_name: ClassVar[str] = "pairs.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The assignment that was spoken of")
    action: Code | None = Field(description="The action, if it was about one")
    introduction_id: UUID | None = Field(description="The introduction, if it was about one")
    occurred_at: Moment = Field(description="When it was said")
    reasons: Reasons = Field(description="Why it can't be")


class Indicator(Message):
    """A figure of a project's impact."""

    code: Code = Field(
        description="What is counted, such as people-reached or jobs-created", examples=["people-reached"]
    )
    value: Count = Field(description="How many")


class ImpactReported(EventData):
    """A lead reports a project's figures: of the beginning, or of a whole year since."""

    event_type: ClassVar[str] = "engage.impact.reported.v1"
    topic_name: ClassVar[str] = "forms.reports.v1"
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
