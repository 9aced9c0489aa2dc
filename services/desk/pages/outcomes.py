"""What became of a word: it is being carried out, it is done, or it was refused, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libraries.pages.asking import Refused
from libraries.pages.premises import OWN
from libraries.pages.reader import Reader
from services.desk import words
from services.desk.premises import Premises, person_of
from services.desk.words import Word

UNANSWERED: Final = frozenset(
    {
        "engage.officer.recused.v1",
        "engage.deputy.named.v1",
        "engage.contest.decided.v1",
        "engage.impact.reported.v1",
        "engage.mentor.withdrawn.v1",
    }
)
"""Words after which nothing need be published: they are passed on, and there may be no more to say."""

_LOOKS: Final = 8
"""How often a page looks by itself for what came of a word, each time after twice as long: four minutes in all. What
lifts a placing may change nothing, and then there is never more to say."""

_BACK: Final[Mapping[str, str]] = {
    "need": "/needs",
    "obstacle": "/obstacles",
    "round": "/rounds",
    "contest": "/contest",
}
"""Where somebody goes on from a word about it; from all else to what waits for them."""


class Outcomes:
    """Shows who said something what came of it; until that is known the page loads itself again, a few times."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [Route("/words/{event_id:uuid}", premises.shown(self._show, OWN), methods=["GET"])]

    async def _show(self, request: Request, reader: Reader) -> Response:
        event_id: UUID = request.path_params["event_id"]
        async with self._premises.database.within() as connection:
            word = await words.find(connection, event_id, person_of(reader))
        if word is None:
            raise Refused(404, "Rien n’a été dit sous cet identifiant.", "Nothing was said under this id.")
        return self._premises.rendering.page(
            reader,
            "word.html",
            word=word,
            may_stay_unanswered=word.type in UNANSWERED,
            looks=_looks(request),
            most_looks=_LOOKS,
            back=_back(word, reader),
        )


def _looks(request: Request) -> int:
    """How often the page has looked by itself already; what somebody else wrote there is as good as often enough."""
    given = request.query_params.get("looks", "0")
    return min(int(given), _LOOKS) if given.isascii() and given.isdigit() and len(given) < 3 else _LOOKS


def _back(word: Word, reader: Reader) -> str:
    entity = word.type.split(".")[1]
    if entity == "person":
        return f"/programme/forgotten?q={word.matter_id}"
    if entity == "mentor":
        return f"/programme/people/{word.matter_id}"
    if entity in ("support", "introduction"):
        return f"/proposals/{word.matter_id}/support"
    matter_id = None if reader.session is None else reader.session.matter_id
    if matter_id is None:
        return _BACK.get(entity, "/")
    # Who came by a link sees the one page that it opened.
    return f"{_BACK.get(entity, '/proposals')}/{matter_id}"
