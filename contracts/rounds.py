"""Rounds (sessions d'affectation): one optimal run over everything that waits on a track, and what it yields."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.fits import FitPart, Levels
from contracts.message import (
    MOST_COUNTED,
    Actor,
    Code,
    Count,
    EventData,
    Fit,
    Message,
    Name,
    Reason,
    ShortText,
    Track,
)
from contracts.moments import Moment


class RoundRequested(EventData):
    """A round (session d'affectation) over everything that waits on a track is asked for."""

    event_type: ClassVar[str] = "engage.round.requested.v1"
    topic_name: ClassVar[str] = "forms.decisions.v1"
    key_field: ClassVar[str] = "round_id"

    round_id: UUID = Field(description="Given by the form")
    track: Track = Field(description="The track whose applications take part")
    requested_by: UUID = Field(description="Id of the officer")
    requested_at: Moment = Field(description="When the round was asked for")


class GateCount(Message):
    """How many applications a gate kept from a need."""

    gate: Code = Field(description="territory, theme-or-public, forbidden, recused, floor", examples=["floor"])
    applications: int = Field(
        ge=1, le=MOST_COUNTED, description="How many it kept away; one may be kept away by several gates"
    )


class NeedUnmet(EventData):
    """A round leaves an open need without any project, and why."""

    event_type: ClassVar[str] = "engage.need.unmet.v1"
    topic_name: ClassVar[str] = "assignments.v1"
    minor: ClassVar[int] = 1
    key_field: ClassVar[str] = "round_id"

    round_id: UUID = Field(description="The round")
    need_id: UUID = Field(description="The need that nobody answers")
    need_title: ShortText = Field(description="Name of the need")
    directorate: Code = Field(description="The directorate of the City that owns the need")
    owner_id: UUID | None = Field(default=None, description="The officer who owns the need, and is told")
    cause: Reason = Field(description="no-candidates, all-gated, placed-elsewhere, territory-full or no-capacity")
    gates: tuple[GateCount, ...] = Field(
        max_length=20, description="What kept applications away, the most frequent first"
    )
    candidates: Count = Field(description="Applications that could answer the need and are held elsewhere")
    occurred_at: Moment = Field(description="When the round was asked for")


class ApplicationUnplaced(EventData):
    """A round leaves an application without a need, why, and what would change it."""

    event_type: ClassVar[str] = "engage.application.unplaced.v1"
    topic_name: ClassVar[str] = "assignments.v1"
    key_field: ClassVar[str] = "application_id"

    application_id: UUID = Field(description="The application that no need holds")
    round_id: UUID = Field(description="The round")
    lead_id: UUID = Field(description="The person who leads the association")
    organisation_name: ShortText = Field(description="Name of the organisation that applied")
    project_title: ShortText = Field(description="Name of the project")
    cause: Reason = Field(description="no-open-need, no-need-meets or places-taken")
    remedies: tuple[Reason, ...] = Field(
        max_length=10, description="What the applicant can correct; empty where nothing of theirs is in the way"
    )
    actor: Actor = Field(description="The engine, with its rules' version")
    occurred_at: Moment = Field(description="When the round was asked for")
    rules_version: Name = Field(description="Version of the rules that were read")


class Nomination(Message):
    """A need that a project of the contest would answer, and how strongly."""

    need_id: UUID = Field(description="The need")
    need_title: ShortText = Field(description="Name of the need")
    directorate: Code = Field(description="The directorate of the City that owns the need")
    fit: Fit = Field(description="Sum of the parts, in points")
    parts: tuple[FitPart, ...] = Field(max_length=10, description="What the fit is made of")


class NominationProposed(EventData):
    """The City points La France s'engage at a project of the contest: the needs that it would answer."""

    event_type: ClassVar[str] = "engage.nomination.proposed.v1"
    topic_name: ClassVar[str] = "assignments.v1"
    key_field: ClassVar[str] = "application_id"

    application_id: UUID = Field(description="The application to the contest")
    round_id: UUID = Field(description="The round that yields it")
    lead_id: UUID = Field(description="The person who leads the association")
    organisation_name: ShortText = Field(description="Name of the organisation that applied")
    project_title: ShortText = Field(description="Name of the project")
    held_need_id: UUID | None = Field(description="The need that the optimum would hold it against; null for none")
    needs: tuple[Nomination, ...] = Field(max_length=20, description="The needs it would answer, the best first")
    actor: Actor = Field(description="The engine, with its rules' version")
    occurred_at: Moment = Field(description="When the round was asked for")
    rules_version: Name = Field(description="Version of the rules that were read")


class RoundCompleted(EventData):
    """A round is whole: all that it published came before this."""

    event_type: ClassVar[str] = "engage.round.completed.v1"
    topic_name: ClassVar[str] = "assignments.v1"
    key_field: ClassVar[str] = "round_id"

    round_id: UUID = Field(description="The round")
    track: Track = Field(description="The track whose applications took part")
    applications: Count = Field(description="Applications that took part")
    placed: Count = Field(description="Of these, held against a need, or nominated")
    needs: Count = Field(description="Open needs")
    unmet: Count = Field(description="Of these, without any project")
    pairs: Count = Field(description="Pairs of an application and a need that pass every gate")
    objective: Levels = Field(description="What the result is worth, what people fixed not counted")
    independent: Levels | None = Field(
        description="The same by another solver; null where the round is too large for its numbers"
    )
    certified: bool = Field(description="Prices prove that no other result is worth more")
    rules_version: Name = Field(description="Version of the rules that were read")
    lottery_seed: Name = Field(description="What decides between equals, known beforehand")
    digest: str = Field(pattern="^[0-9a-f]{64}$", max_length=64, description="SHA-256 of the whole result, hexadecimal")
    actor: Actor = Field(description="The engine, with its rules' version")
    occurred_at: Moment = Field(description="When the round was asked for")
