"""Pairs that were offered, and what became of each: kept for whoever opens the link of an offer later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from contracts.pairs import PairState
from libraries.chassis.store import Connection
from services.notifications.planned.rows import QUERIES
from services.notifications.roles import Party

OfferState: TypeAlias = Literal["open", "declined", "expired", "active", "ended"]


@dataclass(slots=True)
class _Offer:
    lead_id: UUID
    mentor_person_id: UUID
    offered_at: datetime
    state: OfferState
    version: int
    lead_accepted: bool = False
    mentor_accepted: bool = False


class Offers:
    """What one transaction hears of offers: written with one statement, and read by the door alone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._heard: dict[UUID, _Offer] = {}
        self._refused: set[tuple[UUID, datetime]] = set()

    def keep(self, pair: PairState, state: OfferState, at: datetime, *, accepted_by: Party | None = None) -> None:
        """Keeps what an offer has become."""
        heard = self._heard.get(pair.pair_id)
        if heard is None:
            heard = _Offer(pair.lead_id, pair.mentor_person_id, at, state, pair.version)
            self._heard[pair.pair_id] = heard
        elif pair.version > heard.version:
            heard.state, heard.version = state, pair.version
            if pair.lead_id != heard.lead_id:
                # What somebody else has answered is not theirs.
                heard.lead_id, heard.lead_accepted = pair.lead_id, False
        heard.lead_accepted |= accepted_by == "lead"
        heard.mentor_accepted |= accepted_by == "mentor"

    def refuse(self, pair_id: UUID, answered_at: datetime) -> None:
        """Keeps that an answer of that time changes nothing."""
        self._refused.add((pair_id, answered_at))

    async def save(self) -> None:
        """Writes what was heard."""
        heard, self._heard = self._heard, {}
        refused, self._refused = self._refused, set()
        if heard:
            # In one order, so that no two transactions wait for each other.
            rows = [
                (
                    pair_id,
                    offer.lead_id,
                    offer.mentor_person_id,
                    offer.offered_at,
                    offer.state,
                    offer.version,
                    offer.lead_accepted,
                    offer.mentor_accepted,
                )
                for pair_id, offer in sorted(heard.items(), key=lambda pair: pair[0].int)
            ]
            await self._connection.execute(QUERIES["keep_offers"], *zip(*rows, strict=True))
        if refused:
            await self._connection.execute(QUERIES["refuse_answers"], *zip(*sorted(refused), strict=True))
