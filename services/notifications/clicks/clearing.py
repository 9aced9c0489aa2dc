"""A mentor's clearance, given or refused by the link of the mail that asks for it: put on the forms' topic."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from html import escape
from typing import Final
from uuid import UUID

from starlette.responses import Response

from contracts.clearances import ClearanceKind, MentorClearanceAnswered
from contracts.moments import LAST_DAY
from libraries.typed.numbers import day
from libraries.work_days.city import CITY
from services.notifications.clicks.course import Course, Found
from services.notifications.clicks.pages import NOT_TAKEN, Words, page
from services.notifications.clicks.standing import ClearanceStanding, KnownClearance, standing_of_clearance
from services.notifications.clicks.store import ClearanceLink
from services.notifications.links import CLEARANCE_PATH, Links


class Clearing(Course[ClearanceLink, KnownClearance, MentorClearanceAnswered]):
    """A mentor's clearance, which their line manager, or the ethics officer, gives or refuses."""

    path = CLEARANCE_PATH
    action = "clear"

    def found(self, links: Links, token: str) -> Found[ClearanceLink] | None:
        """The clearance, and of whom it is asked."""
        right = links.clearance_of(token, self._premises.clock())
        if right is None or right.link.person_id is None:
            return None
        return Found(ClearanceLink(right.link.matter_id, right.link.person_id), right.is_over)

    async def known(self, link: ClearanceLink) -> KnownClearance | None:
        """What has become of the clearance."""
        return await self._store.clearance(link)

    def is_open(self, known: KnownClearance) -> bool:
        """Whether it is still asked for."""
        return standing_of_clearance(known) == "open"

    async def shown(self, link: ClearanceLink, known: KnownClearance, *, status: int = 200) -> Response:
        """What is asked of whom, by the mentor's name."""
        standing, about = standing_of_clearance(known), known.mentor_name or ""
        if standing == "open":
            return page(_ASKED[known.kind], about=about, form=self.form(known), status=status)
        return page(_WORDS[standing], about=about, status=status)

    def form(self, known: KnownClearance) -> str:
        """Two buttons, and the last day of an authorisation."""
        give, refuse = _BUTTONS[known.kind]
        until = ""
        if known.kind == "line-manager":
            proposed = "" if known.proposed_until is None else known.proposed_until.isoformat()
            until = _UNTIL.format(value=escape(proposed), least=self._today.isoformat())
        return (
            f'<form method="post" id="give">{until}<button name="answer" value="give">{give}</button></form>\n'
            f'<form method="post" id="refuse"><button name="answer" value="refuse">{refuse}</button></form>'
        )

    def unclear(self, known: KnownClearance) -> Words:
        """That one of the two is wanted, with a day."""
        return _UNCLEAR[known.kind]

    def status(self, known: KnownClearance, answer: str | None) -> int:
        """Whether the same answer stands, another one, or none."""
        if not known.is_passed_on or known.is_refused:
            return 410
        return 200 if known.answer == answer else 409

    def read(self, given: Mapping[str, str], link: ClearanceLink, known: KnownClearance) -> MentorClearanceAnswered:
        """The answer that somebody gives; raises ValueError or Slip where it is none."""
        until = None
        if known.kind == "line-manager" and given.get("answer") == "give":
            until = day(given.get("until"), first=self._today, last=LAST_DAY)
            if until is None:
                raise ValueError("an authorisation has a last day")
        return MentorClearanceAnswered.model_validate(
            {
                "clearance_id": link.clearance_id,
                "mentor_id": known.mentor_id,
                "answered_by": link.person_id,
                "answer": given.get("answer"),
                "until": until,
                "answered_at": self._premises.clock(),
            }
        )

    async def keep(self, link: ClearanceLink, answer: MentorClearanceAnswered) -> None:
        """Keeps an answer, unless there is one."""
        await self._store.keep_clearance_answer(link, answer)

    def first(self, kept: KnownClearance, answer: MentorClearanceAnswered) -> MentorClearanceAnswered | None:
        """The answer that stands."""
        if kept.answer is None:
            return None
        return answer.model_copy(update={"answer": kept.answer, "until": kept.until, "answered_at": kept.answered_at})

    def matter(self, link: ClearanceLink, answer: MentorClearanceAnswered) -> tuple[UUID, datetime]:
        """The clearance."""
        return link.clearance_id, answer.answered_at

    def answer_name(self, link: ClearanceLink, answer: MentorClearanceAnswered) -> str:
        """The person's, with its last day."""
        return f"{link.person_id}:{answer.answer}:{answer.until}"

    async def passed_on(self, link: ClearanceLink) -> None:
        """Keeps that Kafka has the answer."""
        await self._store.clearance_passed_on(link)

    @property
    def _today(self) -> date:
        return self._premises.clock().astimezone(CITY.zone).date()


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
