"""What people have said and matching has to respect: bans, recusals, decisions of the contest's jury."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Forbidden(NamedTuple):
    """A person's word that an application is not for a need."""

    application_id: UUID
    need_id: UUID
    actor: str
    reason: str


class ContestVerdict(NamedTuple):
    """What a jury decided of an application, kept secret until `publish_at`; `scores` as JSON text.

    The ids are those of the event that brought it, which stays the cause of its publication.
    """

    application_id: UUID
    decision: str
    scores: str
    publish_at: datetime
    actor: str
    reason: str | None
    event_id: str
    identity: UUID
    correlation_id: str
    traceparent: str | None


class Recusal(NamedTuple):
    """A person who abstains wholly from an application's file."""

    application_id: UUID
    person_id: UUID
