"""Open sessions: who is signed in, and ending all sessions of somebody."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libraries.pages import sessions
from libraries.pages.asking import Fields, Refused, one
from libraries.pages.reader import Reader
from services.console import store
from services.console.pages.selections import reason_in
from services.console.premises import Premises

_MOST_PERSON_CHARACTERS = 300


class OpenSessions:
    """Lists who is signed in, and ends all sessions of one of them, with who and why in the audit."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/sessions", premises.shown(self._show, "sessions"), methods=["GET"]),
            Route("/sessions", premises.taken(self._end, "sessions"), methods=["POST"]),
        ]

    async def _show(self, request: Request, reader: Reader) -> Response:
        async with self._premises.database.within() as connection:
            people = await sessions.list_open(connection, self._premises.clock())
        return self._premises.rendering.page(reader, "sessions.html", here="audit", people=people)

    async def _end(self, request: Request, reader: Reader, fields: Fields) -> Response:
        person, why, now = one(fields, "person", _MOST_PERSON_CHARACTERS), reason_in(fields), self._premises.clock()
        assert reader.session is not None
        async with self._premises.database.within() as connection, connection.transaction():
            ended = await sessions.end_all_of(connection, person, now)
            if not ended:
                raise Refused(409, "Cette personne n’a plus de session.", "This person has no session any more.")
            about = f"{person}: {ended}"
            await store.write_down(connection, reader.session, now, "end-sessions", about, why=why)
        self._premises.sessions.forget_look()
        return RedirectResponse("/sessions", 303)
