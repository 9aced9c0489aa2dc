"""What every page of the desk works with beside what all pages do, and how a word is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from contracts.message import EventData
from libraries.chassis.forms import FormPublisher
from libraries.pages.asking import Refused
from libraries.pages.premises import Premises as PagesPremises
from libraries.pages.reader import Reader
from services.desk import words

if TYPE_CHECKING:
    from services.desk.weighing import Weighing


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


def person_of(reader: Reader) -> UUID:
    """Who they are to the programme; whoever has a right at the desk is somebody."""
    assert reader.session is not None
    assert reader.session.person_id is not None
    return reader.session.person_id


def told(error: ValidationError) -> Refused:
    """What is wrong with a form, by the first field that is; quotes nothing."""
    first = error.errors(include_input=False, include_url=False)[0]
    field = ".".join(map(str, first["loc"]))
    return Refused(
        422,
        f"Le champ « {field} » n’est pas comme il doit être : {first['msg']}.",
        f"The field “{field}” is not as it should be: {first['msg']}.",
    )
