"""What people write in applications and do not want published: what stands in its place, and how who acts reads it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import Field

from contracts.message import PERSONAL, EventData, LongText, ShortText

UNPUBLISHED: Final = "(non publié)"
"""Stands on every public topic where a name, a title or a summary would that who wrote it does not want published, or
has not been asked about: contracts want a text there, and people are to see why there is none. Whoever has to act on
the application finds the texts on a restricted topic, as `ApplicationDescribed`."""


class ApplicationDescribed(EventData):
    """What an application's form says in words that may not be published, for who has to act on it.

    A tombstone with the same key takes it back: once a later form lets them be published, or its lead asks to be
    forgotten.
    """

    event_type: ClassVar[str] = "engage.application.described.v1"
    topic_name: ClassVar[str] = "descriptions.v1"
    whole: ClassVar[bool] = True
    key_field: ClassVar[str] = "application_id"

    application_id: UUID = Field(description="The application")
    lead_id: UUID = Field(description="The person who leads the association, whose words they are")
    organisation_name: Annotated[ShortText, PERSONAL] = Field(description="Name as the organisation writes it")
    project_title: Annotated[ShortText, PERSONAL] = Field(description="Name of the project")
    summary: Annotated[LongText, PERSONAL] = Field(description="What the project does, for whom and how")
