"""The console: its pages, and its life from start to stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import httpx2
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from contracts.message import Language
from libraries.chassis.forms import FormPublisher
from libraries.chassis.servers.migration import check_migrated
from libraries.chassis.sources import sources_of
from libraries.clocks.machine import machine_time
from libraries.clocks.programme import programme_clock
from libraries.pages.answering import Answering
from libraries.pages.database import PagesDatabase
from libraries.pages.openid.provider import Provider
from libraries.pages.rendering import Rendering
from libraries.pages.serving import serve
from libraries.pages.sessions import Sessions
from libraries.pages.site import Site
from libraries.pages.ways_in import ways_in
from services.console import store
from services.console.drawing.boundaries import read_boundaries
from services.console.pages.audit import Audit
from services.console.pages.now import Now
from services.console.pages.person import ROLES, Person
from services.console.pages.programme import Programme
from services.console.pages.repair import Repair
from services.console.pages.report import Report
from services.console.pages.sessions import OpenSessions
from services.console.pages.stories import Stories
from services.console.premises import Premises
from services.console.rights import may
from services.console.settings import ConsoleSettings
from services.console.watching.ends import Ends
from services.console.watching.watch import Watch
from services.journal.journeys.mails import mail_words
from services.journal.journeys.words import WORDS, Words

SERVICE: Final = "console"
_PARTS: Final = (Now, Stories, Repair, Programme, Report, Person, OpenSessions, Audit)


class Console:
    """All pages over one database, and the watch over the services; `transport` is how a provider is reached."""

    def __init__(
        self,
        settings: ConsoleSettings,
        log: FilteringBoundLogger,
        clock: Callable[[], datetime] = machine_time,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        rehearsed = programme_clock() if programme_clock().is_rehearsed else None
        client, people = settings.client(settings.address), settings.people_file(log)
        site = Site.of(SERVICE, settings, may)
        signer = settings.signer
        self.database = PagesDatabase(settings.database, SERVICE, settings.database_connections)
        self.watch = Watch(self.database, Ends(settings.cluster), log, clock, rehearsed)
        path = settings.console_boundaries_file
        self._forms = FormPublisher(settings.cluster, "engage-console")
        premises = Premises(
            site=site,
            database=self.database,
            sessions=Sessions(self.database, clock, lambda: None if people is None else people.entitlements),
            signer=signer,
            rendering=Rendering(site, signer, clock, _words, rehearsed),
            log=log,
            clock=clock,
            programme_clock=rehearsed or clock,
            watch=self.watch,
            most_readers=settings.console_readers,
            boundaries=None if path is None else read_boundaries(path),
            forms=self._forms,
            sources=sources_of(settings.sources_file),
        )
        self._provider = None if client is None else Provider(client, clock, transport)
        routes: list[BaseRoute] = ways_in(premises, store.Diary(), self._provider, people)
        routes += [route for part in _PARTS for route in part(premises).routes]
        self._answering = Answering(premises, routes)

    async def open(self) -> None:
        """Connects, and begins to watch; raises what the database raises, and MigrationError."""
        await self.database.open()
        async with self.database.within() as connection:
            await check_migrated(connection, SERVICE)
        await self.watch.open()

    async def close(self) -> None:
        """Lets go of all connections."""
        if self._provider is not None:
            await self._provider.close()
        await self._forms.close()
        await self.watch.close()
        await self.database.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        await self._answering(scope, receive, send)


def _words(language: Language) -> Mapping[str, Any]:
    """What the console's pages call what the journal tells of."""
    return {
        "words": lambda either: either.in_(language) if isinstance(either, Words) else either,
        "state_words": lambda kind, state: WORDS.state(kind, state).in_(language),
        "role_words": lambda role: ROLES[role].in_(language),
        "kind_words": lambda kind: WORDS.kind(kind).in_(language),
        "mail_words": lambda kind: mail_words(kind).in_(language),
    }


async def run(settings: ConsoleSettings, log: FilteringBoundLogger) -> int:
    """Serves the console until it is told to end; returns the exit code, and raises what `serve` raises."""
    return await serve(Console(settings, log), settings, log)
