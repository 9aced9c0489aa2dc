"""Rounds (sessions d'affectation): one optimal run over everything that waits on a track, and what it yields."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.assignments import FitPart, Levels
from contracts.message import Actor, Code, EventData, Message, Reason, ShortText, Track


class RoundRequested(EventData):
    """A round (session d'affectation) over everything that waits on a track is asked for."""

    event_type: ClassVar[str] = "engage.round.requested.v1"
    key_field: ClassVar[str] = "round_id"

    round_id: UUID = Field(description="Given by the form")
    track: Track = Field(description="The track whose applications take part")
    requested_by: UUID = Field(description="Id of the officer")
    requested_at: AwareDatetime = Field(description="When the round was asked for")


class GateCount(Message):
    """How many applications a gate kept from a need."""

    gate: Code = Field(description="territory, theme-or-public, forbidden, recused, floor")
    applications: int = Field(ge=1, description="How many it kept away; one may be kept away by several gates")


class NeedUnmet(EventData):
    """A round leaves an open need without any project, and why."""

    event_type: ClassVar[str] = "engage.need.unmet.v1"
    key_field: ClassVar[str] = "round_id"

    round_id: UUID = Field(description="The round")
    need_id: UUID = Field(description="The need that nobody answers")
    need_title: ShortText = Field(description="Name of the need")
    directorate: Code = Field(description="The directorate of the City that owns the need")
    cause: Reason = Field(description="no-candidates, all-gated, placed-elsewhere, territory-full or no-capacity")
    gates: tuple[GateCount, ...] = Field(description="What kept applications away, the most frequent first")
    candidates: int = Field(ge=0, description="Applications that could answer the need and are held elsewhere")
    occurred_at: AwareDatetime = Field(description="When the round was asked for")


class Nomination(Message):
    """A need that a project of the contest would answer, and how strongly."""

    need_id: UUID = Field(description="The need")
    need_title: ShortText = Field(description="Name of the need")
    directorate: Code = Field(description="The directorate of the City that owns the need")
    fit: int = Field(ge=0, le=1000, description="Sum of the parts, in points")
    parts: tuple[FitPart, ...] = Field(description="What the fit is made of")


class NominationProposed(EventData):
    """The City points La France s'engage at a project of the contest: the needs that it would answer."""

    event_type: ClassVar[str] = "engage.nomination.proposed.v1"
    key_field: ClassVar[str] = "application_id"

    application_id: UUID = Field(description="The application to the contest")
    round_id: UUID = Field(description="The round that yields it")
    lead_id: UUID = Field(description="The person who leads the association")
    organisation_name: ShortText = Field(description="Name of the organisation that applied")
    project_title: ShortText = Field(description="Name of the project")
    held_need_id: UUID | None = Field(description="The need that the optimum would hold it against; null for none")
    needs: tuple[Nomination, ...] = Field(description="The needs it would answer, the best first")
    actor: Actor = Field(description="The engine, with its rules' version")
    occurred_at: AwareDatetime = Field(description="When the round was asked for")
    rules_version: str = Field(description="Version of the rules that were read")


class RoundCompleted(EventData):
    """A round is whole: all that it published came before this."""

    event_type: ClassVar[str] = "engage.round.completed.v1"
    minor: ClassVar[int] = 1
    key_field: ClassVar[str] = "round_id"

    round_id: UUID = Field(description="The round")
    track: Track = Field(description="The track whose applications took part")
    applications: int = Field(ge=0, description="Applications that took part")
    placed: int = Field(ge=0, description="Of these, held against a need, or nominated")
    needs: int = Field(ge=0, description="Open needs")
    unmet: int = Field(ge=0, description="Of these, without any project")
    pairs: int = Field(ge=0, description="Pairs of an application and a need that pass every gate")
    objective: Levels = Field(description="What the result is worth, what people fixed not counted")
    independent: Levels | None = Field(
        description="The same by another solver; null where the round is too large for its numbers"
    )
    certified: bool = Field(description="Prices prove that no other result is worth more")
    rules_version: str = Field(description="Version of the rules that were read")
    lottery_seed: str = Field(description="What decides between equals, known beforehand")
    digest: str = Field(min_length=64, max_length=64, description="SHA-256 of the whole result, hexadecimal")
    actor: Actor = Field(description="The engine, with its rules' version")
    occurred_at: AwareDatetime = Field(description="When the round was asked for")
