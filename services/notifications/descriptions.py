"""What people wrote of obstacles that are in the way: kept for who is to lift them, and for no longer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from contracts.obstacles import ObstacleDescribed
from libraries.chassis.store import Connection
from services.notifications.contacts import Woken, wake_waiting
from services.notifications.planned.rows import QUERIES


async def fetch_descriptions(connection: Connection, obstacles: Collection[UUID]) -> dict[UUID, str]:
    """What was written of some obstacles, as far as it is known."""
    rows = await connection.fetch(QUERIES["fetch_descriptions"], sorted(obstacles))
    return {row["obstacle_id"]: row["words"] for row in rows}


class Descriptions:
    """What one transaction hears of descriptions: written with one statement of each sort, read by the sender alone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._told: dict[UUID, tuple[ObstacleDescribed, datetime]] = {}
        self._gone: set[UUID] = set()
        self._forgotten: dict[UUID, datetime] = {}

    def keep(self, said: ObstacleDescribed, at: datetime) -> None:
        """Keeps what was written of an obstacle, in the place of what was before."""
        self._gone.discard(said.obstacle_id)
        self._told[said.obstacle_id] = said, at

    def drop(self, obstacle_id: UUID) -> None:
        """Drops what was written of an obstacle: it is in nobody's way any more, or was taken back."""
        self._told.pop(obstacle_id, None)
        self._gone.add(obstacle_id)

    def forget(self, person_id: UUID, at: datetime) -> None:
        """Drops what a person may have written by a moment."""
        self._forgotten[person_id] = max(at, self._forgotten.get(person_id, at))
        for obstacle_id, (said, said_at) in list(self._told.items()):
            if person_id in said.authors and said_at <= at:
                del self._told[obstacle_id]

    async def save(self) -> Woken:
        """Writes what changed, and says where mail is due because of it."""
        told, self._told = self._told, {}
        gone, self._gone = self._gone, set()
        forgotten, self._forgotten = self._forgotten, {}
        # First, since one that is told in this batch was told after that.
        if gone:
            await self._connection.execute(QUERIES["drop_descriptions"], sorted(gone))
        if forgotten:
            await self._connection.execute(QUERIES["forget_descriptions"], [*forgotten], [*forgotten.values()])
        for obstacle_id, (said, at) in sorted(told.items()):
            # One by one: arrays of arrays are none of PostgreSQL's, and people seldom write of an obstacle.
            await self._connection.execute(
                QUERIES["keep_description"], obstacle_id, list(said.authors), said.comment, at
            )
        return await wake_waiting(self._connection, sorted(told)) if told else []
