"""Contacts: the only outbound message with personal data."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, ClassVar, Literal, TypeAlias
from uuid import UUID, uuid5

from pydantic import Field

from contracts.message import (
    MOST_TAGS,
    PERSONAL,
    Code,
    EmailAddress,
    EventData,
    Language,
    Message,
    PersonName,
    ShortText,
    Telephone,
)

ContactRole: TypeAlias = Literal["lead", "mentor", "owner", "line-manager"]
"""As what a person is known: who leads an application, accompanies a lead, owns a need or stands in for who does,
or is to authorise a mentor."""

_NAMESPACE = UUID("5b0c3d0e-6a55-4c0b-9c39-0f8f2f6f3a71")


@lru_cache(maxsize=4_096)
def contact_id_of(role: ContactRole, person_id: UUID) -> UUID:
    """The id of how a person is reached in a role: a UUIDv5.

    Each role has one service that says who is who in it, and nobody is reached in one role by what was said of them
    in another: whoever names a mentor as the lead of an application changes nothing of that mentor.
    """
    return uuid5(_NAMESPACE, f"{role}:{person_id}")


class Work(Message):
    """What a mentor does and knows."""

    occupation: Annotated[ShortText, PERSONAL] = Field(description="What they do, in their words")
    directorate: Code = Field(description="For which directorate of the City")
    skills: tuple[Code, ...] = Field(max_length=MOST_TAGS, description="Themes that they know")


class ContactPublished(EventData):
    """How to reach a person in a role, the later record holds; a tombstone with the same key erases it."""

    event_type: ClassVar[str] = "engage.contact.published.v2"
    topic_name: ClassVar[str] = "contacts.v1"
    whole: ClassVar[bool] = True
    key_field: ClassVar[str] = "contact_id"

    contact_id: UUID = Field(description="Derives from the role and the person's id")
    person_id: UUID = Field(description="The person's id, the same on every topic")
    role: ContactRole = Field(description="As what they are reached so")
    name: PersonName = Field(description="First and last name")
    email: EmailAddress = Field(description="Where mail reaches the person")
    telephone: Telephone | None = Field(default=None, description="Digits, with or without the country's code")
    language: Language = Field(description="The language of mail to the person")
    work: Work | None = Field(
        default=None, description="Of a mentor: what is told of them to whom they are offered, before their name is"
    )


class ContactPublishedFirst(ContactPublished):
    """How to reach a person, before mentors' line managers were asked."""

    event_type: ClassVar[str] = "engage.contact.published.v1"
    minor: ClassVar[int] = 1

    role: Literal["lead", "mentor", "owner"] = Field(description="As what they are reached so")

    def upcast(self) -> EventData:
        """The same with one more role to choose from."""
        return ContactPublished(**dict(self))
