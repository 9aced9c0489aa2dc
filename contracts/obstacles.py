"""Obstacles (freins) on a confirmed project's way: reported, taken by a city service, lifted, escalated, abandoned."""

from __future__ import annotations

from typing import ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field

from contracts.message import Code, Comment, EventData, Reasons, Reporter, ShortText, StateChange
from contracts.moments import DerivedMoment, Moment
from contracts.states import KnownObstacleState

MOST_AUTHORS: Final = 4
"""Who says something is told by a kind and an id, which may be a person's, a mentor's, or the lead's of a project."""


class ObstacleReported(EventData):
    """A mentor, a lead or an officer says what stands in a project's way."""

    event_type: ClassVar[str] = "engage.obstacle.reported.v1"
    topic_name: ClassVar[str] = "forms.reports.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The confirmed assignment that is hindered")
    obstacle_id: UUID = Field(description="The obstacle, an id that the form gives")
    kind: Code = Field(
        description="premises, authorisation, funding, partners, recruitment, other", examples=["premises"]
    )
    service: Code | None = Field(
        default=None,
        description="The city service that should lift it; null for the directorate that owns the need",
        examples=["direction-habitat"],
    )
    reported_by: Reporter = Field(description="Who reports it, by their id")
    reported_at: Moment = Field(description="When it was reported")
    comment: Comment | None = Field(
        default=None, description="What it is, in their words: shown to who is to lift it, and to nobody else"
    )


class ObstacleUpdated(EventData):
    """A city service takes an obstacle, hands it on, lifts it, or somebody abandons it."""

    event_type: ClassVar[str] = "engage.obstacle.updated.v1"
    topic_name: ClassVar[str] = "forms.reports.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The assignment that is hindered")
    obstacle_id: UUID = Field(description="The obstacle")
    update: Literal["take", "lift", "abandon"] = Field(description="What happened to it")
    service: Code | None = Field(
        default=None,
        description="Where it is taken: by which service; null for its owner",
        examples=["direction-habitat"],
    )
    updated_by: Reporter = Field(description="Who says so, by their id")
    updated_at: Moment = Field(description="When it happened")
    reason: Code | None = Field(
        default=None, description="Why, as a code of the form's vocabulary; required where it is abandoned"
    )
    comment: Comment | None = Field(default=None, description="Why, in their words; never passed on")


class ObstacleState(StateChange[KnownObstacleState, Code]):
    """What every event of an obstacle carries."""

    topic_name: ClassVar[str] = "pairs.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The assignment that is hindered")
    obstacle_id: UUID = Field(description="The obstacle")
    application_id: UUID = Field(description="The assignment's application")
    lead_id: UUID = Field(description="The person who leads the association")
    owner_id: UUID = Field(description="The officer who owns the need")
    kind: Code = Field(
        description="premises, authorisation, funding, partners, recruitment, other", examples=["premises"]
    )
    service: Code = Field(description="The city service that owns it", examples=["direction-habitat"])
    organisation_name: ShortText = Field(description="Name of the organisation that applied")
    project_title: ShortText = Field(description="Name of the project")


class ObstacleOpened(ObstacleState):
    """An obstacle is known, and has an owner."""

    event_type: ClassVar[str] = "engage.obstacle.opened.v1"
    minor: ClassVar[int] = 1

    due_at: DerivedMoment = Field(description="Until when it should be lifted")
    is_described: bool = Field(
        default=False, description="Whether somebody wrote what it is, which a restricted topic has"
    )


class ObstacleTaken(ObstacleState):
    """A city service works on it; from then it has its time anew."""

    event_type: ClassVar[str] = "engage.obstacle.taken.v1"
    minor: ClassVar[int] = 1

    due_at: DerivedMoment = Field(description="Until when it should be lifted")
    is_described: bool = Field(
        default=False, description="Whether somebody wrote what it is, which a restricted topic has"
    )


class ObstacleAmended(ObstacleState):
    """Who leads the hindered project, who owns its need, or what it is called changed; it is still in the way."""

    event_type: ClassVar[str] = "engage.obstacle.amended.v1"
    minor: ClassVar[int] = 1

    due_at: DerivedMoment | None = Field(
        description="Until when it should be lifted, or the next level is told; null where all were"
    )
    is_described: bool = Field(
        default=False, description="Whether somebody wrote what it is, which a restricted topic has"
    )


class ObstacleLifted(ObstacleState):
    """It stands in nobody's way any more."""

    event_type: ClassVar[str] = "engage.obstacle.lifted.v1"


class ObstacleEscalated(ObstacleState):
    """It was not lifted in time: a higher level is told."""

    event_type: ClassVar[str] = "engage.obstacle.escalated.v1"
    minor: ClassVar[int] = 1

    level: Code = Field(description="Who is told: service, directorate, officer", examples=["directorate"])
    is_described: bool = Field(
        default=False, description="Whether somebody wrote what it is, which a restricted topic has"
    )
    due_at: DerivedMoment | None = Field(description="When the next level is told; null at the highest")


class ObstacleAbandoned(ObstacleState):
    """Nobody will lift it, and the reason says why."""

    event_type: ClassVar[str] = "engage.obstacle.abandoned.v1"


class ObstacleFlagged(EventData):
    """An obstacle was opened for a service that nobody knows, which is kept as it is: no mail reaches it.

    Its owner is told instead; whoever takes it, or hands it on, mends it.
    """

    event_type: ClassVar[str] = "engage.obstacle.flagged.v1"
    topic_name: ClassVar[str] = "pairs.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The assignment that is hindered")
    obstacle_id: UUID = Field(description="The obstacle")
    occurred_at: Moment = Field(description="When it was reported")
    flags: Reasons = Field(description="What is not known, by its place in the form, and the nearest that is")


class ObstacleUpdateRefused(EventData):
    """A report or an update that can't be taken; nothing changed."""

    event_type: ClassVar[str] = "engage.obstacle.update-refused.v1"
    topic_name: ClassVar[str] = "pairs.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The assignment that it was about")
    obstacle_id: UUID = Field(description="The obstacle that it was about")
    occurred_at: Moment = Field(description="When it was reported or updated")
    reasons: Reasons = Field(description="Why it can't be done")


class ObstacleDescribed(EventData):
    """What somebody wrote of an obstacle that is in the way; a tombstone with the same key takes it back.

    It is taken back once the obstacle is lifted or abandoned, and where who wrote it asks to be forgotten.
    """

    event_type: ClassVar[str] = "engage.obstacle.described.v1"
    topic_name: ClassVar[str] = "descriptions.v1"
    whole: ClassVar[bool] = True
    key_field: ClassVar[str] = "obstacle_id"

    obstacle_id: UUID = Field(description="The obstacle")
    authors: tuple[UUID, ...] = Field(
        min_length=1, max_length=MOST_AUTHORS, description="Who may have written it: their ids as persons"
    )
    comment: Comment = Field(description="What it is, in their words")
