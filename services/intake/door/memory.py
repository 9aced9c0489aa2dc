"""What the HTTP door remembers of messages, so that each has one effect however often it is sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.event import derived_id
from libraries.chassis.database import Database
from services.intake.queries import QUERIES


class OtherContent(Exception):
    """A message of the same id came before with other content."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is told apart: who sent it under which id, the SHA-256 of it, and what it is about."""

    form: str
    message_id: str
    digest: bytes
    application_id: UUID

    def event_id(self, at: datetime) -> UUID:
        """The id of its event: the same however often it is sent."""
        # Neither holds a line break, so no two pairs of them make one name.
        name = f"{self.form}\n{self.message_id}".encode()
        cause = UUID(bytes=hashlib.blake2b(name, digest_size=16).digest())
        return derived_id(cause, at, source="door", ordinal=0)


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that is remembered: its event's id and time, and whether Kafka has it for certain."""

    event_id: UUID
    at: datetime
    published: bool


class DoorMemory:
    """The door's table, which all replicas share; a message is remembered for `span`."""

    def __init__(self, database: Database, span: timedelta) -> None:
        self._database = database
        self._span = span

    async def remember(self, message: Message, now: datetime) -> Kept:
        """Remembers a message, or what it was the first time; raises OtherContent."""
        # One statement, which two replicas that get the same message at once carry out one after the other.
        row = await self._database.pool.fetchrow(
            QUERIES["remember_message"],
            message.form,
            message.message_id,
            message.digest,
            message.application_id,
            now,
            now - self._span,
        )
        assert row is not None  # it is returned whether it was there or not
        # The same id for other content is a mistake of the sender's: to answer 202 would lose what is sent now.
        if row["digest"] != message.digest:
            raise OtherContent
        return Kept(message.event_id(row["received_at"]), row["received_at"], row["published"])

    async def mark_published(self, message: Message) -> None:
        """Remembers that Kafka has the message's event."""
        await self._database.pool.execute(QUERIES["mark_published"], message.form, message.message_id)
