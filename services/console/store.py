"""What the console keeps of what people did: the audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from libraries.chassis.store import Connection, named_queries
from libraries.pages.signing import Ticket

QUERIES: Final = named_queries("services.console")

MOST_LINES: Final = 100
AUDIT_DAYS: Final = 3 * 365 + 1
"""A line of the audit goes after so many days: three years, with a leap day among them."""


async def note_sign_in(connection: Connection, session: Ticket, at: datetime) -> None:
    """Notes that somebody signed in, and lets go of the oldest lines of the audit."""
    await connection.execute(QUERIES["forget_old_audit"], at - timedelta(days=AUDIT_DAYS))
    await write_down(connection, session, at, "signed-in", ", ".join(session.roles))


async def write_down(
    connection: Connection,
    session: Ticket,
    at: datetime,
    what: str,
    about: str,
    *,
    why: str | None = None,
    records: Mapping[str, Sequence[UUID]] | None = None,
) -> int:
    """Notes in the audit what somebody did, with the records that it was about, by service; returns the line's id."""
    counted = sum(len(ids) for ids in (records or {}).values())
    line = at, session.who, ", ".join(session.roles), what, about, why, counted
    identifier: int = await connection.fetchval(QUERIES["write_audit"], *line)
    for service, ids in (records or {}).items():
        await connection.execute(QUERIES["write_repaired"], identifier, service, list(ids))
    return identifier


async def read_audit(
    connection: Connection, *, before: int | None = None, who: str | None = None
) -> list[asyncpg.Record]:
    """The last hundred lines of the audit, of one person where one is asked for, before a line where one is given."""
    return await connection.fetch(QUERIES["read_audit"], before, who, MOST_LINES)


async def find_repair(
    connection: Connection, repair: int
) -> tuple[asyncpg.Record, list[tuple[str, list[UUID]]]] | None:
    """A decision on records, with their ids by service; None where a line of the audit is none."""
    line = await connection.fetchrow(QUERIES["find_audit"], repair)
    if line is None or line["what"] not in ("replay", "discard"):
        return None
    rows = await connection.fetch(QUERIES["read_repaired"], repair)
    return line, [(row["service"], row["ids"]) for row in rows]
