"""What people wrote of obstacles, and in applications without wanting it published: kept for who is to act on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson

from libraries.chassis.store import Connection
from services.notifications.contacts import Woken, wake_waiting
from services.notifications.planned.rows import QUERIES


class Description(NamedTuple):
    """What may have been written by `authors` of an obstacle or an application: what texts say, by their parameters."""

    authors: tuple[UUID, ...]
    words: Mapping[str, str]
    said_at: datetime


async def fetch_descriptions(connection: Connection, matters: Collection[UUID]) -> dict[UUID, Mapping[str, str]]:
    """What was written of some obstacles and applications, as far as it is known: what texts say, by its matter."""
    rows = await connection.fetch(QUERIES["fetch_descriptions"], sorted(matters))
    return {row["matter_id"]: orjson.loads(row["words"]) for row in rows}


class Descriptions:
    """What one transaction hears of descriptions: written with one statement of each sort, read by the sender alone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._told: dict[UUID, Description] = {}
        self._gone: set[UUID] = set()
        self._ended: dict[UUID, datetime] = {}
        self._forgotten: dict[UUID, datetime] = {}

    def keep(self, matter_id: UUID, description: Description) -> None:
        """Keeps what was written of something, in the place of what was before."""
        self._gone.discard(matter_id)
        self._ended.pop(matter_id, None)
        self._told[matter_id] = description

    def end(self, matter_id: UUID, until: datetime) -> None:
        """Keeps what was written of something until a moment only: what is said of its end may show it."""
        self._ended[matter_id] = until

    async def ended(self, *, by: datetime) -> list[UUID]:
        """Of which matters what was written is to be dropped by a moment."""
        return [row["matter_id"] for row in await self._connection.fetch(QUERIES["find_ended_descriptions"], by)]

    def drop(self, matter_id: UUID) -> None:
        """Drops what was written of something: nobody has to act on it any more, or it was taken back."""
        self._told.pop(matter_id, None)
        self._gone.add(matter_id)

    def forget(self, person_id: UUID, at: datetime) -> None:
        """Drops what a person may have written by a moment."""
        self._forgotten[person_id] = max(at, self._forgotten.get(person_id, at))
        for matter_id, told in list(self._told.items()):
            if person_id in told.authors and told.said_at <= at:
                del self._told[matter_id]

    async def save(self) -> Woken:
        """Writes what changed, and says where mail is due because of it."""
        told, self._told = self._told, {}
        gone, self._gone = self._gone, set()
        ended, self._ended = self._ended, {}
        forgotten, self._forgotten = self._forgotten, {}
        # First, since one that is told in this batch was told after that.
        if gone:
            await self._connection.execute(QUERIES["drop_descriptions"], sorted(gone))
        if forgotten:
            await self._connection.execute(QUERIES["forget_descriptions"], [*forgotten], [*forgotten.values()])
        for matter_id, (authors, words, said_at) in sorted(told.items()):
            # One by one: arrays of arrays are none of PostgreSQL's, and there are few.
            said = orjson.dumps(words).decode()
            await self._connection.execute(QUERIES["keep_description"], matter_id, list(authors), said, said_at)
        if ended:
            await self._connection.execute(QUERIES["end_descriptions"], [*ended], [*ended.values()])
        return await wake_waiting(self._connection, sorted(told)) if told else []
