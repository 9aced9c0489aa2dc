"""What operators may do with any service's lanes and with what they set aside: the one author of both for people.

Every function takes a connection in the schema of the service that it is about.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from typing import Final, Literal, TypeAlias
from uuid import UUID

import asyncpg

from contracts.event import derived_id
from libraries.chassis.records.name import LaneName
from libraries.chassis.store import Connection, named_queries

Decision: TypeAlias = Literal["replay", "discard"]
"""What may become of a record that is set aside: it is tried again, or dropped for good."""

_QUERIES: Final = named_queries("libraries.chassis", "operations.sql")


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
