"""Deputies: who may decide in the place of a need's owner."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.message import EventData, Reasons
from contracts.moments import Moment
from contracts.typed import DeclaredPerson


class DeputyNamed(EventData):
    """An owner of needs names who may decide in their place from now on; a later one replaces it."""

    event_type: ClassVar[str] = "engage.deputy.named.v1"
    topic_name: ClassVar[str] = "forms.decisions.v1"
    key_field: ClassVar[str] = "owner_id"

    owner_id: UUID = Field(description="The owner, who names them")
    deputy: DeclaredPerson | None = Field(default=None, description="The deputy; null for nobody any more")
    until: Moment | None = Field(default=None, description="Until when they stand in; null for until another is named")
    named_at: Moment = Field(description="When they were named")


class DeputyRefused(EventData):
    """A deputy was named by a source that the owner does not belong to, or owns nothing; nothing changed."""

    event_type: ClassVar[str] = "engage.deputy.refused.v1"
    topic_name: ClassVar[str] = "assignments.v1"
    key_field: ClassVar[str] = "owner_id"

    owner_id: UUID = Field(description="In whose place the deputy was to decide")
    occurred_at: Moment = Field(description="When they were named")
    reasons: Reasons = Field(description="Why it can't be")
