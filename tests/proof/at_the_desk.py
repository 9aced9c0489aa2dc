"""What people do at the desk with an account."""

from __future__ import annotations

from functools import singledispatchmethod
from typing import ClassVar, Final

from playwright.async_api import Page

from libraries.places.territories import TERRITORIES
from libraries.vocabularies.published import OWN_CODES
from libraries.vocabularies.vocabularies import VOCABULARIES
from libraries.work_days.city import CITY
from services.desk.linked.taking_part import LEAVING
from services.desk.reasons import CRITERIA, DROPPING
from tests.proof import acts
from tests.proof.acts import Act
from tests.proof.hands import choose, follow, form_with, open_up, press, there, visit
from tests.proof.people import Need
from tests.proof.proposals import decide, place, undo

_COVERAGE: Final = {
    "uncovered": "rien\u00a0: non couvert",
    "poorly-covered": "peu ou mal couvert",
    "covered": "couvert",
}
_SALIENCE: Final = {"ordinary": "ordinaire", "pressing": "prégnant"}
_SUPPORTING: Final = {"finish": "Terminée", "drop": "Abandonner"}
_VERDICTS: Final = {"laureate": "lauréat", "not-retained": "non retenu"}


class AtTheDesk:
    """One person with an account, and a page of theirs."""

    ACTS: ClassVar = (
        acts.DeclareNeed, acts.NameDeputy, acts.AskRound, acts.Decide, acts.Place, acts.Undo, acts.Abstain,
        acts.PassVerdict, acts.SupportProject, acts.Leave,
    )  # fmt: skip

    def __init__(self, page: Page, address: str) -> None:
        self._page = page
        self._address = address

    async def do(self, act: Act) -> None:
        """Does it, from the first page on; raises Impossible."""
        await visit(self._page, self._address)
        await self._do(act)

    @singledispatchmethod
    async def _do(self, act: Act) -> None:
        raise TypeError(f"no page for {type(act).__name__}")

    @_do.register
    async def _declare(self, act: acts.DeclareNeed) -> None:
        await self._follow("Besoins")
        await self._follow("Déclarer un besoin")
        await fill_need(self._page, act.need)
        await press(self._page, "Déclarer")

    @_do.register
    async def _deputy(self, act: acts.NameDeputy) -> None:
        await self._follow("Besoins")
        await open_up(self._page, "Nommer un suppléant")
        form = form_with(self._page, "Nommer")
        await form.get_by_label("Nom", exact=True).fill(act.deputy.name)
        await form.get_by_label("Adresse").fill(act.deputy.email)
        await form.get_by_label("Jusqu’au").fill(act.until.isoformat())
        await press(form, "Nommer")

    @_do.register
    async def _round(self, act: acts.AskRound) -> None:
        await self._follow("Sessions")
        await press(self._page, "Simuler")
        track = OWN_CODES["tracks"].codes[act.track].fr
        await self._page.get_by_role("radio", name=track).check()
        await press(self._page, "Lancer la session et la publier")

    @_do.register
    async def _decide(self, act: acts.Decide) -> None:
        await self._open(act.project)
        await decide(self._page, act)

    @_do.register
    async def _place(self, act: acts.Place) -> None:
        await self._open(act.project)
        await place(self._page, act)

    @_do.register
    async def _undo(self, act: acts.Undo) -> None:
        await self._open(act.project)
        await undo(self._page, act)

    @_do.register
    async def _abstain(self, act: acts.Abstain) -> None:
        await self._open(act.project)
        await open_up(self._page, "Me déporter")
        await self._page.get_by_role("checkbox", name="Je me déporte de ce dossier").check()
        await press(self._page, "Me déporter")

    @_do.register
    async def _verdict(self, act: acts.PassVerdict) -> None:
        await self._open(act.project)
        form = await there(form_with(self._page, "Transmettre le verdict"))
        await form.get_by_role("radio", name=_VERDICTS[act.decision]).check()
        for criterion, points in act.points:
            if points is not None:
                await form.get_by_label(CRITERIA[criterion].fr).fill(str(points))
        until = act.publish_at.astimezone(CITY.zone)
        await form.get_by_label("Sous embargo jusqu’au").fill(f"{until:%Y-%m-%dT%H:%M}")
        await press(form, "Transmettre le verdict")

    @_do.register
    async def _support(self, act: acts.SupportProject) -> None:
        await self._open(act.project)
        await self._follow("Plan d’appui et mises en relation")
        name = OWN_CODES["support-actions"].codes[act.action].fr
        action = self._page.locator("li", has=self._page.get_by_text(name, exact=True))
        await open_up(action, "Dire où elle en est")
        if act.update == "drop":
            await choose(action, "Pourquoi l’abandonner", act.reason, DROPPING)
        await press(action, _SUPPORTING[act.update])

    @_do.register
    async def _leave(self, act: acts.Leave) -> None:
        await self._follow("Programme")
        await self._follow("Mentors et binômes")
        await self._page.get_by_role("searchbox").fill(act.project)
        await press(self._page.get_by_role("search"), "Chercher")
        mentors = self._page.get_by_role("region", name="Mentors", exact=True)
        await follow(mentors.get_by_role("rowheader").get_by_role("link"))
        await open_up(self._page, "Ce mentor s’en va")
        form = form_with(self._page, "Ce mentor ne participe plus")
        await choose(form, "Pourquoi", act.reason, LEAVING)
        await press(form, "Ce mentor ne participe plus")

    async def _follow(self, name: str) -> None:
        await follow(self._page.get_by_role("link", name=name, exact=True))

    async def _open(self, project: str) -> None:
        """Opens a project's page from the list; raises Impossible where the list does not have it."""
        await follow(self._page.get_by_role("link", name=project, exact=True))


async def fill_need(page: Page, need: Need) -> None:
    """Fills in the whole form of a need."""
    places = {place.code: place.label_fr for place in TERRITORIES.zones}
    await page.get_by_label("Nom du besoin").fill(need.title)
    await page.get_by_label("Ce qui manque, à qui et où").fill(need.description)
    for group, words in (
        ("Thèmes", VOCABULARIES.themes[need.theme].fr),
        ("Publics", VOCABULARIES.publics[need.public].fr),
        ("Territoires", places[need.territory]),
    ):
        ticks = page.get_by_role("group", name=group, exact=True)
        await ticks.get_by_role("checkbox", name=words, exact=True).check()
    await page.get_by_role("radio", name=_COVERAGE[need.coverage], exact=True).check()
    await page.get_by_role("radio", name=_SALIENCE[need.salience], exact=True).check()
    await page.get_by_label("Combien de projets au plus").fill(need.capacity)
    await choose(page, "Direction", need.directorate, VOCABULARIES.directorates)
    await page.get_by_label("À revoir après le").fill(need.review_on)
    await page.get_by_label("Nom", exact=True).fill(need.owner.name)
    await page.get_by_label("Adresse").fill(need.owner.email)
