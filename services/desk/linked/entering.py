"""Links that open one page of the desk itself: an officer's proposal or need, what the foundation decides on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final, Literal, NamedTuple, TypeAlias
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libraries.links.desk import DESK_PATH, desk_right
from libraries.links.seal import Link, Seal
from libraries.pages.asking import check_origin, fields_of, language_of
from libraries.pages.entrance import Entrance, NoDiary
from libraries.pages.reader import Reader
from libraries.pages.signing import Role, Ticket
from libraries.pages.signing_in import person_of
from services.desk.premises import Premises

EnteredPage: TypeAlias = Literal["proposal", "need", "contest"]


class _Entrance(NamedTuple):
    """Who enters by a link, as what at the desk, and where its page is."""

    role: str
    as_role: Role
    path: str


_ENTRANCES: Final[Mapping[EnteredPage, _Entrance]] = {
    "proposal": _Entrance("owner", "officer", "/proposals/{}"),
    "need": _Entrance("owner", "officer", "/needs/{}"),
    "contest": _Entrance("foundation", "foundation", "/contest/{}"),
}


_BY_LINK: Final = "par le lien d’un message"
"""In the place of a name: a link holds none."""


class Entering:
    """Shows where a link leads (GET, which opens nothing), then opens that page and no other (POST).

    The session that it opens is good for the one matter. Whose that is by then the page itself asks.
    """

    def __init__(self, premises: Premises, seal: Seal) -> None:
        self._premises = premises
        self._seal = seal
        self._entrance = Entrance(premises, NoDiary())
        self.routes = [
            Route(f"{DESK_PATH}{page}/{{token}}", partial(self._answer, page), methods=["GET", "POST"])
            for page in _ENTRANCES
        ]

    async def _answer(self, page: EnteredPage, request: Request) -> Response:
        reader, entrance = Reader(language_of(request)), _ENTRANCES[page]
        right = desk_right(self._seal, page, request.path_params["token"], self._premises.programme_clock())
        if right is None or right.link.role != entrance.role:
            return self._closed(reader, "unknown-link", 404)
        if right.is_over:
            return self._closed(reader, "old-link", 410)
        path = entrance.path.format(right.link.matter_id)
        session = (await self._premises.visitor(request)).session
        if session is not None and _is_for(session, right.link, entrance):
            return RedirectResponse(path, 303)
        # What scans mails may ask for the head of a page alone: only what a person presses opens anything.
        if request.method != "POST":
            # Who is at the desk as somebody else is told that they go, and may look at the page as who they are.
            other = session if session is not None and session.matter_id is None else None
            return self._premises.rendering.page(
                reader, "linked/enter.html", page=page, opened=None, other=other, path=path
            )
        check_origin(request)
        await fields_of(request)
        return await self._entered(right.link, entrance, path)

    async def _entered(self, link: Link, entrance: _Entrance, path: str) -> Response:
        premises, now = self._premises, self._premises.clock()
        session = Ticket(
            id=uuid4(),
            who=_BY_LINK,
            roles=(entrance.as_role,),
            person_id=link.person_id,
            matter_id=link.matter_id,
            expires_at=now + premises.site.session,
        )
        async with premises.database.within() as connection:
            await self._entrance.let_in(connection, session, now, person=person_of(session))
        answer = RedirectResponse(path, 303)
        self._entrance.give_cookie(answer, session)
        return answer

    def _closed(self, reader: Reader, why: str, status: int) -> Response:
        return self._premises.rendering.page(reader, "linked/closed.html", status=status, why=why, opened=None)


def _is_for(session: Ticket, link: Link, entrance: _Entrance) -> bool:
    """Whether somebody is signed in already as who the link is for, and may see its page."""
    return (
        session.person_id == link.person_id
        and entrance.as_role in session.roles
        and session.matter_id in (None, link.matter_id)
    )
