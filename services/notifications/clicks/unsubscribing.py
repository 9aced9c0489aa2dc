"""One click that ends optional mail (RFC 8058), from a mail program or a page; a second one begins it again."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libraries.chassis.door import Premises
from services.notifications.clicks.pages import page, unknown
from services.notifications.clicks.store import ClickStore
from services.notifications.links import UNSUBSCRIBE_PATH, Links


class Unsubscribing:
    """Takes the click of a mail program (POST) or of a person, who first sees what it does (GET, then POST)."""

    def __init__(self, links: Links | None, store: ClickStore, premises: Premises) -> None:
        self._links = links
        self._store = store
        self._premises = premises
        self.routes = [
            Route(UNSUBSCRIBE_PATH + "{token}", self._ask, methods=["GET"]),
            Route(UNSUBSCRIBE_PATH + "{token}", self._take, methods=["POST"]),
        ]

    async def _ask(self, request: Request) -> Response:
        return unknown() if self._person(request) is None else page(_ASK, form=_STOP)

    async def _take(self, request: Request) -> Response:
        person_id = self._person(request)
        if person_id is None:
            return unknown()
        # A mail program posts a form of its own (RFC 8058), so that whatever is no page of ours ends the mail.
        again = b"again" in await request.body()
        at = None if again else self._premises.clock()
        await self._store.choose_optional_mail(person_id, none_since=at)
        self._premises.log.info(
            "a choice of optional mail", action="unsubscribe", person_id=str(person_id), again=again
        )
        return page(_AGAIN, form=_STOP) if again else page(_DONE, form=_RESUME)

    def _person(self, request: Request) -> UUID | None:
        return None if self._links is None else self._links.person_of(request.path_params["token"])


_ASK: Final = (
    "Ne plus recevoir les messages facultatifs\u00a0? Ceux qui concernent vos démarches vous parviendront toujours.",
    "No longer receive optional messages? Those about your own requests will still reach you.",
)
_DONE: Final = (
    "C’est fait\u00a0: vous ne recevrez plus les messages facultatifs.",
    "Done: you will no longer receive optional messages.",
)
_AGAIN: Final = ("C’est fait\u00a0: vous les recevrez de nouveau.", "Done: you will receive them again.")
_STOP: Final = (
    '<form method="post"><button name="List-Unsubscribe" value="One-Click">Ne plus les recevoir / Stop them'
    "</button></form>"
)
_RESUME: Final = (
    '<form method="post"><button name="choice" value="again">Les recevoir de nouveau / Receive them again'
    "</button></form>"
)
