"""Contacts: the only outbound message with personal data."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field

from contracts.message import EmailAddress, EventData, Language, Person, PersonName, Telephone
from contracts.moments import Moment


class ContactPublished(EventData):
    """How to reach a person; the newest `updated_at` holds; a tombstone with the same key erases it."""

    event_type: ClassVar[str] = "engage.contact.published.v1"
    whole: ClassVar[bool] = True
    key_field: ClassVar[str] = "person_id"

    person_id: UUID = Field(description="The person's id, the same on every topic")
    name: PersonName = Field(description="First and last name")
    email: EmailAddress = Field(description="Where mail reaches the person")
    telephone: Telephone | None = Field(default=None, description="Digits, with or without the country's code")
    language: Language = Field(description="The language of mail to the person")
    updated_at: Moment = Field(description="When the person gave it: an older one never replaces a newer")

    @classmethod
    def of(cls, person: Person, updated_at: datetime) -> Self:
        """How to reach a person as a form names them, who said so at `updated_at`."""
        return cls(
            person_id=person.person_id,
            name=person.name,
            email=person.email,
            telephone=person.telephone,
            language=person.language,
            updated_at=updated_at,
        )
