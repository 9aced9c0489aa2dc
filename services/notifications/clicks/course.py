"""The course of whatever is asked by the link of a mail: shown, answered once, and put on the forms' topic."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID, uuid5
from weakref import WeakValueDictionary

from aiokafka.errors import KafkaError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.event import Event
from contracts.message import EventData
from contracts.sources import MAIL_LINKS
from libraries.chassis.door import Premises
from libraries.chassis.forms import FormPublisher
from libraries.chassis.watching.log import named
from libraries.typed.slip import Slip
from services.notifications.clicks.pages import NOT_PASSED_ON, THANKS, Words, later, over, page, posted, unknown
from services.notifications.clicks.store import ClickStore
from services.notifications.links import Links

_Link = TypeVar("_Link", bound=NamedTuple)
_Known = TypeVar("_Known", bound=NamedTuple)
_Answer = TypeVar("_Answer", bound=EventData)


class Found(NamedTuple, Generic[_Link]):
    """What a link of ours names, and whether its last day is over."""

    link: _Link
    is_over: bool


class Course(ABC, Generic[_Link, _Known, _Answer]):
    """Shows what is asked (GET, which answers nothing: programs open links before people do), takes the answer (POST).

    Of several answers by one link the first stands, and leaves once; whether it was still asked for when it came is for
    mentoring to say.
    """

    path: str
    """Below which the links are."""
    action: str
    """What answering is called in the log."""

    def __init__(self, links: Links | None, store: ClickStore, forms: FormPublisher, premises: Premises) -> None:
        self._links = links
        self._store = store
        self._forms = forms
        self._premises = premises
        # Of many clicks on one link at once one passes the answer on, and the others see that it did.
        self._turns: WeakValueDictionary[_Link, asyncio.Lock] = WeakValueDictionary()
        self.routes = [
            Route(self.path + "{token}", self._ask, methods=["GET"]),
            Route(self.path + "{token}", self._take, methods=["POST"]),
        ]

    async def _ask(self, request: Request) -> Response:
        found = self._named(request)
        if isinstance(found, Response):
            return found
        known = await self.known(found)
        return later() if known is None else await self.shown(found, known)

    async def _take(self, request: Request) -> Response:
        found = self._named(request)
        if isinstance(found, Response):
            return found
        try:
            given = await posted(request)
        except ValueError:
            given = {}
        async with self._turns.setdefault(found, asyncio.Lock()):
            return await self._taken(found, given)

    async def _taken(self, link: _Link, given: Mapping[str, str]) -> Response:
        if (known := await self.known(link)) is None:
            return later()
        if not self.is_open(known):
            return await self.shown(link, known, status=self.status(known, given.get("answer")))
        try:
            answer = self.read(given, link, known)
        except (ValueError, Slip):
            return page(self.unclear(known), form=self.form(known), status=422)
        await self.keep(link, answer)
        if (kept := await self.known(link)) is None or (first := self.first(kept, answer)) is None:
            return later()
        try:
            await self._pass_on(link, first)
        except (KafkaError, OSError, TimeoutError) as error:
            self._premises.log.warning("an answer was not kept", action=self.action, error=named(error))
            return page(NOT_PASSED_ON, form=self.form(known), status=503)
        return page(THANKS)

    async def _pass_on(self, link: _Link, answer: _Answer) -> None:
        matter_id, at = self.matter(link, answer)
        # Whatever was forgotten of the first time: the same answer is the same event, which readers take once.
        event_id = str(uuid5(matter_id, self.answer_name(link, answer)))
        await self._forms.publish(Event(event_id, MAIL_LINKS, str(matter_id), at, event_id, None, None, answer))
        await self.passed_on(link)
        self._premises.log.info("answered by link", action=self.action, event_id=event_id, matter_id=str(matter_id))

    def _named(self, request: Request) -> _Link | Response:
        """What a link names, or what to show where it names nothing."""
        if self._links is None:
            return unknown()
        found = self.found(self._links, request.path_params["token"])
        if found is None:
            return unknown()
        return over() if found.is_over else found.link

    @abstractmethod
    def found(self, links: Links, token: str) -> Found[_Link] | None:
        """What the last part of a link names; None where it is not one of ours."""

    @abstractmethod
    async def known(self, link: _Link) -> _Known | None:
        """What has become of what is asked; None where it is not known here yet."""

    @abstractmethod
    def is_open(self, known: _Known) -> bool:
        """Whether it is still asked of who has the link."""

    @abstractmethod
    async def shown(self, link: _Link, known: _Known, *, status: int = 200) -> Response:
        """The page that asks, or says why it does not."""

    @abstractmethod
    def form(self, known: _Known) -> str:
        """What it is answered by, as HTML."""

    @abstractmethod
    def unclear(self, known: _Known) -> Words:
        """What is said of an answer that is none."""

    @abstractmethod
    def status(self, known: _Known, answer: str | None) -> int:
        """What programs are told of an answer to what is not asked any more; people read the page."""

    @abstractmethod
    def read(self, given: Mapping[str, str], link: _Link, known: _Known) -> _Answer:
        """The answer that somebody gives; raises ValueError or Slip where it is none."""

    @abstractmethod
    async def keep(self, link: _Link, answer: _Answer) -> None:
        """Keeps an answer, unless there is one: the first stands."""

    @abstractmethod
    def first(self, kept: _Known, answer: _Answer) -> _Answer | None:
        """The answer that stands; None where none does."""

    @abstractmethod
    def matter(self, link: _Link, answer: _Answer) -> tuple[UUID, datetime]:
        """What an answer is about, and when it was given."""

    @abstractmethod
    def answer_name(self, link: _Link, answer: _Answer) -> str:
        """What tells an answer from others about the same matter."""

    @abstractmethod
    async def passed_on(self, link: _Link) -> None:
        """Keeps that Kafka has the answer."""
