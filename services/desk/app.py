"""The desk: its pages, and its life from start to stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from contracts.message import Language
from libraries.chassis.forms import FormPublisher
from libraries.chassis.servers.migration import check_migrated
from libraries.clocks.machine import machine_time
from libraries.clocks.programme import programme_clock
from libraries.pages.answering import Answering
from libraries.pages.database import PagesDatabase
from libraries.pages.entrance import NoDiary
from libraries.pages.openid.provider import Provider
from libraries.pages.rendering import Rendering, moment_in_words
from libraries.pages.serving import serve
from libraries.pages.sessions import Sessions
from libraries.pages.site import Site
from libraries.pages.ways_in import ways_in
from libraries.vocabularies.published import OWN_CODES
from libraries.vocabularies.vocabularies import called, spaced_out
from services.desk.linked.entering import Entering
from services.desk.linked.pages import Linked
from services.desk.pages.comparing import Comparing
from services.desk.pages.contest import Contest
from services.desk.pages.forgetting import Forgetting
from services.desk.pages.needs import Needs
from services.desk.pages.obstacles import Obstacles
from services.desk.pages.outcomes import Outcomes
from services.desk.pages.people import People
from services.desk.pages.proposals import Proposals
from services.desk.pages.register import Register
from services.desk.pages.report import Report
from services.desk.pages.rounds import Rounds
from services.desk.pages.support import Support
from services.desk.pages.suppositions import Suppositions
from services.desk.premises import Premises
from services.desk.rights import may
from services.desk.settings import DeskSettings
from services.desk.weighing import Weighing
from services.journal.journeys.words import WORDS, Words

SERVICE: Final = "desk"

_PARTS: Final = (
    Proposals, Needs, Obstacles, Register, People, Forgetting, Report, Rounds, Comparing, Suppositions, Contest,
    Support, Outcomes,
)  # fmt: skip


class Desk:
    """All pages over one database, and what publishes what people say."""

    def __init__(
        self,
        settings: DeskSettings,
        log: FilteringBoundLogger,
        clock: Callable[[], datetime] = machine_time,
    ) -> None:
        rehearsed = programme_clock() if programme_clock().is_rehearsed else None
        client, people = settings.client(settings.address), settings.people_file(log)
        site = Site.of(SERVICE, settings, may)
        signer = settings.signer
        self.database = PagesDatabase(settings.database, SERVICE, settings.database_connections)
        self.forms = FormPublisher(settings.cluster, f"engage-{SERVICE}")
        premises = Premises(
            site=site,
            database=self.database,
            sessions=Sessions(self.database, clock, lambda: None if people is None else people.entitlements),
            signer=signer,
            rendering=Rendering(site, signer, clock, _words, rehearsed),
            log=log,
            clock=clock,
            programme_clock=rehearsed or clock,
            forms=self.forms,
            weighing=Weighing(self.database),
        )
        self._provider = None if client is None else Provider(client, clock)
        routes: list[BaseRoute] = ways_in(premises, NoDiary(), self._provider, people)
        routes += [route for part in _PARTS for route in part(premises).routes]
        if (seal := settings.seal) is not None:
            routes += [route for part in (Linked, Entering) for route in part(premises, seal).routes]
        self._answering = Answering(premises, routes)

    async def open(self) -> None:
        """Connects to the database; raises what it raises, and MigrationError. Kafka may come later."""
        await self.database.open()
        async with self.database.within() as connection:
            await check_migrated(connection, SERVICE)

    async def close(self) -> None:
        """Lets go of all connections."""
        if self._provider is not None:
            await self._provider.close()
        await self.forms.close()
        await self.database.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        await self._answering(scope, receive, send)


def _words(language: Language) -> Mapping[str, Any]:
    """What the desk's pages call codes, states, and what events say."""
    return {
        "moment": lambda at: moment_in_words(at, language),
        "words": lambda either: either.in_(language) if isinstance(either, Words) else either,
        "state_words": lambda kind, state: WORDS.state(kind, state).in_(language),
        "called": lambda codes: called(codes, language),
        "own_word": lambda vocabulary, code: own_word(vocabulary, code, language),
    }


def own_word(vocabulary: str, code: str | None, language: Language) -> str:
    """What one of Engage's own codes is called; spaced out where it has no name."""
    known = OWN_CODES[vocabulary].codes.get(code or "")
    return spaced_out(code or "—") if known is None else known.in_language(language)


async def run(settings: DeskSettings, log: FilteringBoundLogger) -> int:
    """Serves the desk until it is told to end; returns the exit code, and raises what `serve` raises."""
    return await serve(Desk(settings, log), settings, log)
