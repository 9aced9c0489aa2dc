"""What people do behind the links of their mails, without an account."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatchmethod
from typing import Final

from playwright.async_api import Page

from services.desk.linked.choices import LISTS
from services.desk.reasons import CLOSING
from tests.proof import acts
from tests.proof.acts import Act
from tests.proof.applications import fill_application
from tests.proof.at_the_desk import fill_need
from tests.proof.hands import choose, follow, form_with, open_up, press, there, tick, visit
from tests.proof.own_parts import abstain, be_forgotten, leave, revise_mentor
from tests.proof.proposals import decide
from tests.proof.steps import Impossible

_REASONS: Final = {"no-time": "Je n’ai pas le temps / I have no time"}
_CLEARING: Final = {
    ("line-manager", "give"): "J’autorise / I authorise it",
    ("line-manager", "refuse"): "Je n’autorise pas / I do not authorise it",
    ("ethics", "give"): "Rien ne s’y oppose / Nothing stands against it",
    ("ethics", "refuse"): "Quelque chose s’y oppose / Something does",
}
_GOALS: Final = {"reached": "Atteint", "partly": "En partie", "not-reached": "Pas atteint"}
_WISHES: Final = {"go-on": "Continuer", "finish": "Finir à cette date"}


class BehindLinks:
    """One person who has mails, and a page of theirs; `link` gives the last link to a kind of page about something."""

    def __init__(self, page: Page, link: Callable[[str, str], str]) -> None:
        self._page = page
        self._link = link

    async def do(self, act: Act) -> None:
        """Does it behind the link that the mails have; raises Impossible."""
        await self._do(act)

    @singledispatchmethod
    async def _do(self, act: Act) -> None:
        raise TypeError(f"no page for {type(act).__name__}")

    @_do.register
    async def _decide(self, act: acts.Decide) -> None:
        await self._enter("proposal", act.project)
        await decide(self._page, act)

    @_do.register
    async def _revise(self, act: acts.ReviseNeed) -> None:
        await self._enter("need", act.need.title)
        await fill_need(self._page, act.need)
        await press(self._page, "Enregistrer")

    @_do.register
    async def _close(self, act: acts.CloseNeed) -> None:
        await self._enter("need", act.need)
        form = await there(form_with(self._page, "Clore"))
        await choose(form, "Pourquoi", act.reason, CLOSING)
        await press(form, "Clore")

    @_do.register
    async def _correct(self, act: acts.Correct) -> None:
        await self._open("application", act.project.title)
        await open_up(self._page, "Corriger ma candidature")
        await fill_application(form_with(self._page, "Envoyer la correction"), act)
        await press(self._page, "Envoyer la correction")

    @_do.register
    async def _withdraw(self, act: acts.Withdraw) -> None:
        await self._open("application", act.project)
        await self._unfold("Retirer ma candidature", "Retirer ma candidature", act.reason, "withdrawal-reasons")

    @_do.register
    async def _answer(self, act: acts.AnswerOffer) -> None:
        await self._open("answers", act.project)
        if act.answer == "accept":
            await press(self._page, "J’accepte / I accept")
            return
        if act.reason is not None:
            reason = await there(self._page.get_by_label("Raison, si vous déclinez"))
            await reason.select_option(label=_REASONS[act.reason])
        await press(self._page, "Je décline / I decline")

    @_do.register
    async def _clear(self, act: acts.Clear) -> None:
        await self._open("clearances", act.mentor)
        if act.until is not None:
            until = await there(self._page.get_by_label("Dernier jour de l’autorisation"))
            await until.fill(act.until.isoformat())
        await press(self._page, _CLEARING[act.kind, act.answer])

    @_do.register
    async def _meet(self, act: acts.Meet) -> None:
        await self._open("pair", act.project)
        form = await there(form_with(self._page, "Noter cette rencontre"))
        await form.get_by_label("Durée, en minutes").fill(str(act.minutes))
        await choose(form, "Prochaine étape", act.next_step, LISTS["next-steps"])
        await press(form, "Noter cette rencontre")

    @_do.register
    async def _review(self, act: acts.Review) -> None:
        await self._open("pair", act.project)
        form = await there(form_with(self._page, "Envoyer le bilan"))
        await form.get_by_role("radio", name=_GOALS[act.goals], exact=True).check()
        await form.get_by_role("radio", name=_WISHES[act.wish], exact=True).check()
        await press(form, "Envoyer le bilan")

    @_do.register
    async def _pause(self, act: acts.Pause) -> None:
        await self._open("pair", act.project)
        await open_up(self._page, "Faire une pause")
        form = form_with(self._page, "Faire une pause")
        await form.get_by_label("Jour de la reprise").fill(act.until.isoformat())
        await choose(form, "Raison", act.reason, LISTS["pause-reasons"])
        await press(form, "Faire une pause")

    @_do.register
    async def _resume(self, act: acts.Resume) -> None:
        await self._open("pair", act.project)
        await press(self._page, "Reprendre maintenant")

    @_do.register
    async def _end(self, act: acts.EndPair) -> None:
        await self._open("pair", act.project)
        if act.reason is None:
            await open_up(self._page, "Demander un autre binôme")
            await press(self._page, "Demander un autre binôme")
            return
        await self._unfold("Mettre fin à ce binôme", "Mettre fin au binôme", act.reason, "end-reasons")

    @_do.register
    async def _report(self, act: acts.ReportObstacle) -> None:
        await self._open("pair", act.project)
        await open_up(self._page, "Signaler un frein")
        form = form_with(self._page, "Signaler ce frein")
        await choose(form, "Ce qui manque", act.kind, LISTS["obstacle-kinds"])
        await choose(form, "Service de la Ville", act.service, LISTS["services"])
        await form.get_by_label("En quelques mots").fill(act.comment)
        await press(form, "Signaler ce frein")

    @_do.register
    async def _update(self, act: acts.UpdateObstacle) -> None:
        if act.party == "lead":
            # A lead has a link to an obstacle once it is over; before, it stands on the page of their pair.
            await self._open("pair", act.project)
            await press(self._page, "Ce frein est levé")
            return
        await self._open("obstacle", act.project)
        match act.update:
            case "take":
                await press(self._page, "Nous nous en chargeons")
            case "lift":
                await press(self._page, "Il est levé")
            case "hand-on":
                await open_up(self._page, "Ce n’est pas de notre ressort")
                form = form_with(self._page, "Confier à ce service")
                await choose(form, "Service de la Ville", act.service, LISTS["services"])
                await press(form, "Confier à ce service")
            case "abandon":
                await self._unfold("Personne ne pourra le lever", "Abandonner ce frein", act.reason, "abandon-reasons")

    @_do.register
    async def _impact(self, act: acts.ReportImpact) -> None:
        await self._open("project", act.project)
        form = await there(form_with(self._page, "Envoyer ces chiffres"))
        year = "Au départ du projet" if act.year == 0 else f"Année {act.year}"
        await form.get_by_label("Année", exact=True).select_option(label=year)
        for code, value in act.figures:
            await form.get_by_label(LISTS["figures"][code].fr).fill(str(value))
        await press(form, "Envoyer ces chiffres")

    @_do.register
    async def _wishes(self, act: acts.GiveWishes) -> None:
        await self._open("project", act.project)
        await open_up(self._page, "Dire ce que vous cherchez")
        form = form_with(self._page, "Enregistrer ce que je cherche")
        await tick(form, LISTS["themes"][act.skill].fr, LISTS["slots"][act.slot].fr)
        await press(form, "Enregistrer ce que je cherche")

    @_do.register
    async def _introduce(self, act: acts.Introduce) -> None:
        await self._open("pair", act.project)
        await open_up(self._page, "Noter une mise en relation")
        form = form_with(self._page, "Noter cette mise en relation")
        await form.get_by_label("Nom de l’organisation").fill(act.partner)
        await choose(form, "Quel partenaire", act.kind, LISTS["partner-kinds"])
        await press(form, "Noter cette mise en relation")

    @_do.register
    async def _outcome(self, act: acts.TellOutcome) -> None:
        await self._open("pair", act.project)
        await open_up(self._page, "Dire ce qui en est venu")
        form = form_with(self._page, "Enregistrer la suite")
        await choose(form, "Suite", act.outcome, LISTS["outcomes"])
        await press(form, "Enregistrer la suite")

    @_do.register
    async def _revise_mentor(self, act: acts.ReviseMentor) -> None:
        await self._open_own_page(act.project)
        await revise_mentor(self._page, act)

    @_do.register
    async def _abstain(self, act: acts.AbstainFromFile) -> None:
        await self._open_own_page(act.project)
        await abstain(self._page, act)

    @_do.register
    async def _leave(self, act: acts.Leave) -> None:
        await self._open_own_page(act.project)
        await leave(self._page, act)

    @_do.register
    async def _be_forgotten(self, act: acts.BeForgotten) -> None:
        await self._open("application" if act.party == "lead" else "mentor", act.project)
        await be_forgotten(self._page, act)

    async def _open_own_page(self, project: str) -> None:
        """Opens a mentor's own page, from that of a pair which goes on."""
        await self._open("pair", project)
        await follow(self._page.get_by_role("link", name="ma page de mentor"))

    async def _open(self, page: str, about: str) -> None:
        answer = await visit(self._page, self._link(page, about))
        if answer is None or not answer.ok:
            raise Impossible

    async def _enter(self, page: str, about: str) -> None:
        """Opens a page of the desk that a link leads to, and nothing else of it."""
        await self._open(page, about)
        opens = self._page.get_by_role("button", name="Ouvrir", exact=True)
        if await opens.count():
            await follow(opens)

    async def _unfold(self, summary: str, button: str, reason: str | None, reasons: str) -> None:
        """Opens what asks for a reason, gives it, and sends."""
        await open_up(self._page, summary)
        form = form_with(self._page, button)
        await choose(form, "Raison", reason, LISTS[reasons])  # type: ignore[index]
        await press(form, button)
