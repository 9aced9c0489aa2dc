"""Answers to the offer of a pair by the links of its mail: put on the forms' topic, as a form would."""

from __future__ import annotations

import secrets
from typing import Final
from urllib.parse import parse_qs
from uuid import UUID

import orjson
from aiokafka.errors import KafkaError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.event import Event, form_event_id
from contracts.pairs import PairAnswered
from contracts.sources import MAIL_LINKS
from libraries.chassis.door import Premises
from libraries.chassis.forms import FormPublisher
from libraries.chassis.store import named_queries
from libraries.chassis.watching.log import named
from services.notifications.follow_ups import ids_about
from services.notifications.links import ANSWER_PATH, Links, Party
from services.notifications.pages import page, unknown

_QUERIES: Final = named_queries("services.notifications")
_MOST_BYTES: Final = 1_000


class Answering:
    """Shows what is asked (GET, which answers nothing: programs open links before people do), takes the answer (POST).

    An answer that is sent again changes nothing; whether the offer still stands is for mentoring to say.
    """

    def __init__(self, links: Links | None, forms: FormPublisher, premises: Premises) -> None:
        self._links = links
        self._forms = forms
        self._premises = premises
        self.routes = [
            Route(ANSWER_PATH + "{token}", self._ask, methods=["GET"]),
            Route(ANSWER_PATH + "{token}", self._take, methods=["POST"]),
        ]

    async def _ask(self, request: Request) -> Response:
        if (offer := self._offer(request)) is None:
            return unknown()
        pair_id, _ = offer
        said = await self._premises.database.pool.fetchval(_QUERIES["fetch_offer"], pair_id, *ids_about(pair_id))
        parameters = orjson.loads(said or "{}")
        names = (parameters.get(name) for name in ("project_title", "organisation_name"))
        return page(_ASK, about=", ".join(filter(None, names)), form=_FORM)

    async def _take(self, request: Request) -> Response:
        if (offer := self._offer(request)) is None:
            return unknown()
        pair_id, party = offer
        try:
            answered = await self._answer(request, pair_id, party)
        except ValueError:
            return page(_UNCLEAR, form=_FORM, status=422)
        at = answered.answered_at
        event_id = form_event_id(at, secrets.randbits(74))
        try:
            await self._forms.publish(Event(event_id, MAIL_LINKS, str(pair_id), at, event_id, None, None, answered))
        except (KafkaError, OSError, TimeoutError) as error:
            self._premises.log.warning("an answer was not kept", action="answer", error=named(error))
            return page(_LATER, form=_FORM, status=503)
        self._premises.log.info(
            "answered by link", action="answer", event_id=str(event_id), pair_id=str(pair_id), party=party
        )
        return page(_THANKS)

    async def _answer(self, request: Request, pair_id: UUID, party: Party) -> PairAnswered:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > _MOST_BYTES:
                raise ValueError("an answer is short")
        given = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        return PairAnswered.model_validate(
            {
                "pair_id": pair_id,
                "party": party,
                "answer": given.get("answer"),
                "reason": given.get("reason") if given.get("answer") == "decline" else None,
                "answered_at": self._premises.clock(),
            }
        )

    def _offer(self, request: Request) -> tuple[UUID, Party] | None:
        return None if self._links is None else self._links.offer_of(request.path_params["token"])


_ASK: Final = (
    "Un accompagnement vous est proposé\u00a0: que répondez-vous\u00a0?",
    "A mentoring pair is offered to you: what is your answer?",
)
_THANKS: Final = (
    "Merci\u00a0: votre réponse est transmise. Si la proposition avait pris fin entre-temps, elle reste sans effet.",
    "Thank you: your answer has been passed on. If the offer had ended meanwhile, it has no effect.",
)
_UNCLEAR: Final = (
    "Votre réponse n’a pas été comprise\u00a0: choisissez d’accepter ou de décliner.",
    "Your answer was not understood: choose to accept or to decline.",
)
_LATER: Final = (
    "Votre réponse n’a pas pu être transmise\u00a0: essayez encore dans quelques minutes.",
    "Your answer could not be passed on: please try again in a few minutes.",
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
