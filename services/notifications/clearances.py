"""Clearances that somebody was asked for, and what became of each: kept for whoever opens the link of one later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from contracts import clearances
from contracts.states import ClearanceState
from libraries.chassis.store import Connection
from services.notifications.planned.rows import QUERIES


@dataclass(slots=True)
class _Heard:
    said: clearances.ClearanceState
    state: ClearanceState
    at: datetime
    proposed_until: date | None


class Clearances:
    """What one transaction hears of clearances: written with one statement, and read by the door alone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._heard: dict[UUID, _Heard] = {}
        self._refused: set[tuple[UUID, datetime]] = set()

    def keep(
        self,
        said: clearances.ClearanceState,
        state: ClearanceState,
        at: datetime,
        *,
        proposed_until: date | None = None,
    ) -> None:
        """Keeps what a clearance has become."""
        heard = self._heard.setdefault(said.clearance_id, _Heard(said, state, at, proposed_until))
        if said.version > heard.said.version:
            heard.said, heard.state = said, state

    def refuse(self, clearance_id: UUID, answered_at: datetime) -> None:
        """Keeps that an answer of that time changes nothing."""
        self._refused.add((clearance_id, answered_at))

    async def save(self) -> None:
        """Writes what was heard."""
        heard, self._heard = self._heard, {}
        refused, self._refused = self._refused, set()
        if heard:
            # In one order, so that no two transactions wait for each other.
            rows = [
                (
                    clearance_id,
                    each.said.mentor_id,
                    each.said.mentor_person_id,
                    each.said.clearance,
                    each.said.asked_of,
                    each.at,
                    each.proposed_until,
                    each.state,
                    each.said.version,
                )
                for clearance_id, each in sorted(heard.items(), key=lambda known: known[0].int)
            ]
            await self._connection.execute(QUERIES["keep_clearances"], *zip(*rows, strict=True))
        if refused:
            await self._connection.execute(QUERIES["refuse_clearance_answers"], *zip(*sorted(refused), strict=True))
