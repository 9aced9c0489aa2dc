"""What the console keeps of what people did: the audit; and how a person is reached, for who has said why."""

from __future__ import annotations

from collections.abc import Sequence
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
_MOST_ABOUT_CHARACTERS: Final = 500


class Diary:
    """Notes in the audit who signed in, and who was not let in."""

    async def signed_in(self, connection: Connection, session: Ticket, at: datetime) -> None:
        """Somebody was let in; the oldest lines of the audit go."""
        await connection.execute(QUERIES["forget_old_audit"], at - timedelta(days=AUDIT_DAYS))
        await write_down(connection, session, at, "signed-in", _roles(session))

    async def turned_away(self, connection: Connection, subject: str, at: datetime) -> None:
        """Somebody whom the provider knows and we do not: once a day, by their id there."""
        who = subject[:MOST_NAME_CHARACTERS]
        if not await connection.fetchval(QUERIES["was_turned_away"], who, at - _DAY):
            line = at, who, _NOBODY, "turned-away", "", None, 0, None, None
            await connection.execute(QUERIES["write_audit"], *line)


async def write_down(
    connection: Connection,
    session: Ticket,
    at: datetime,
    what: str,
    about: str,
    *,
    why: str | None = None,
    records: int = 0,
    link: str | None = None,
    contact_id: UUID | None = None,
) -> int:
    """Notes in the audit what somebody did, of how many records, and on which page it can be seen; returns its id."""
    line = at, session.who, _roles(session), what, about[:_MOST_ABOUT_CHARACTERS], why, records, link, contact_id
    identifier: int = await connection.fetchval(QUERIES["write_audit"], *line)
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


async def open_record(
    connection: Connection, session: Ticket, at: datetime, service: str, identifier: UUID, *, why: str
) -> asyncpg.Record | None:
    """A record that a service set aside, with its content, which may be personal: that somebody looked is in the audit.

    None where there is none; that somebody asked is in the audit then, too.
    """
    return await connection.fetchrow(QUERIES["open_record"], service, identifier, at, session.who, _roles(session), why)


def _roles(session: Ticket) -> str:
    return ", ".join(session.roles)
