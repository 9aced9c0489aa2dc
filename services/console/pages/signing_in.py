"""Signing in by a link that is good once, and out again; the language."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.console import store
from services.console.asking import LANGUAGE_COOKIE, SESSION_COOKIE, Fields, fields_of, one, reader_of
from services.console.premises import Premises
from services.console.rendering import Reader
from services.console.signing import Ticket

_YEAR_SECONDS: Final = 31_536_000


class SigningIn:
    """Shows what a link opens (GET, which opens nothing: programs follow links before people do), then opens it (POST).

    The session is the cookie itself, signed, and over after some hours.
    """

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/enter/{link}", self._ask, methods=["GET"]),
            Route("/enter/{link}", self._enter, methods=["POST"]),
            Route("/leave", premises.taken(self._leave, "look"), methods=["POST"]),
            Route("/language/{language}", self._speak, methods=["GET"]),
        ]

    async def _ask(self, request: Request) -> Response:
        reader = reader_of(request, self._premises.signer, self._premises.clock())
        link = self._link(request)
        if link is None:
            return self._premises.rendering.page(reader, "outside.html", status=410)
        return self._premises.rendering.page(reader, "enter.html", link=link)

    async def _enter(self, request: Request) -> Response:
        now = self._premises.clock()
        reader = reader_of(request, self._premises.signer, now)
        await fields_of(request)
        link = self._link(request)
        if link is None:
            return self._premises.rendering.page(reader, "outside.html", status=410)
        session = Ticket(id=uuid4(), who=link.who, role=link.role, expires_at=now + self._premises.settings.session)
        async with self._premises.database.within() as connection, connection.transaction():
            await store.forget(connection, now)
            if not await store.spend(connection, link):
                return self._premises.rendering.page(reader, "outside.html", status=410)
            await store.write_down(connection, session, now, "signed-in", link.role)
        self._premises.log.info("somebody signed in", action="sign-in", role=link.role)
        answer = RedirectResponse("/", 303)
        sealed = self._premises.signer.seal("session", session)
        self._set(answer, SESSION_COOKIE, sealed, int(self._premises.settings.session.total_seconds()))
        return answer

    async def _leave(self, request: Request, reader: Reader, fields: Fields) -> Response:
        answer = RedirectResponse("/", 303)
        self._set(answer, SESSION_COOKIE, "", 0)
        return answer

    async def _speak(self, request: Request) -> Response:
        answer = RedirectResponse(path_of(request.query_params.get("back", "/")), 303)
        if (language := request.path_params["language"]) in ("fr", "en"):
            self._set(answer, LANGUAGE_COOKIE, language, _YEAR_SECONDS)
        return answer

    def _link(self, request: Request) -> Ticket | None:
        return self._premises.signer.open("link", request.path_params["link"], self._premises.clock())

    def _set(self, answer: Response, name: str, value: str, seconds: int) -> None:
        secure = self._premises.settings.address.startswith("https://")
        answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="strict", secure=secure)


def path_of(address: str) -> str:
    """The path and query of an address of ours; where it leads elsewhere, the first page."""
    parts = urlsplit(address)
    is_ours = (
        not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith(("//", "/\\"))
    )
    return address if is_ours and one({"back": [address]}, "back") == address else "/"
