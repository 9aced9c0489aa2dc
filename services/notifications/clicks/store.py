"""What the pages behind the links of mails read and change: each click is one statement of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from libraries.chassis.database import Database
from libraries.chassis.store import named_queries
from services.notifications.planned.follow_ups import ids_about

_QUERIES: Final = named_queries("services.notifications.clicks")


class ClickStore:
    """The service's tables as whoever has a link may touch them: what it names, and nothing beside."""

    def __init__(self, database: Database) -> None:
        # Not its pool, which is there only once the service has opened.
        self._database = database

    async def offer(self, pair_id: UUID) -> Mapping[str, Any]:
        """What the mails of an offer said of it; nothing once that was forgotten."""
        said = await self._database.pool.fetchval(_QUERIES["fetch_offer"], pair_id, *ids_about(pair_id))
        parameters: Mapping[str, Any] = orjson.loads(said or "{}")
        return parameters

    async def choose_optional_mail(self, person_id: UUID, *, none_since: datetime | None) -> None:
        """Keeps since when a person wants no optional mail; None where they want it again."""
        await self._database.pool.execute(_QUERIES["unsubscribe"], person_id, none_since)
