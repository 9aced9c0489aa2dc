"""Leads: what the person who leads an association looks for in a mentor."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.message import Code, EventData, Language, Reasons, Reporter, WeeklySlot
from contracts.moments import Moment


class LeadWishesGiven(EventData):
    """A lead says what they look for in a mentor, whole; the latest counts, for the next offer on."""

    event_type: ClassVar[str] = "engage.lead.wishes-given.v1"
    topic_name: ClassVar[str] = "forms.reports.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The confirmed assignment that is to be accompanied")
    skills: tuple[Code, ...] = Field(
        default=(), max_length=20, description="What the mentor should know; the project's themes where it is empty"
    )
    languages: tuple[Language, ...] = Field(
        default=(),
        max_length=10,
        description="Languages the lead speaks: a mentor shares one of them; any where it is empty",
    )
    slots: tuple[WeeklySlot, ...] = Field(
        default=(), max_length=18, description="When in the week they can meet; any time where empty"
    )
    given_by: Reporter = Field(description="Who says so, by their id")
    given_at: Moment = Field(description="When it was said")


class LeadWishesFlagged(EventData):
    """What a lead looks for was taken with skills that no vocabulary has, kept as they are.

    No mentor has them who does not name them too; wishes that are given anew mend it.
    """

    event_type: ClassVar[str] = "engage.lead.wishes-flagged.v1"
    topic_name: ClassVar[str] = "pairs.v1"
    key_field: ClassVar[str] = "assignment_id"

    assignment_id: UUID = Field(description="The confirmed assignment that is to be accompanied")
    occurred_at: Moment = Field(description="When it was said")
    flags: Reasons = Field(description="What is not known, by its place in the form, and the nearest that is")
