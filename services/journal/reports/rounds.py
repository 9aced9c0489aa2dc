"""What was held once a round was whole, as far as the journal goes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from libraries.chassis.store import Connection, named_queries

_QUERIES: Final = named_queries("services.journal.reports", "rounds.sql")
_CONTEST: Final = "contest"


@dataclass(frozen=True, slots=True)
class Held:
    """A project held against a need, by what both are called, and its fit in points; None for what is not known."""

    application_id: UUID
    need_id: UUID
    project: str | None
    organisation: str | None
    need: str | None
    fit: int | None


@dataclass(frozen=True, slots=True)
class PastRound:
    """A round that there was: when, on which track, and all that was held once it was whole."""

    round_id: UUID
    at: datetime
    track: str
    held: tuple[Held, ...]


async def read_round(connection: Connection, round_id: UUID) -> PastRound | None:
    """A round and what it left held, in one snapshot; None for one that the journal does not know, or not any more."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        known = await connection.fetchrow(_QUERIES["read_round"], round_id)
        if known is None:
            return None
        if known["track"] == _CONTEST:
            rows = await connection.fetch(_QUERIES["read_nominated"], known["correlation_id"])
        else:
            rows = await connection.fetch(_QUERIES["read_held"], known["correlation_id"], known["recorded_at"])
    return PastRound(round_id, known["happened_at"], known["track"], tuple(Held(**row) for row in rows))
