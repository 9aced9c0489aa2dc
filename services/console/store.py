"""What the console keeps of what people did: the audit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from libraries.chassis.store import Connection, named_queries
from libraries.pages.signing import Ticket

QUERIES: Final = named_queries("services.console")

MOST_LINES: Final = 100
_AUDIT: Final = timedelta(days=3 * 365 + 1)
_MOST_ABOUT_CHARACTERS: Final = 500


async def note_sign_in(connection: Connection, session: Ticket, at: datetime) -> None:
    """Notes that somebody signed in, and lets go of the oldest lines of the audit."""
    await connection.execute(QUERIES["forget_old_audit"], at - _AUDIT)
    await write_down(connection, session, at, "signed-in", _roles(session))


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
) -> None:
    """Notes in the audit what somebody did, of how many records, and on which page it can be seen."""
    line = at, session.who, _roles(session), what, about[:_MOST_ABOUT_CHARACTERS], why, records, link
    await connection.execute(QUERIES["write_audit"], *line)


async def read_audit(
    connection: Connection, *, before: int | None = None, who: str | None = None
) -> list[asyncpg.Record]:
    """The last hundred lines of the audit, of one person where one is asked for, before a line where one is given."""
    return await connection.fetch(QUERIES["read_audit"], before, who, MOST_LINES)


async def open_record(
    connection: Connection, session: Ticket, at: datetime, service: str, identifier: UUID, *, why: str
) -> asyncpg.Record | None:
    """A record that a service set aside, with its content, which may be personal: that somebody looked is in the audit.

    None where there is none; that somebody asked is in the audit then, too.
    """
    return await connection.fetchrow(QUERIES["open_record"], service, identifier, at, session.who, _roles(session), why)


def _roles(session: Ticket) -> str:
    return ", ".join(session.roles)
