"""Deputies: whom somebody names to decide in their place, and until when."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.deputies import DeputyNamed
from contracts.typed import DeclaredPerson
from libraries.pages.asking import Fields, Refused, one
from libraries.pages.reader import Reader
from libraries.work_days.city import CITY
from services.desk.addresses import id_by_address
from services.desk.premises import Premises, person_of


class Deputies:
    """Takes who stands in for somebody from now on, or that nobody does any more."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [Route("/deputy", premises.taken(self._name, "decide"), methods=["POST"])]

    async def _name(self, request: Request, reader: Reader, fields: Fields) -> Response:
        now = self._premises.programme_clock()
        ends = one(fields, "what", 10) == "end"
        deputy = None if ends else _deputy(reader, fields)
        data = DeputyNamed(
            owner_id=person_of(reader), deputy=deputy, until=None if ends else _until(fields, now), named_at=now
        )
        return await self._premises.say(reader, data, seen=one(fields, "seen", 100))


def _deputy(reader: Reader, fields: Fields) -> DeclaredPerson:
    name, email, known_as = (
        one(fields, "deputy_name", 200),
        one(fields, "deputy_email", 254),
        one(fields, "deputy_id", 36),
    )
    if not name:
        raise Refused(422, "Nom : dites qui vous supplée.", "Name: say who stands in for you.")
    if "@" not in email:
        raise Refused(
            422, "Adresse : donnez un courriel, comme nom@ville.example.", "Address: give one, as name@city.example."
        )
    try:
        person_id = UUID(known_as) if known_as else id_by_address(email)
    except ValueError:
        raise Refused(
            422,
            "Choisissez dans la liste les besoins dont cette personne décide déjà, ou « non ».",
            "Choose from the list the needs that this person decides on already, or “no”.",
        ) from None
    return DeclaredPerson(person_id=person_id, name=name, email=email, language=reader.language)


def _until(fields: Fields, now: datetime) -> datetime | None:
    """The end of the day that somebody chose, in the city's time."""
    text = one(fields, "until", 10)
    if not text:
        return None
    try:
        until = datetime.combine(datetime.fromisoformat(text).date(), time(23, 59, 59), CITY.zone)
    except ValueError:
        until = now
    if until <= now:
        raise Refused(422, "Jusqu’au : choisissez un jour à venir.", "Until: choose a day to come.")
    return until
