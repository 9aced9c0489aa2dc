"""Erasures: a person asks that what is known of them be forgotten (GDPR, article 17)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.message import EventData
from contracts.moments import Moment


class ErasureRequested(EventData):
    """A person is to be forgotten: how to reach them, what they sent and what was written to them.

    Decisions stay, under ids that lead nowhere any more. A form that they send later is taken in as any other.
    """

    event_type: ClassVar[str] = "engage.person.erasure-requested.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID = Field(description="The person")
    requested_at: Moment = Field(description="When they asked, or somebody entitled to it did")
