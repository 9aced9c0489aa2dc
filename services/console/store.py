"""What the console keeps of what people did: the audit; and how a person is reached, for who has said why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from libraries.chassis.store import Connection, named_queries
from libraries.pages.signing import MOST_NAME_CHARACTERS, Ticket

QUERIES: Final = named_queries("services.console")

MOST_LINES: Final = 100
MOST_LOOKS: Final = 20
AUDIT_DAYS: Final = 3 * 365 + 1
"""A line of the audit goes after so many days: three years, with a leap day among them."""
_DAY: Final = timedelta(days=1)
_NOBODY: Final = "-"


class Diary:
    """Notes in the audit who signed in, and who was not let in."""

    async def signed_in(self, connection: Connection, session: Ticket, at: datetime) -> None:
        """Somebody was let in; the oldest lines of the audit go."""
        await connection.execute(QUERIES["forget_old_audit"], at - timedelta(days=AUDIT_DAYS))
        await write_down(connection, session, at, "signed-in", ", ".join(session.roles))

    async def turned_away(self, connection: Connection, subject: str, at: datetime) -> None:
        """Somebody whom the provider knows and we do not: once a day, by their id there."""
        who = subject[:MOST_NAME_CHARACTERS]
        if not await connection.fetchval(QUERIES["was_turned_away"], who, at - _DAY):
            line = at, who, _NOBODY, "turned-away", "", None, 0, None
            await connection.execute(QUERIES["write_audit"], *line)


async def write_down(
    connection: Connection,
    session: Ticket,
    at: datetime,
    what: str,
    about: str,
    *,
    why: str | None = None,
    contact_id: UUID | None = None,
    records: Mapping[str, Sequence[UUID]] | None = None,
) -> int:
    """Notes in the audit what somebody did, with the records that it was about, by service; returns the line's id."""
    counted = sum(len(ids) for ids in (records or {}).values())
    line = at, session.who, ", ".join(session.roles), what, about, why, counted, contact_id
    identifier: int = await connection.fetchval(QUERIES["write_audit"], *line)
    for service, ids in (records or {}).items():
        await connection.execute(QUERIES["write_repaired"], identifier, service, list(ids))
    return identifier


async def read_audit(
    connection: Connection, *, before: int | None = None, who: str | None = None, what: str | None = None
) -> list[asyncpg.Record]:
    """The last hundred lines of the audit, of one person or one kind where one is asked for, before a line."""
    return await connection.fetch(QUERIES["read_audit"], before, who, what, MOST_LINES)


async def read_looks(connection: Connection, contact_id: UUID) -> list[asyncpg.Record]:
    """Who looked at a contact, the last first, and why."""
    return await connection.fetch(QUERIES["read_looks"], contact_id, MOST_LOOKS)


async def find_contacts(connection: Connection, ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """Which of these contacts there are, of whom and in which role; not how they are reached."""
    return await connection.fetch(QUERIES["find_contacts"], list(ids))


async def look_at_contact(connection: Connection, line: int) -> asyncpg.Record | None:
    """How a person is reached in one role, by the line of the audit that says why; it has to be committed.

    None where the contact is gone, or there is no such line of this minute.
    """
    return await connection.fetchrow(QUERIES["look_at_contact"], line)


async def find_repair(
    connection: Connection, repair: int
) -> tuple[asyncpg.Record, list[tuple[str, list[UUID]]]] | None:
    """A decision on records, with their ids by service; None where a line of the audit is none."""
    line = await connection.fetchrow(QUERIES["find_audit"], repair)
    if line is None or line["what"] not in ("replay", "discard"):
        return None
    rows = await connection.fetch(QUERIES["read_repaired"], repair)
    return line, [(row["service"], row["ids"]) for row in rows]
