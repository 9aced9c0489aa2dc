"""Rounds: what one would change now, asking for it, and what each yielded."""

from __future__ import annotations

from typing import Any, Final, get_args
from uuid import UUID

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.message import Track
from contracts.rounds import RoundRequested
from libraries.pages.asking import Fields, one
from libraries.pages.reader import Reader
from services.desk.again import FIRST, Again
from services.desk.linked.given import Given
from services.desk.pages.suppositions import map_of, supposed
from services.desk.premises import Premises, new_id, person_of, told
from services.journal import operations as journal
from services.journal.operations import Filter
from services.matching.answers.suppositions import Supposition
from services.mentoring import operations as mentoring

_SHOWN: Final = 100
_TRACKS: Final[tuple[Track, ...]] = get_args(Track)


class Rounds:
    """Shows the rounds there were; a simulation weighs everything anew and publishes nothing."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/rounds", premises.shown(self._list, "head"), methods=["GET"]),
            Route("/rounds", premises.taken(self._ask, "head", self._list), methods=["POST"]),
        ]

    async def _list(self, request: Request, reader: Reader, again: Again = FIRST) -> Response:
        now = self._premises.programme_clock()
        async with self._premises.database.within("journal") as connection:
            rounds = await journal.list_lines(connection, "rounds", Filter(limit=_SHOWN))
        async with self._premises.database.within("mentoring") as connection:
            foreseen = await mentoring.foresee_offers(connection, at=now)
            mentors = {each.mentor_id: each for each in await mentoring.list_enrolled(connection)}
        simulated = None
        if "simulate" in request.query_params:
            # What is proposed keeps no advantage: so a round would weigh it if nothing had been said yet.
            simulated = await self._premises.weighing.weigh(lambda pool: supposed(pool, Supposition(keep=False)))
        values: dict[str, Any] = {
            "rounds": rounds,
            "compared": simulated,
            "map": await map_of(self._premises, simulated, reader),
            "round_id": new_id(person_of(reader), "round", rounds[0].id if rounds else None, now),
            "foreseen": [(each, None if each.mentor_id is None else mentors.get(each.mentor_id)) for each in foreseen],
            "again": again,
        }
        return self._premises.rendering.page(reader, "rounds.html", here="rounds", status=again.status, **values)

    async def _ask(self, request: Request, reader: Reader, fields: Fields) -> Response:
        given: dict[str, str | UUID] = {
            "round_id": one(fields, "round_id", 36),
            "track": Given(fields).choice("track", _TRACKS),
        }
        try:
            data = RoundRequested.model_validate(
                {**given, "requested_by": person_of(reader), "requested_at": self._premises.programme_clock()}
            )
        except ValidationError as error:
            raise told(error) from None
        return await self._premises.say(reader, data, seen=str(data.round_id))
