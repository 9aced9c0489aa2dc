"""Answers to the offer of a pair by the links of its mail: put on the forms' topic, as a form would."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid5
from weakref import WeakValueDictionary

from aiokafka.errors import KafkaError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.event import Event
from contracts.pairs import PairAnswered
from contracts.sources import MAIL_LINKS
from libraries.chassis.door import Premises
from libraries.chassis.forms import FormPublisher
from libraries.chassis.watching.log import named
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
from services.notifications.clicks.standing import KnownOffer, Standing, standing_of, stands
from services.notifications.clicks.store import ClickStore, OfferLink
from services.notifications.links import ANSWER_PATH, Links


class Answering:
    """Shows what is asked (GET, which answers nothing: programs open links before people do), takes the answer (POST).

    Whoever comes after the offer has an end, or has answered, is told so. Of several answers by one link the first
    stands, and leaves once; whether the offer still stood when it came is for mentoring to say.
    """

    def __init__(self, links: Links | None, store: ClickStore, forms: FormPublisher, premises: Premises) -> None:
        self._links = links
        self._store = store
        self._forms = forms
        self._premises = premises
        # Of many clicks on one link at once one passes the answer on, and the others see that it did.
        self._turns: WeakValueDictionary[OfferLink, asyncio.Lock] = WeakValueDictionary()
        self.routes = [
            Route(ANSWER_PATH + "{token}", self._ask, methods=["GET"]),
            Route(ANSWER_PATH + "{token}", self._take, methods=["POST"]),
        ]

    async def _ask(self, request: Request) -> Response:
        found = self._found(request)
        if isinstance(found, Response):
            return found
        offer = await self._store.offer(found)
        return later() if offer is None else await self._shown(found.pair_id, offer)

    async def _take(self, request: Request) -> Response:
        found = self._found(request)
        if isinstance(found, Response):
            return found
        try:
            answered = await self._answer(request, found)
        except ValueError:
            return page(_UNCLEAR, form=_FORM, status=422)
        async with self._turns.setdefault(found, asyncio.Lock()):
            return await self._taken(found, answered)

    async def _taken(self, link: OfferLink, answered: PairAnswered) -> Response:
        pair_id = link.pair_id
        if (offer := await self._store.offer(link)) is None:
            return later()
        if standing_of(offer) != "open":
            return await self._shown(pair_id, offer, status=_status(offer, answered.answer))
        await self._store.keep_answer(link, answered)
        if (offer := await self._store.offer(link)) is None or offer.given is None:
            return later()
        given = offer.given
        try:
            await self._pass_on(
                link,
                answered.model_copy(
                    update={"answer": given.answer, "reason": given.reason, "answered_at": given.answered_at}
                ),
            )
        except (KafkaError, OSError, TimeoutError) as error:
            self._premises.log.warning("an answer was not kept", action="answer", error=named(error))
            return page(NOT_PASSED_ON, form=_FORM, status=503)
        return page(THANKS)

    async def _pass_on(self, link: OfferLink, answered: PairAnswered) -> None:
        pair_id, at = answered.pair_id, answered.answered_at
        # Whatever was forgotten of the first time: the same answer is the same event, which readers take once.
        # Of another person who takes over the role it is another one.
        event_id = str(uuid5(pair_id, f"{answered.party}:{link.person_id}:{answered.answer}"))
        await self._forms.publish(Event(event_id, MAIL_LINKS, str(pair_id), at, event_id, None, None, answered))
        await self._store.passed_on(link)
        self._premises.log.info(
            "answered by link", action="answer", event_id=event_id, pair_id=str(pair_id), party=answered.party
        )

    async def _answer(self, request: Request, link: OfferLink) -> PairAnswered:
        given = await posted(request)
        return PairAnswered.model_validate(
            {
                "pair_id": link.pair_id,
                "party": link.party,
                "answer": given.get("answer"),
                "reason": given.get("reason") if given.get("answer") == "decline" else None,
                "answered_at": self._premises.clock(),
            }
        )

    async def _shown(self, pair_id: UUID, offer: KnownOffer, *, status: int = 200) -> Response:
        standing = standing_of(offer)
        words = await self._store.words_about(pair_id)
        about = ", ".join(filter(None, (words.get(name) for name in ("project_title", "organisation_name"))))
        return page(_WORDS[standing], about=about, form=_FORM if standing == "open" else "", status=status)

    def _found(self, request: Request) -> OfferLink | Response:
        """What a link names, or what to show where it names nothing."""
        if self._links is None:
            return unknown()
        found = self._links.offer_of(request.path_params["token"], self._premises.clock())
        if found is None:
            return unknown()
        right, party, person_id = found
        return over() if right.is_over else OfferLink(right.identifier, party, person_id)


def _status(offer: KnownOffer, answer: str) -> int:
    """What programs are told of an answer to an offer that is not open any more; people read the page."""
    if stands(offer, answer):
        return 200
    return 409 if standing_of(offer) in ("accepted", "declined") else 410


_WORDS: Final[Mapping[Standing, Words]] = {
    "open": (
        "Un accompagnement vous est proposé\u00a0: que répondez-vous\u00a0?",
        "A mentoring pair is offered to you: what is your answer?",
    ),
    "accepted": (
        "Vous avez accepté cette proposition\u00a0; vous n’avez rien d’autre à faire. "
        "Pour changer d’avis, répondez au message.",
        "You have accepted this offer; there is nothing else to do. To change your mind, reply to the message.",
    ),
    "declined": (
        "Vous avez décliné cette proposition\u00a0; vous n’avez rien d’autre à faire. "
        "Pour changer d’avis, répondez au message.",
        "You have declined this offer; there is nothing else to do. To change your mind, reply to the message.",
    ),
    "refused": NOT_TAKEN,
    "handed-over": (
        "Une autre personne a repris votre rôle dans ce projet\u00a0: c’est elle qui répond désormais.",
        "Another person has taken over your role in this project: it is for them to answer now.",
    ),
    "active": (
        "Ce binôme a déjà commencé\u00a0: il n’y a plus à répondre.",
        "This pair has already begun: no answer is needed any more.",
    ),
    "given-up": (
        "Cette proposition n’est plus ouverte\u00a0: elle a été déclinée. Merci d’y avoir pensé.",
        "This offer is no longer open: it was declined. Thank you for considering it.",
    ),
    "expired": (
        "Cette proposition n’est plus ouverte\u00a0: son délai est passé. Merci d’y avoir pensé.",
        "This offer is no longer open: its time has passed. Thank you for considering it.",
    ),
    "ended": (
        "Cette proposition n’est plus ouverte\u00a0: elle a pris fin.",
        "This offer is no longer open: it has come to an end.",
    ),
}
_UNCLEAR: Final = (
    "Votre réponse n’a pas été comprise\u00a0: choisissez d’accepter ou de décliner.",
    "Your answer was not understood: choose to accept or to decline.",
)
_REASONS: Final = (
    ("no-time", "Je n’ai pas le temps / I have no time"),
    ("other-field", "Ce n’est pas mon domaine / It is not my field"),
    ("involved-in-the-file", "Je suis lié à ce dossier / I have a part in this file"),
    ("other", "Autre raison / Another reason"),
)
_FORM: Final = (
    '<form method="post" id="accept"><button name="answer" value="accept">J’accepte / I accept</button></form>\n'
    '<form method="post" id="decline">\n'
    '<p><label for="reason">Raison, si vous déclinez / Reason, if you decline</label><br>\n'
    '<select name="reason" id="reason">'
    + "".join(f'<option value="{code}">{words}</option>' for code, words in _REASONS)
    + '</select></p>\n<button name="answer" value="decline">Je décline / I decline</button>\n</form>'
)
