"""Answers to the offer of a pair by the links of its mail: put on the forms' topic, as a form would."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from starlette.responses import Response

from contracts.offers import PairAnswered
from services.notifications.clicks.course import Course, Found
from services.notifications.clicks.pages import NOT_TAKEN, Words, page
from services.notifications.clicks.standing import KnownOffer, Standing, standing_of, stands
from services.notifications.clicks.store import OfferLink
from services.notifications.links import ANSWER_PATH, Links


class Answering(Course[OfferLink, KnownOffer, PairAnswered]):
    """The offer of a pair, which each party of it accepts or declines."""

    path = ANSWER_PATH
    action = "answer"

    def found(self, links: Links, token: str) -> Found[OfferLink] | None:
        """The offer, and as which party who has the link answers it."""
        right = links.offer_of(token, self._premises.clock())
        return right and Found(OfferLink(right.pair_id, right.party, right.person_id), right.is_over)

    async def known(self, link: OfferLink) -> KnownOffer | None:
        """What has become of the offer."""
        return await self._store.offer(link)

    def is_open(self, known: KnownOffer) -> bool:
        """Whether this party has still to answer."""
        return standing_of(known) == "open"

    async def shown(self, link: OfferLink, known: KnownOffer, *, status: int = 200) -> Response:
        """The offer, by the names that its mail had."""
        words = await self._store.words_about(link.pair_id)
        about = ", ".join(filter(None, (words.get(name) for name in ("project_title", "organisation_name"))))
        form = self.form(known) if self.is_open(known) else ""
        return page(_WORDS[standing_of(known)], about=about, form=form, status=status)

    def form(self, known: KnownOffer) -> str:
        """Two buttons, and a reason to decline."""
        return _FORM

    def unclear(self, known: KnownOffer) -> Words:
        """That one of the two is wanted."""
        return _UNCLEAR

    def status(self, known: KnownOffer, answer: str | None) -> int:
        """Whether the same answer stands, another one, or none."""
        if answer is not None and stands(known, answer):
            return 200
        return 409 if standing_of(known) in ("accepted", "declined") else 410

    def read(self, given: Mapping[str, str], link: OfferLink, known: KnownOffer) -> PairAnswered:
        """The answer that somebody gives; raises ValueError where it is none."""
        return PairAnswered.model_validate(
            {
                "pair_id": link.pair_id,
                "party": link.party,
                "answer": given.get("answer"),
                "reason": given.get("reason") if given.get("answer") == "decline" else None,
                "answered_at": self._premises.clock(),
            }
        )

    async def keep(self, link: OfferLink, answer: PairAnswered) -> None:
        """Keeps an answer, unless there is one."""
        await self._store.keep_answer(link, answer)

    def first(self, kept: KnownOffer, answer: PairAnswered) -> PairAnswered | None:
        """The answer that stands."""
        if (given := kept.given) is None:
            return None
        return answer.model_copy(
            update={"answer": given.answer, "reason": given.reason, "answered_at": given.answered_at}
        )

    def matter(self, link: OfferLink, answer: PairAnswered) -> tuple[UUID, datetime]:
        """The pair."""
        return link.pair_id, answer.answered_at

    def answer_name(self, link: OfferLink, answer: PairAnswered) -> str:
        """The person's: of another who takes over the role it is another answer."""
        return f"{answer.party}:{link.person_id}:{answer.answer}"

    async def passed_on(self, link: OfferLink) -> None:
        """Keeps that Kafka has the answer."""
        await self._store.passed_on(link)


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
