"""The HTTP door of the links in mails."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from libraries.chassis.door import Premises
from libraries.chassis.forms import FormPublisher
from libraries.chassis.settings import read_settings
from services.notifications.answering import Answering
from services.notifications.links import Links, LinkSettings
from services.notifications.unsubscribing import Unsubscribing


class Door:
    """Answers whoever follows a link."""

    body_bytes = 10_000

    def __init__(self, links: Links | None, premises: Premises) -> None:
        self._forms = FormPublisher(premises.cluster, "engage-notifications-door")
        routes = (*Unsubscribing(links, premises).routes, *Answering(links, self._forms, premises).routes)
        self._application = Starlette(routes=list(routes))

    async def open(self) -> None:
        """Connects to Kafka with the first answer: most are few and far between."""

    async def close(self) -> None:
        """Lets go of the connection."""
        await self._forms.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        await self._application(scope, receive, send)


def door_from_environment(premises: Premises) -> Door:
    """The door that the environment describes; raises libraries.chassis.settings.SettingsError."""
    return Door(read_settings(LinkSettings).links, premises)
