"""A mentor's clearance, given or refused by the link of the mail that asks for it: put on the forms' topic."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Final
from uuid import uuid5
from weakref import WeakValueDictionary

from aiokafka.errors import KafkaError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.clearances import ClearanceKind, MentorClearanceAnswered
from contracts.event import Event
from contracts.moments import LAST_DAY
from contracts.sources import MAIL_LINKS
from libraries.chassis.door import Premises
from libraries.chassis.forms import FormPublisher
from libraries.chassis.watching.log import named
from libraries.typed.numbers import day
from libraries.typed.slip import Slip
from libraries.work_days.city import CITY
from services.notifications.clicks.pages import (
    NOT_PASSED_ON,
    NOT_TAKEN,
    THANKS,
    Words,
    later,
    over,
    page,
    posted,
    unknown,
)
from services.notifications.clicks.standing import ClearanceStanding, KnownClearance, standing_of_clearance
from services.notifications.clicks.store import ClearanceLink, ClickStore
from services.notifications.links import CLEARANCE_PATH, Links


class Clearing:
    """Shows what is asked (GET, which answers nothing: programs open links before people do), takes the answer (POST).

    Of several answers by one link the first stands, and leaves once; whether it was still asked for when it came is for
    mentoring to say.
    """

    def __init__(self, links: Links | None, store: ClickStore, forms: FormPublisher, premises: Premises) -> None:
        self._links = links
        self._store = store
        self._forms = forms
        self._premises = premises
        # Of many clicks on one link at once one passes the answer on, and the others see that it did.
        self._turns: WeakValueDictionary[ClearanceLink, asyncio.Lock] = WeakValueDictionary()
        self.routes = [
            Route(CLEARANCE_PATH + "{token}", self._ask, methods=["GET"]),
            Route(CLEARANCE_PATH + "{token}", self._take, methods=["POST"]),
        ]

    async def _ask(self, request: Request) -> Response:
        found = self._found(request)
        if isinstance(found, Response):
            return found
        clearance = await self._store.clearance(found)
        return later() if clearance is None else self._shown(clearance)

    async def _take(self, request: Request) -> Response:
        found = self._found(request)
        if isinstance(found, Response):
            return found
        try:
            given = await posted(request)
        except ValueError:
            given = {}
        async with self._turns.setdefault(found, asyncio.Lock()):
            return await self._taken(found, given)

    async def _taken(self, link: ClearanceLink, given: Mapping[str, str]) -> Response:
        if (clearance := await self._store.clearance(link)) is None:
            return later()
        if standing_of_clearance(clearance) != "open":
            return self._shown(clearance, status=_status(clearance, given.get("answer")))
        try:
            answered = self._answer(given, link, clearance)
        except (ValueError, Slip):
            return page(_UNCLEAR[clearance.kind], form=self._form(clearance), status=422)
        await self._store.keep_clearance_answer(link, answered)
        if (kept := await self._store.clearance(link)) is None or kept.answer is None:
            return later()
        first = {"answer": kept.answer, "until": kept.until, "answered_at": kept.answered_at}
        try:
            await self._pass_on(link, answered.model_copy(update=first))
        except (KafkaError, OSError, TimeoutError) as error:
            self._premises.log.warning("an answer was not kept", action="clear", error=named(error))
            return page(NOT_PASSED_ON, form=self._form(clearance), status=503)
        return page(THANKS)

    async def _pass_on(self, link: ClearanceLink, answered: MentorClearanceAnswered) -> None:
        clearance_id, at = link.clearance_id, answered.answered_at
        # Whatever was forgotten of the first time: the same answer is the same event, which readers take once.
        event_id = str(uuid5(clearance_id, f"{link.person_id}:{answered.answer}:{answered.until}"))
        await self._forms.publish(Event(event_id, MAIL_LINKS, str(clearance_id), at, event_id, None, None, answered))
        await self._store.clearance_passed_on(link)
        self._premises.log.info("answered by link", action="clear", event_id=event_id, clearance_id=str(clearance_id))

    def _answer(self, given: Mapping[str, str], link: ClearanceLink, asked: KnownClearance) -> MentorClearanceAnswered:
        """The answer that somebody gives; raises ValueError or Slip where it is none."""
        until = None
        if asked.kind == "line-manager" and given.get("answer") == "give":
            until = day(given.get("until"), first=self._today, last=LAST_DAY)
            if until is None:
                raise ValueError("an authorisation has a last day")
        return MentorClearanceAnswered.model_validate(
            {
                "clearance_id": link.clearance_id,
                "mentor_id": asked.mentor_id,
                "answered_by": link.person_id,
                "answer": given.get("answer"),
                "until": until,
                "answered_at": self._premises.clock(),
            }
        )

    def _shown(self, clearance: KnownClearance, *, status: int = 200) -> Response:
        standing = standing_of_clearance(clearance)
        if standing == "open":
            form = self._form(clearance)
            return page(_ASKED[clearance.kind], about=clearance.mentor_name or "", form=form, status=status)
        return page(_WORDS[standing], about=clearance.mentor_name or "", status=status)

    def _form(self, clearance: KnownClearance) -> str:
        give, refuse = _BUTTONS[clearance.kind]
        until = ""
        if clearance.kind == "line-manager":
            proposed = "" if clearance.proposed_until is None else clearance.proposed_until.isoformat()
            until = _UNTIL.format(value=escape(proposed), least=self._today.isoformat())
        return (
            f'<form method="post" id="give">{until}<button name="answer" value="give">{give}</button></form>\n'
            f'<form method="post" id="refuse"><button name="answer" value="refuse">{refuse}</button></form>'
        )

    @property
    def _today(self) -> date:
        return self._premises.clock().astimezone(CITY.zone).date()

    def _found(self, request: Request) -> ClearanceLink | Response:
        """What a link names, or what to show where it names nothing."""
        if self._links is None:
            return unknown()
        found = self._links.clearance_of(request.path_params["token"], self._premises.clock())
        if found is None:
            return unknown()
        right, person_id = found
        return over() if right.is_over else ClearanceLink(right.identifier, person_id)


def _status(clearance: KnownClearance, answer: str | None) -> int:
    """What programs are told of an answer to what is not asked any more; people read the page."""
    if not clearance.is_passed_on or clearance.is_refused:
        return 410
    return 200 if clearance.answer == answer else 409


_ASKED: Final[Mapping[ClearanceKind, Words]] = {
    "line-manager": (
        "Autorisez-vous cette personne de votre service à accompagner une association\u00a0?",
        "Do you authorise this member of your service to mentor an association?",
    ),
    "ethics": (
        "Vérification déontologique\u00a0: cette personne peut-elle accompagner une association\u00a0?",
        "Ethics check: may this person mentor an association?",
    ),
}
_WORDS: Final[Mapping[ClearanceStanding, Words]] = {
    "given": (
        "C’est accordé\u00a0; vous n’avez rien d’autre à faire. Pour changer d’avis, répondez au message.",
        "It is granted; there is nothing else to do. To change your mind, reply to the message.",
    ),
    "refused": (
        "C’est refusé\u00a0; vous n’avez rien d’autre à faire. Pour changer d’avis, répondez au message.",
        "It is refused; there is nothing else to do. To change your mind, reply to the message.",
    ),
    "not-taken": NOT_TAKEN,
    "over": (
        "Il n’y a plus à répondre\u00a0: la question ne se pose plus, ou est posée à quelqu’un d’autre.",
        "No answer is needed any more: the question is settled, or asked of somebody else.",
    ),
}
_UNCLEAR: Final[Mapping[ClearanceKind, Words]] = {
    "line-manager": (
        "Votre réponse n’a pas été comprise\u00a0: choisissez d’autoriser, jusqu’à un jour à venir, ou non.",
        "Your answer was not understood: choose to authorise, until a day to come, or not to.",
    ),
    "ethics": (
        "Votre réponse n’a pas été comprise\u00a0: choisissez l’une des deux.",
        "Your answer was not understood: choose one of the two.",
    ),
}
_BUTTONS: Final[Mapping[ClearanceKind, Words]] = {
    "line-manager": ("J’autorise / I authorise it", "Je n’autorise pas / I do not authorise it"),
    "ethics": ("Rien ne s’y oppose / Nothing stands against it", "Quelque chose s’y oppose / Something does"),
}
_UNTIL: Final = (
    '<p><label for="until">Dernier jour de l’autorisation / Last day of the authorisation</label><br>\n'
    '<input type="date" name="until" id="until" value="{value}" min="{least}" required></p>\n'
)
