"""Signing in by a link that is good once, and out again; the language."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libraries.pages.asking import LANGUAGE_COOKIE, Fields, fields_of, path_of
from libraries.pages.entrance import Entrance
from libraries.pages.premises import LEAVE_PATH, Premises
from libraries.pages.reader import Reader
from libraries.pages.sessions import QUERIES
from libraries.pages.signing import Ticket

_YEAR_SECONDS: Final = 31_536_000

LeftAt: TypeAlias = Callable[[str], Awaitable[str | None]]
"""Where somebody signs out of the provider, by what it knows the session by; None where there is no such place."""


async def nowhere(hint: str) -> str | None:
    """Without a provider, there is nothing else to sign out of."""
    return None


class SigningIn:
    """Shows what a link opens (GET, which opens nothing: programs follow links before people do), then opens it (POST).

    The session is the cookie itself, signed, and over after some hours, or when it is ended.
    """

    def __init__(self, premises: Premises, entrance: Entrance, left_at: LeftAt = nowhere) -> None:
        self._premises = premises
        self._entrance = entrance
        self._left_at = left_at
        self.routes = [
            Route("/enter/{link}", self._ask, methods=["GET"]),
            Route("/enter/{link}", self._enter, methods=["POST"]),
            Route(LEAVE_PATH, premises.taken(self._leave, None), methods=["POST"]),
            Route("/language/{language}", self._speak, methods=["GET"]),
        ]

    async def _ask(self, request: Request) -> Response:
        reader, link = self._premises.reader(request), self._link(request)
        if link is None:
            return self._premises.outside(request, reader, 410)
        return self._premises.rendering.page(reader, "enter.html", link=link)

    async def _enter(self, request: Request) -> Response:
        now, reader = self._premises.clock(), self._premises.reader(request)
        await fields_of(request)
        link = self._link(request)
        if link is None:
            return self._premises.outside(request, reader, 410)
        session = link.model_copy(update={"id": uuid4(), "expires_at": now + self._premises.site.session})
        async with self._premises.database.within() as connection, connection.transaction():
            await connection.execute(QUERIES["forget_spent_links"], now)
            if not await connection.fetchval(QUERIES["spend_link"], link.id, link.expires_at):
                return self._premises.outside(request, reader, 410)
            await self._entrance.let_in(connection, session, now, person=person_of(link))
        answer = RedirectResponse("/", 303)
        self._entrance.give_cookie(answer, session)
        return answer

    async def _leave(self, request: Request, reader: Reader, fields: Fields) -> Response:
        assert reader.session is not None
        hint = await self._entrance.let_out(reader.session, self._premises.clock())
        elsewhere = None if hint is None else await self._left_at(hint)
        answer: Response = RedirectResponse("/", 303)
        if elsewhere is not None:
            # A link and no redirect: a form of ours leads nowhere else.
            gone = Reader(reader.language)
            answer = self._premises.rendering.page(gone, "left.html", elsewhere=elsewhere)
        self._entrance.give_cookie(answer, None)
        return answer

    async def _speak(self, request: Request) -> Response:
        answer = RedirectResponse(path_of(request.query_params.get("back", "/")), 303)
        if (language := request.path_params["language"]) in ("fr", "en"):
            self._entrance.set_cookie(answer, LANGUAGE_COOKIE, language, _YEAR_SECONDS)
        return answer

    def _link(self, request: Request) -> Ticket | None:
        if not self._premises.site.links:
            return None
        return self._premises.signer.open("link", request.path_params["link"], self._premises.clock())


def person_of(link: Ticket) -> str:
    """Whose a session is that began by a link: all of one name are one person's, or of one id where it has one."""
    return f"link:{link.person_id or link.who}"
