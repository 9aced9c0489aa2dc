"""What operators may know of any service's lanes and of what they set aside, and how they move a lane.

What becomes of what is set aside is decided by `repairs`.
Every function takes a connection in the schema of the service that it is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from contracts.event import derived_id
from libraries.chassis.records.name import LaneName
from libraries.chassis.store import Connection, named_queries

_QUERIES: Final = named_queries("libraries.chassis", "operations.sql")


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


class NotThere(LookupError):
    """A lane or a record does not stand where an operator believes it to; the text says where it does."""


async def list_lanes(connection: Connection) -> list[asyncpg.Record]:
    """Every lane of the service: its position, and why it stopped, if it did."""
    return await connection.fetch(_QUERIES["list_lanes"])


async def begin_lanes_at(connection: Connection, offsets: Mapping[LaneName, int]) -> None:
    """Has lanes go on at other offsets; the service must not run, since it would not hear of it."""
    rows = [(*lane, offset) for lane, offset in offsets.items()]
    if rows:
        await connection.execute(_QUERIES["begin_lanes_at"], *zip(*rows, strict=True))


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


async def standing_of(connection: Connection, identifier: UUID) -> Standing | None:
    """How a record stands that is or was set aside; None where nothing is kept of it."""
    row = await connection.fetchrow(_QUERIES["standing_of"], identifier)
    return None if row is None else Standing(*row)


async def count_held(connection: Connection) -> list[HeldCount]:
    """How much is set aside, by state and reason."""
    return [HeldCount(*row) for row in await connection.fetch(_QUERIES["count_held"])]
