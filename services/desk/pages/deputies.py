"""Deputies: whom somebody names to decide in their place, and until when."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.deputies import DeputyNamed
from contracts.message import MOST_SHORT_CHARACTERS
from contracts.moments import LAST_DAY
from contracts.typed import DeclaredPerson
from libraries.pages.asking import Fields, one
from libraries.pages.reader import Reader
from libraries.typed.addresses import email
from libraries.vocabularies.vocabularies import Words
from libraries.work_days.city import CITY
from services.desk.addresses import id_by_address
from services.desk.linked.given import Given, Unclear, together
from services.desk.premises import Premises, ShownAgain, person_of


class Deputies:
    """Takes who stands in for somebody from now on, or that nobody does any more."""

    def __init__(self, premises: Premises, again: ShownAgain) -> None:
        self._premises = premises
        self.routes = [Route("/deputy", premises.taken(self._name, "decide", again), methods=["POST"])]

    async def _name(self, request: Request, reader: Reader, fields: Fields) -> Response:
        now = self._premises.programme_clock()
        if one(fields, "what", 10) == "end":
            data = DeputyNamed(owner_id=person_of(reader), deputy=None, until=None, named_at=now)
        else:
            deputy, until = _deputy(reader, Given(fields), now)
            data = DeputyNamed(owner_id=person_of(reader), deputy=deputy, until=until, named_at=now)
        return await self._premises.say(reader, data, seen=one(fields, "seen", 100))


def _deputy(reader: Reader, given: Given, now: datetime) -> tuple[DeclaredPerson, datetime | None]:
    """Who stands in, and until the end of which day, in the city's time."""
    said = together(
        {
            "name": partial(given.text, "deputy_name", most=MOST_SHORT_CHARACTERS, required=True),
            "email": partial(given.typed, "deputy_email", email, most=_MOST_ADDRESS, required=True),
            "person_id": partial(_known_as, given),
            "until": partial(given.day_or_none, "until", first=CITY.day_of(now), last=LAST_DAY),
        }
    )
    last = said.pop("until")
    person_id = said.pop("person_id") or id_by_address(said["email"])
    until = None if last is None else datetime.combine(last, time(23, 59, 59), CITY.zone)
    return DeclaredPerson(person_id=person_id, language=reader.language, **said), until


def _known_as(given: Given) -> UUID | None:
    text = given.text("deputy_id", most=MOST_SHORT_CHARACTERS)
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise Unclear("deputy_id", _NOT_LISTED) from None


_MOST_ADDRESS: Final = 254
_NOT_LISTED: Final = Words(
    fr="choisissez dans la liste les besoins dont cette personne décide déjà, ou «\u00a0non\u00a0»",
    en="choose from the list the needs that this person decides on already, or “no”",
)
