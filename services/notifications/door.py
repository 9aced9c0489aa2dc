"""The HTTP door of the links in mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from services.chassis.forms import FormPublisher
from services.chassis.settings import read_settings
from services.notifications.answering import Answering
from services.notifications.links import Links, LinkSettings
from services.notifications.unsubscribing import Unsubscribing

if TYPE_CHECKING:
    from services.chassis.running.surroundings import Surroundings


class Door:
    """Answers whoever follows a link."""

    prefix = "/v1/"

    def __init__(self, links: Links | None, around: Surroundings) -> None:
        self._forms = FormPublisher(around)
        routes = (*Unsubscribing(links, around).routes, *Answering(links, self._forms, around).routes)
        self._application = Starlette(routes=list(routes))

    async def open(self) -> None:
        """Connects to Kafka with the first answer: most are few and far between."""

    async def close(self) -> None:
        """Lets go of the connection."""
        await self._forms.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        await self._application(scope, receive, send)


def door_from_environment(around: Surroundings) -> Door:
    """The door that the environment describes; raises services.chassis.settings.SettingsError."""
    return Door(read_settings(LinkSettings).links, around)
