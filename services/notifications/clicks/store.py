"""What the pages behind the links of mails read and change: each click is one statement or two of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson

from contracts.clearances import MentorClearanceAnswered
from contracts.contacts import contact_id_of
from contracts.offers import PairAnswered
from libraries.chassis.database import Database
from libraries.chassis.store import named_queries
from services.notifications import address_changes
from services.notifications.clicks.standing import GivenAnswer, KnownClearance, KnownOffer
from services.notifications.planned.follow_ups import ids_about
from services.notifications.roles import Party

_QUERIES: Final = named_queries("services.notifications.clicks")


class OfferLink(NamedTuple):
    """Who may answer which offer by a link: a person, as one party of a pair."""

    pair_id: UUID
    party: Party
    person_id: UUID


class ClearanceLink(NamedTuple):
    """Who gives or refuses which clearance by a link."""

    clearance_id: UUID
    person_id: UUID


class ClickStore:
    """The service's tables as whoever has a link may touch them: what it names, and nothing beside."""

    def __init__(self, database: Database) -> None:
        # Not its pool, which is there only once the service has opened.
        self._database = database

    async def offer(self, link: OfferLink) -> KnownOffer | None:
        """What has become of an offer, as one party of it may know; None where it is not known here yet."""
        row = await self._database.pool.fetchrow(_QUERIES["fetch_offer"], *link)
        if row is None:
            return None
        given = None
        if row["answer"] is not None:
            given = GivenAnswer(
                row["answer"], row["reason"], row["answered_at"], row["is_passed_on"], row["is_refused"]
            )
        return KnownOffer(row["state"], row["has_accepted"], row["is_forgotten"], row["is_handed_over"], given)

    async def words_about(self, pair_id: UUID) -> Mapping[str, Any]:
        """What the mails of an offer said of it; nothing once that was forgotten."""
        said = await self._database.pool.fetchval(_QUERIES["fetch_words"], pair_id, *ids_about(pair_id))
        words: Mapping[str, Any] = orjson.loads(said or "{}")
        return words

    async def keep_answer(self, link: OfferLink, answered: PairAnswered) -> None:
        """Keeps an answer, unless there is one: the first stands."""
        await self._database.pool.execute(
            _QUERIES["keep_answer"],
            *link,
            answered.answer,
            answered.reason,
            answered.answered_at,
        )

    async def passed_on(self, link: OfferLink) -> None:
        """Keeps that Kafka has the answer."""
        await self._database.pool.execute(_QUERIES["pass_on"], *link)

    async def clearance(self, link: ClearanceLink) -> KnownClearance | None:
        """What has become of a clearance, for who is asked for it; None where it is not known here yet."""
        row = await self._database.pool.fetchrow(_QUERIES["fetch_clearance"], *link)
        if row is None:
            return None
        known = dict(row)
        mentor = contact_id_of("mentor", known.pop("mentor_person_id"))
        return KnownClearance(mentor_name=await self._database.pool.fetchval(_QUERIES["fetch_name"], mentor), **known)

    async def keep_clearance_answer(self, link: ClearanceLink, answered: MentorClearanceAnswered) -> None:
        """Keeps an answer, unless there is one: the first stands."""
        await self._database.pool.execute(
            _QUERIES["keep_clearance_answer"], *link, answered.answer, answered.until, answered.answered_at
        )

    async def clearance_passed_on(self, link: ClearanceLink) -> None:
        """Keeps that Kafka has the answer."""
        await self._database.pool.execute(_QUERIES["pass_clearance_on"], *link)

    async def wants_optional_mail(self, contact_id: UUID) -> bool | None:
        """Whether a person wants optional mail in a role; None where they are not known any more."""
        row = await self._database.pool.fetchrow(_QUERIES["wanted"], contact_id)
        return None if row is None else row["unsubscribed_at"] is None

    async def choose_optional_mail(self, contact_id: UUID, *, none_since: datetime | None) -> bool:
        """Keeps since when a person wants no optional mail; None where they want it again. False where not known."""
        status = await self._database.pool.execute(_QUERIES["unsubscribe"], contact_id, none_since)
        return status == "UPDATE 1"

    async def address_change(self, change_id: UUID) -> address_changes.ShownChange | None:
        """What has become of a change of address."""
        async with self._database.pool.acquire() as connection:
            return await address_changes.show_change(connection, change_id)

    async def confirm_address(self, change_id: UUID, at: datetime) -> bool:
        """Confirms a change of address; False where nothing waits any more."""
        async with self._database.pool.acquire() as connection:
            return await address_changes.confirm(connection, change_id, at=at, by=address_changes.BY_LINK)
