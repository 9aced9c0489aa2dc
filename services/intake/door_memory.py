"""What the HTTP door remembers of messages, and the public state of applications."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from contracts.event import derived_id
from libraries.chassis.database import Database
from libraries.chassis.store import named_queries

_QUERIES: Final = named_queries("services.intake")
_WITH_REASONS: Final = frozenset({"rejected", "correction-requested"})


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
        row = await self._database.pool.fetchrow(
            _QUERIES["remember_message"],
            message.form,
            message.message_id,
            message.digest,
            message.application_id,
            now,
            now - self._span,
        )
        assert row is not None
        if row["digest"] != message.digest:
            raise OtherContent
        return Kept(message.event_id(row["received_at"]), row["received_at"], row["published"])

    async def mark_published(self, message: Message) -> None:
        """Remembers that Kafka has the message's event."""
        await self._database.pool.execute(_QUERIES["mark_published"], message.form, message.message_id)

    async def public_state(self, application_id: UUID) -> dict[str, Any] | None:
        """What anybody may know of an application; None where nothing is known of it."""
        row = await self._database.pool.fetchrow(_QUERIES["fetch_public_state"], application_id)
        known: dict[str, Any] = {
            "application_id": str(application_id),
            "state": "received",
            "version": None,
            "track": None,
            "edition": None,
            "changed_at": None,
            "reasons": [],
        }
        if row is not None:
            known |= {name: row[name] for name in ("state", "version", "track", "edition", "changed_at")}
            if row["state"] in _WITH_REASONS:
                known["reasons"] = _reasons(row["answers"])
            return known
        received_at = await self._database.pool.fetchval(_QUERIES["fetch_first_message"], application_id)
        return None if received_at is None else known | {"changed_at": received_at}


def _reasons(answers: str) -> list[dict[str, Any]]:
    """Every reason once, fails before what is unknown, as the application's own event gave them."""
    judged = orjson.loads(answers)
    found = {
        (problem["code"], problem["field"]): problem
        for wanted in ("fail", "unknown")
        for answer in judged
        if answer["answer"] == wanted
        for problem in answer["problems"]
    }
    return list(found.values())
