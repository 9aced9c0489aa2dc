"""One click that ends optional mail (RFC 8058), from a mail program or a page; a second one begins it again."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libraries.chassis.door import Premises
from services.notifications.clicks.pages import over, page, unknown
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
        found = self._found(request)
        if isinstance(found, Response):
            return found
        wanted = await self._store.wants_optional_mail(found)
        if wanted is None:
            return page(_NOBODY)
        return page(_ASK, form=_STOP) if wanted else page(_STOPPED, form=_RESUME)

    async def _take(self, request: Request) -> Response:
        found = self._found(request)
        if isinstance(found, Response):
            return found
        # A mail program posts a form of its own (RFC 8058), so that whatever is no page of ours ends the mail.
        again = b"again" in await request.body()
        at = None if again else self._premises.clock()
        if not await self._store.choose_optional_mail(found, none_since=at):
            return page(_NOBODY)
        self._premises.log.info("a choice of optional mail", action="unsubscribe", contact_id=str(found), again=again)
        return page(_AGAIN, form=_STOP) if again else page(_DONE, form=_RESUME)

    def _found(self, request: Request) -> UUID | Response:
        """The contact that a link names, or what to show where it names none."""
        if self._links is None:
            return unknown()
        right = self._links.contact_of(request.path_params["token"], self._premises.clock())
        if right is None:
            return unknown()
        return over() if right.is_over else right.link.matter_id


_ASK: Final = (
    "Ne plus recevoir les messages facultatifs\u00a0? Ceux qui concernent vos démarches vous parviendront toujours.",
    "No longer receive optional messages? Those about your own requests will still reach you.",
)
_DONE: Final = (
    "C’est fait\u00a0: vous ne recevrez plus les messages facultatifs.",
    "Done: you will no longer receive optional messages.",
)
_STOPPED: Final = ("Vous ne recevez plus les messages facultatifs.", "You do not receive optional messages any more.")
_NOBODY: Final = (
    "Vous ne recevrez plus de message : nous ne connaissons plus votre adresse.",
    "You will receive no more messages: we do not know your address any more.",
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
