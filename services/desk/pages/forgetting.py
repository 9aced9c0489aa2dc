"""Who is to be forgotten: asked for in the name of somebody who has no link, and how far it is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.contacts import ContactRole
from contracts.erasures import PersonErased, PersonForgotten
from libraries.pages.asking import Fields, Refused, one
from libraries.pages.reader import Reader
from services.desk.again import FIRST, Again
from services.desk.linked.forgetting import erasure
from services.desk.linked.given import Given
from services.desk.premises import Premises
from services.journal import operations as journal
from services.journal.operations import Said

_MOST_TOLD: Final = 20
_TOLD: Final = (PersonForgotten.event_type, PersonErased.event_type)


class Asked(NamedTuple):
    """What an id leads to: the people of whom a thing speaks, each with a role; or a person, with what was erased."""

    identifier: UUID
    people: Sequence[tuple[ContactRole, UUID]]
    told: Sequence[Said]

    @property
    def seen(self) -> str:
        """What tells an erasure that is asked for from a later one of the same person."""
        return str(self.told[0].data["requested_at"]) if self.told else "never"

    @property
    def is_whole(self) -> bool:
        """Whether all services have confirmed the last one."""
        return any("services" in each.data for each in self.told if each.data["requested_at"] == self.seen)


class Forgetting:
    """Finds a person by their id or that of something they have part in, and takes it that they are to be forgotten."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/programme/forgotten", premises.shown(self._show, "head"), methods=["GET"]),
            Route(
                "/programme/forgotten/{person_id:uuid}", premises.taken(self._ask, "head", self._show), methods=["POST"]
            ),
        ]

    async def _show(self, request: Request, reader: Reader, again: Again = FIRST) -> Response:
        person_id = request.path_params.get("person_id")
        search = one({"q": [str(person_id or request.query_params.get("q", ""))]}, "q", 100)
        asked = await self._found(search) if search else None
        values: dict[str, Any] = {"search": search, "asked": asked, "here_too": "forgotten", "again": again}
        return self._premises.rendering.page(reader, "forgotten.html", here="register", status=again.status, **values)

    async def _found(self, search: str) -> Asked:
        try:
            identifier = UUID(search)
        except ValueError:
            raise Refused(
                422,
                "Donnez l’identifiant d’une personne, d’une candidature, d’un binôme ou d’un besoin.",
                "Give the id of a person, an application, a pair or a need.",
            ) from None
        async with self._premises.database.within("journal") as connection:
            people = await journal.people_of(connection, [identifier])
            told = await journal.said_of(connection, identifier, _TOLD, limit=_MOST_TOLD)
        return Asked(identifier, people, told)

    async def _ask(self, request: Request, reader: Reader, fields: Fields) -> Response:
        person_id, now = request.path_params["person_id"], self._premises.programme_clock()
        # Whoever it is: they may lead an application, too.
        data = erasure(person_id, Given(fields), now, leads=True)
        return await self._premises.say(reader, data, seen=one(fields, "seen", 100))
