"""Sessions that people have open, so that one can be ended before its time, or all of somebody's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from libraries.chassis.store import Connection, named_queries
from libraries.pages.database import PagesDatabase
from libraries.pages.signing import Ticket

QUERIES: Final = named_queries("libraries.pages")

MOST_SHOWN: Final = 500
_LOOKED_FOR: Final = timedelta(seconds=1)


class Proof(NamedTuple):
    """What a provider takes for a hint of a session and calls it itself, and the entitlements that let somebody in."""

    hint: str
    session: str | None
    entitled_by: tuple[str, ...]


class Sessions:
    """What was ended, read at most once a second however many pages are asked for.

    A session is the cookie itself, signed: the table says what is no longer good of what was signed. `entitlements`
    tells by which people are let in now: where these change, sessions end that others have let in.
    """

    def __init__(
        self,
        database: PagesDatabase,
        clock: Callable[[], datetime],
        entitlements: Callable[[], frozenset[str] | None] = lambda: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._entitlements = entitlements
        self._judged_by: frozenset[str] | None = None
        self._ended: frozenset[UUID] = frozenset()
        self._looked_at: datetime | None = None
        self._looking = asyncio.Lock()

    def has_ended(self, session: UUID) -> bool:
        """Whether a session was ended, by what was read last."""
        return session in self._ended

    async def look(self) -> None:
        """Reads what was ended, where that was longer ago than a second; raises what the database raises."""
        if self._is_fresh():
            return
        async with self._looking:
            if self._is_fresh():
                return
            now, entitled = self._clock(), self._entitlements()
            async with self._database.within() as connection:
                if entitled is not None and entitled != self._judged_by:
                    await connection.execute(QUERIES["end_unentitled"], sorted(entitled), now)
                rows = await connection.fetch(QUERIES["read_ended"], now)
            self._ended, self._looked_at = frozenset(row["id"] for row in rows), now
            self._judged_by = entitled

    def forget_look(self) -> None:
        """Has the next page read anew, since something was ended here."""
        self._looked_at = None

    def _is_fresh(self) -> bool:
        return self._looked_at is not None and self._clock() - self._looked_at < _LOOKED_FOR


async def begin(
    connection: Connection, session: Ticket, at: datetime, *, person: str, proof: Proof | None = None
) -> None:
    """Notes a session that begins, and lets go of those that are over.

    `person` is whose it is, however often they sign in; `proof` is there where a provider says so.
    """
    await connection.execute(QUERIES["forget_sessions"], at)
    row = session.id, person, session.who, ", ".join(session.roles), at, session.expires_at
    await connection.execute(QUERIES["begin_session"], *row, *(proof or (None, None, None)))


async def end(connection: Connection, session: UUID, at: datetime) -> str | None:
    """Ends a session by who has it; returns what a provider knows it by."""
    hint: str | None = await connection.fetchval(QUERIES["end_session"], session, at)
    return hint


async def end_all_of(connection: Connection, person: str, at: datetime) -> int:
    """Ends all sessions of a person; returns how many there were."""
    return len(await connection.fetch(QUERIES["end_sessions_of"], person, at))


async def end_at_provider(connection: Connection, at: datetime, *, subject: str | None, session: str | None) -> int:
    """Ends what began at a provider and has ended there: a session, or all of a person; returns how many there were.

    A session of whom it said no name when it began ends with any of that person.
    """
    return len(await connection.fetch(QUERIES["end_at_provider"], at, subject, session))


async def list_open(connection: Connection, now: datetime) -> list[asyncpg.Record]:
    """Sessions that are good now, the newest first, by person; at most `MOST_SHOWN`."""
    return await connection.fetch(QUERIES["list_open"], now, MOST_SHOWN)
