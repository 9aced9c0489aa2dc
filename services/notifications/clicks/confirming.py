"""A new address, confirmed by the link of the mail that told of it where the person was reached before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libraries.chassis.door import Premises
from services.notifications.address_changes import ChangeState
from services.notifications.clicks.pages import Words, over, page, unknown
from services.notifications.clicks.store import ClickStore
from services.notifications.links import ADDRESS_PATH, Links


class Confirming:
    """Shows the new address (GET, which confirms nothing: programs open links before people do), confirms it (POST)."""

    def __init__(self, links: Links | None, store: ClickStore, premises: Premises) -> None:
        self._links = links
        self._store = store
        self._premises = premises
        self.routes = [
            Route(ADDRESS_PATH + "{token}", self._ask, methods=["GET"]),
            Route(ADDRESS_PATH + "{token}", self._take, methods=["POST"]),
        ]

    async def _ask(self, request: Request) -> Response:
        found = self._found(request)
        return found if isinstance(found, Response) else await self._shown(found)

    async def _take(self, request: Request) -> Response:
        found = self._found(request)
        if isinstance(found, Response):
            return found
        if await self._store.confirm_address(found, self._premises.clock()):
            self._premises.log.info("an address was confirmed", action="confirm-address", change_id=str(found))
        return await self._shown(found)

    async def _shown(self, change_id: UUID) -> Response:
        shown = await self._store.address_change(change_id)
        # What waits is of a contact that may have been forgotten since.
        if shown is None or (shown.state == "waiting" and shown.new_address is None):
            return page(_WORDS["replaced"])
        return page(_WORDS[shown.state], about=shown.new_address or "", form=_FORM if shown.state == "waiting" else "")

    def _found(self, request: Request) -> UUID | Response:
        """The change that a link names, or what to show where it names none."""
        if self._links is None:
            return unknown()
        right = self._links.change_of(request.path_params["token"], self._premises.clock())
        if right is None:
            return unknown()
        return over() if right.is_over else right.link.matter_id


_WORDS: Final[Mapping[ChangeState, Words]] = {
    "waiting": (
        "On nous a donné cette adresse pour vous écrire. Est-ce bien la vôtre\u00a0?",
        "We were given this address to write to you. Is it yours?",
    ),
    "confirmed": (
        "C’est fait\u00a0: nous vous écrivons désormais à votre nouvelle adresse.",
        "Done: we write to you at your new address from now on.",
    ),
    "replaced": (
        "Il n’y a plus rien à confirmer\u00a0: l’adresse a changé de nouveau depuis, ou n’est plus connue.",
        "There is nothing to confirm any more: the address has changed again since, or is no longer known.",
    ),
}
_FORM: Final = (
    '<form method="post"><button name="confirm" value="yes">Oui, c’est la mienne / Yes, it is mine</button></form>'
)
