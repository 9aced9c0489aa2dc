"""What operators may do with any service's lanes and with what they set aside: the one author of both for people.

Every function takes a connection in the schema of the service that it is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

import asyncpg

from contracts.event import derived_id
from libraries.chassis.records.name import LaneName
from libraries.chassis.store import Connection, named_queries

Decision: TypeAlias = Literal["replay", "discard"]
"""What may become of a record that is set aside: it is tried again, or dropped for good."""

Outcome: TypeAlias = Literal["asked", "committed", "dead-again", "waits", "discarded", "undone", "gone"]
"""What became of a decision: the service has still to look, its effects are committed, the record is dead again or
waits for what it refers to, it was dropped, the drop was undone, or nothing of it is kept any more."""

MOST_AT_ONCE: Final = 10_000
"""Records that one decision is about at most."""
MOST_GROUPS: Final = 500

_QUERIES: Final = named_queries("libraries.chassis", "operations.sql")


@dataclass(frozen=True, slots=True)
class Selection:
    """Undecided records: those with these ids, or all that have something in common; None for whatever it is.

    `before` is by when they were set aside, so that what comes later is in none. An empty type or source is that of a
    record which does not say it where it could be read without its content.
    """

    before: datetime
    ids: Sequence[UUID] | None = None
    state: str | None = None
    reason: str | None = None
    topic: str | None = None
    type: str | None = None
    source: str | None = None


class HeldCount(NamedTuple):
    """How many records are set aside in a state for a reason, and since when the first of them."""

    state: str
    reason: str
    records: int
    oldest: datetime


class Standing(NamedTuple):
    """How one record stands that is or was set aside, what was asked for it, and how many wait behind it."""

    state: str
    reason: str
    requested: str | None
    behind: int


class RecordOutcome(NamedTuple):
    """What became of one record, the reason it has now, and whether its discard can still be undone."""

    id: UUID
    outcome: Outcome
    reason: str | None
    can_be_undone: bool


class NotThere(LookupError):
    """A lane or a record does not stand where an operator believes it to; the text says where it does."""


async def list_lanes(connection: Connection) -> list[asyncpg.Record]:
    """Every lane of the service: its position, and why it stopped, if it did."""
    return await connection.fetch(_QUERIES["list_lanes"])


async def resume_lane(connection: Connection, lane: LaneName) -> None:
    """Lets a stopped lane go on from where it stopped; raises NotThere where it is not stopped."""
    if await connection.execute(_QUERIES["resume_lane"], *lane) != "UPDATE 1":
        raise NotThere(f"there is no stopped lane {lane}")


async def skip_offset(
    connection: Connection, service: str, lane: LaneName, offset: int, *, by: str, why: str, now: datetime
) -> None:
    """Steps over the one record that a lane stands at, for good; who and why stay with the fact.

    Raises NotThere where the lane stands elsewhere.
    """
    cause = UUID(bytes=blake2b(f"{lane}/{offset} skipped".encode(), digest_size=16).digest())
    identifier = derived_id(cause, now, source=service, ordinal=0)
    if not await connection.fetchval(_QUERIES["skip_offset"], *lane, offset, identifier, by, why, now):
        # Asked for only to say it: the statement above has compared it while it wrote.
        position = await connection.fetchval(_QUERIES["read_position"], *lane)
        stands = "there is no such lane" if position is None else f"the lane stands at {position}"
        raise NotThere(f"{lane} can't step over {offset}: {stands}")


async def list_held(
    connection: Connection,
    *,
    before: datetime,
    topic: str | None = None,
    key: str | None = None,
    reason: str | None = None,
    state: str | None = None,
) -> list[asyncpg.Record]:
    """What was set aside until `before`, oldest first, and without its content; None leaves everything in."""
    # Keys are kept as bytes, since those of a hostile record need not be text.
    wanted = None if key is None else key.encode()
    return await connection.fetch(_QUERIES["list_held"], topic, wanted, reason, state, before)


async def find_held(connection: Connection, identifier: UUID) -> asyncpg.Record | None:
    """One record that is or was set aside, by the id of its dead letter, with its content; None where there is none."""
    return await connection.fetchrow(_QUERIES["find_held"], identifier)


async def decide_on_held(connection: Connection, identifier: UUID, decision: Decision, *, by: str, why: str) -> None:
    """Says what is to become of a record that is set aside; the service does it at its next look.

    Raises NotThere where there is no such record, or where it can't be decided on.
    """
    # Written first and looked at only where nothing was: what is read before could be over by the time it is written.
    if await connection.execute(_QUERIES["decide_on_held"], identifier, decision, by, why) == "UPDATE 1":
        return
    row = await find_held(connection, identifier)
    if row is None:
        raise NotThere(f"{identifier} is no id of a record that was set aside")
    raise NotThere(f"{identifier} is {row['state']}: only what is dead or waiting can be decided on")


async def standing_of(connection: Connection, identifier: UUID) -> Standing | None:
    """How a record stands that is or was set aside; None where nothing is kept of it."""
    row = await connection.fetchrow(_QUERIES["standing_of"], identifier)
    return None if row is None else Standing(*row)


async def count_held(connection: Connection) -> list[HeldCount]:
    """How much is set aside, by state and reason."""
    return [HeldCount(*row) for row in await connection.fetch(_QUERIES["count_held"])]


async def group_held(connection: Connection) -> list[asyncpg.Record]:
    """What waits for a decision, by state, reason, topic, type and source, the most first; at most 500 groups."""
    return await connection.fetch(_QUERIES["group_held"], MOST_GROUPS)


async def select_held(
    connection: Connection, wanted: Selection, decision: Decision, *, limit: int = MOST_AT_ONCE
) -> list[asyncpg.Record]:
    """The records of a selection that a decision can be about, the oldest first and without their content."""
    filters = wanted.state, wanted.reason, wanted.topic, wanted.type, wanted.source
    ids = None if wanted.ids is None else list(wanted.ids)
    return await connection.fetch(_QUERIES["select_held"], ids, *filters, wanted.before, decision, limit)


async def decide_on_many(
    connection: Connection, identifiers: Sequence[UUID], decision: Decision, *, by: str, why: str
) -> list[UUID]:
    """Says what is to become of many records; returns those that it could still be said of.

    The service does it at its next looks, in portions; `outcomes` tells how far it is.
    """
    rows = await connection.fetch(_QUERIES["decide_on_many"], list(identifiers), decision, by, why)
    return [row[0] for row in rows]


async def outcomes(connection: Connection, identifiers: Sequence[UUID], decision: Decision) -> list[RecordOutcome]:
    """What became of a decision on records, each as it stands now."""
    rows = await connection.fetch(_QUERIES["outcomes"], list(identifiers))
    return [
        RecordOutcome(row["id"], _outcome(row, decision), row["reason"], bool(row["can_be_undone"])) for row in rows
    ]


def _outcome(row: asyncpg.Record, decision: Decision) -> Outcome:
    if row["state"] is None:
        # Of what only waited nothing is kept once it went well.
        return "committed" if decision == "replay" else "gone"
    if row["requested"] is not None and row["resolved_at"] is None:
        return "asked"
    known: dict[str, Outcome] = {
        "replayed": "committed",
        "discarded": "discarded",
        "waiting": "waits",
        "behind": "waits",
    }
    return known.get(row["state"], "undone" if decision == "discard" else "dead-again")


async def undo_discards(connection: Connection, identifiers: Sequence[UUID]) -> list[UUID]:
    """Takes discards back whose content is still kept; returns those. They are dead again, and hold nothing back."""
    return [row[0] for row in await connection.fetch(_QUERIES["undo_discards"], list(identifiers))]
