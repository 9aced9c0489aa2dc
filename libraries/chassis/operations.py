"""What operators may do with any service's lanes: look at them, let a stopped one go on, step over one record."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from uuid import UUID

import asyncpg

from contracts.event import derived_id
from libraries.chassis.lanes.ledger import QUERIES
from libraries.chassis.records.name import LaneName
from libraries.chassis.store import Connection


class NotThere(LookupError):
    """A lane does not stand where an operator believes it to; the text says where it does."""


async def list_lanes(connection: Connection) -> list[asyncpg.Record]:
    """Every lane of the service whose schema the connection is in: its position, and why it stopped, if it did."""
    return await connection.fetch(QUERIES["list_lanes"])


async def resume_lane(connection: Connection, lane: LaneName) -> None:
    """Lets a stopped lane go on from where it stopped; raises NotThere where it is not stopped."""
    if await connection.execute(QUERIES["resume_lane"], *lane) != "UPDATE 1":
        raise NotThere(f"there is no stopped lane {lane}")


async def skip_offset(
    connection: Connection, service: str, lane: LaneName, offset: int, *, by: str, why: str, now: datetime
) -> None:
    """Steps over the one record that a lane stands at, for good; who and why stay with the fact.

    Raises NotThere where the lane stands elsewhere.
    """
    cause = UUID(bytes=blake2b(f"{lane}/{offset} skipped".encode(), digest_size=16).digest())
    identifier = derived_id(cause, now, source=service, ordinal=0)
    if not await connection.fetchval(QUERIES["skip_offset"], *lane, offset, identifier, by, why, now):
        position = await connection.fetchval(QUERIES["read_position"], *lane)
        stands = "there is no such lane" if position is None else f"the lane stands at {position}"
        raise NotThere(f"{lane} can't step over {offset}: {stands}")
