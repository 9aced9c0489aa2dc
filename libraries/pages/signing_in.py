"""Signing in by a link that is good once, and out again; the language."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libraries.chassis.store import Connection, named_queries
from libraries.pages.asking import LANGUAGE_COOKIE, Fields, fields_of, path_of
from libraries.pages.premises import OWN, Premises
from libraries.pages.reader import Reader
from libraries.pages.signing import Ticket

_QUERIES: Final = named_queries("libraries.pages")
_YEAR_SECONDS: Final = 31_536_000


async def _note_nothing(connection: Connection, session: Ticket, at: datetime) -> None:
    return None


class SigningIn:
    """Shows what a link opens (GET, which opens nothing: programs follow links before people do), then opens it (POST).

    The session is the cookie itself, signed, and over after some hours. `note` writes down in the same transaction that
    somebody signed in.
    """

    def __init__(
        self, premises: Premises, note: Callable[[Connection, Ticket, datetime], Awaitable[None]] = _note_nothing
    ) -> None:
        self._premises = premises
        self._note = note
        self.routes = [
            Route("/enter/{link}", self._ask, methods=["GET"]),
            Route("/enter/{link}", self._enter, methods=["POST"]),
            Route("/leave", premises.taken(self._leave, OWN), methods=["POST"]),
            Route("/language/{language}", self._speak, methods=["GET"]),
        ]

    async def _ask(self, request: Request) -> Response:
        reader = self._premises.reader(request)
        link = self._link(request)
        if link is None:
            return self._premises.rendering.page(reader, "outside.html", status=410)
        return self._premises.rendering.page(reader, "enter.html", link=link)

    async def _enter(self, request: Request) -> Response:
        now, reader = self._premises.clock(), self._premises.reader(request)
        await fields_of(request)
        link = self._link(request)
        if link is None:
            return self._premises.rendering.page(reader, "outside.html", status=410)
        session = link.model_copy(update={"id": uuid4(), "expires_at": now + self._premises.site.session})
        async with self._premises.database.within() as connection, connection.transaction():
            await connection.execute(_QUERIES["forget_spent_links"], now)
            if not await connection.fetchval(_QUERIES["spend_link"], link.id, link.expires_at):
                return self._premises.rendering.page(reader, "outside.html", status=410)
            await self._note(connection, session, now)
        self._premises.log.info("somebody signed in", action="sign-in", roles=session.roles)
        answer = RedirectResponse("/", 303)
        self._premises.keep_session(answer, session)
        return answer

    async def _leave(self, request: Request, reader: Reader, fields: Fields) -> Response:
        answer = RedirectResponse("/", 303)
        self._premises.set_cookie(answer, self._premises.site.cookie, "", 0)
        return answer

    async def _speak(self, request: Request) -> Response:
        answer = RedirectResponse(path_of(request.query_params.get("back", "/")), 303)
        if (language := request.path_params["language"]) in ("fr", "en"):
            self._premises.set_cookie(answer, LANGUAGE_COOKIE, language, _YEAR_SECONDS)
        return answer

    def _link(self, request: Request) -> Ticket | None:
        return self._premises.signer.open("link", request.path_params["link"], self._premises.clock())
