"""What every page of the desk works with beside what all pages do, and how a word is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeAlias
from uuid import UUID, uuid5

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from contracts.message import EventData
from libraries.chassis.forms import FormPublisher
from libraries.pages.asking import Fields, Refused
from libraries.pages.premises import Endpoint
from libraries.pages.premises import Premises as PagesPremises
from libraries.pages.reader import Reader
from libraries.vocabularies.vocabularies import Words
from services.desk import words
from services.desk.again import Again
from services.desk.linked.given import Unclear
from services.desk.linked.names import field_name

if TYPE_CHECKING:
    from services.desk.weighing import Weighing

ShownAgain: TypeAlias = Callable[[Request, Reader, Again], Awaitable[Response]]
"""Shows the page that has a form, with what was typed there."""


@dataclass(frozen=True, slots=True)
class Premises(PagesPremises):
    """What publishes as a form does, and what weighs projects against needs."""

    forms: FormPublisher
    weighing: Weighing

    async def say(self, reader: Reader, data: EventData, *, seen: str) -> Response:
        """Passes on what somebody says of what they saw, and leads to what becomes of it."""
        async with self.database.within() as connection:
            event_id = await words.give(
                connection, self.forms, person_of(reader), data, seen=seen, now=self.programme_clock()
            )
        self.log.info("a word was given", action="say", event_id=str(event_id), type=data.event_type)
        return RedirectResponse(f"/words/{event_id}", 303)

    def taken(
        self,
        take: Callable[[Request, Reader, Fields], Awaitable[Response]],
        right: str | None,
        again: ShownAgain | None = None,
    ) -> Endpoint:
        """An endpoint that takes a form of its own pages from who may send it.

        Where fields are unclear the page is shown `again`, with what was typed; without it they are refused.
        """

        async def clearly(request: Request, reader: Reader, fields: Fields) -> Response:
            try:
                return await take(request, reader, fields)
            except Unclear as problem:
                if again is not None:
                    return await again(request, reader, Again(problem, fields))
                raise _unclear(problem) from None

        return PagesPremises.taken(self, clearly, right)


def person_of(reader: Reader) -> UUID:
    """Who they are to the programme; whoever has a right at the desk is somebody."""
    assert reader.session is not None
    assert reader.session.person_id is not None
    return reader.session.person_id


def new_id(person_id: UUID, kind: str, beside: object, at: datetime) -> UUID:
    """The id that a page gives to what somebody may make on it: another for each page that they open.

    Not by chance: a rehearsal that is played again gives the same. There the clock may stand, so the id goes by what
    the page shows `beside`, too.
    """
    return uuid5(person_id, f"{kind} beside {beside} at {at.isoformat()}")


def _unclear(problem: Unclear) -> Refused:
    french, english = field_name(problem.field, "fr"), field_name(problem.field, "en")
    return Refused(422, f"{french}\u00a0: {problem.why.fr}.", f"{english}: {problem.why.en}.")


def told(error: ValidationError) -> Refused:
    """What is wrong with a form, by the first field that is; quotes nothing."""
    path = ".".join(map(str, error.errors(include_input=False, include_url=False)[0]["loc"]))
    return _unclear(Unclear(path, _UNREADABLE))


_UNREADABLE: Final = Words(
    fr="cette réponse ne peut pas être lue\u00a0: revenez à la page, et donnez-la autrement",
    en="this answer can’t be read: go back to the page, and give it in another way",
)
