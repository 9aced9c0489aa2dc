"""The HTTP door of the links in mails."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from libraries.chassis.door import Premises
from libraries.chassis.forms import FormPublisher
from libraries.chassis.settings import read_settings
from services.notifications.clicks.answering import Answering
from services.notifications.clicks.clearing import Clearing
from services.notifications.clicks.confirming import Confirming
from services.notifications.clicks.pages import HEADERS
from services.notifications.clicks.store import ClickStore
from services.notifications.clicks.unsubscribing import Unsubscribing
from services.notifications.links import Links, LinkSettings


class Door:
    """Answers whoever follows a link."""

    body_bytes = 10_000

    def __init__(self, links: Links | None, premises: Premises) -> None:
        self._forms = FormPublisher(premises.cluster, "engage-notifications-door")
        store = ClickStore(premises.database)
        routes = (
            *Unsubscribing(links, store, premises).routes,
            *Answering(links, store, self._forms, premises).routes,
            *Confirming(links, store, premises).routes,
            *Clearing(links, store, self._forms, premises).routes,
        )
        self._application = Starlette(routes=list(routes))

    async def open(self) -> None:
        """Connects to Kafka with the first answer: most are few and far between."""

    async def close(self) -> None:
        """Lets go of the connection."""
        await self._forms.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""

        async def guarded(message: Message) -> None:
            # Here, so that no answer goes without: not found, not allowed and too large are answered elsewhere.
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._application(scope, receive, guarded)


def door_from_environment(premises: Premises) -> Door:
    """The door that the environment describes; raises libraries.chassis.settings.SettingsError."""
    return Door(read_settings(LinkSettings).links, premises)
