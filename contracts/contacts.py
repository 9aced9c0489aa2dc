"""Contacts: the only outbound message with personal data."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.message import EmailAddress, EventData, Language, PersonName, Telephone


class ContactPublished(EventData):
    """How to reach a person; the newest `updated_at` holds; a tombstone with the same key erases it."""

    event_type: ClassVar[str] = "engage.contact.published.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID
    name: PersonName
    email: EmailAddress
    telephone: Telephone | None = None
    language: Language
    updated_at: AwareDatetime = Field(description="When the person gave it: an older one never replaces a newer")
