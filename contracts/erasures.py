"""Erasures: a person asks that what is known of them be forgotten (GDPR, article 17)."""

from __future__ import annotations

from typing import ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field

from contracts.message import Code, Count, EventData, Message
from contracts.moments import Moment

ERASED: Final = "(effacé)"
"""Stands on every topic and in every table where a name or a title stood that was erased: contracts want a text there,
and people are to see that it is not just missing."""


class ErasureRequested(EventData):
    """A person is to be forgotten: how to reach them, what they sent and what was written to them.

    Every service obeys, whatever it reads first: of what they sent before they asked nothing is kept, however late it
    is read. Decisions stay, under ids that lead nowhere any more. A form that they send later is taken in as any other.
    """

    event_type: ClassVar[str] = "engage.person.erasure-requested.v1"
    topic_name: ClassVar[str] = "forms.erasures.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID = Field(description="The person")
    applications: Literal["go-on", "withdraw"] = Field(
        default="go-on", description="What becomes of applications that they lead"
    )
    requested_at: Moment = Field(description="When they asked, or somebody entitled to it did")


class Removed(Message):
    """What was forgotten of a person, by its sort."""

    what: Code = Field(description="A sort of thing, such as form, contact, mail, held-record", examples=["contact"])
    count: Count = Field(description="How many")


class PersonForgotten(EventData):
    """A service has forgotten a person: nothing that it keeps says any more who they are."""

    event_type: ClassVar[str] = "engage.person.forgotten.v1"
    topic_name: ClassVar[str] = "erasures.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID = Field(description="The person, by an id that leads nowhere any more")
    service: Code = Field(description="Which service")
    removed: tuple[Removed, ...] = Field(max_length=20, description="What it removed; what it had none of is left out")
    requested_at: Moment = Field(description="When it was asked for")


class RemovedBy(Message):
    """What a service has removed."""

    service: Code = Field(description="Which service")
    removed: tuple[Removed, ...] = Field(max_length=20, description="What it removed")


class PersonErased(EventData):
    """All services have forgotten a person."""

    event_type: ClassVar[str] = "engage.person.erased.v1"
    topic_name: ClassVar[str] = "erasures.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID = Field(description="The person, by an id that leads nowhere any more")
    requested_at: Moment = Field(description="When it was asked for")
    services: tuple[RemovedBy, ...] = Field(max_length=20, description="What each service removed")
