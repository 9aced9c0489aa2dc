"""What a mentor does on the page of their own part, and how anybody asks to be forgotten."""

from __future__ import annotations

from typing import Final

from playwright.async_api import Page

from services.desk.linked.choices import LISTS
from services.desk.linked.taking_part import LEAVING
from tests.proof import acts
from tests.proof.hands import choose, follow, form_with, open_up, press, tick

_APPLICATIONS: Final = {"go-on": "Elles continuent sans votre nom", "withdraw": "Elles sont retirées"}


async def revise_mentor(page: Page, act: acts.ReviseMentor) -> None:
    """Says the whole form again: what is kept is ticked already; raises Impossible."""
    await open_up(page, "Changer ce que j’apporte")
    form, person = form_with(page, "Enregistrer ce que j’apporte"), act.mentor.person
    await tick(form, LISTS["slots"][act.slot].fr)
    await form.get_by_label("Binômes à la fois, au plus").fill(act.capacity)
    await form.get_by_label("Votre fonction").fill(str(act.mentor.form.role))
    await form.get_by_label("Votre nom").fill(person.name)
    await form.get_by_label("Votre adresse électronique").fill(person.email)
    await press(form, "Enregistrer ce que j’apporte")


async def abstain(page: Page, act: acts.AbstainFromFile) -> None:
    """Looks for the project, and abstains from its file; raises Impossible."""
    await page.get_by_role("searchbox").fill(act.other)
    await press(page.get_by_role("search"), "Chercher")
    await follow(page.get_by_role("button", name="Je m’abstiens de ce dossier"))


async def leave(page: Page, act: acts.Leave) -> None:
    """Leaves for good; raises Impossible."""
    await open_up(page, "Ne plus être mentor")
    form = form_with(page, "Je ne suis plus mentor")
    await choose(form, "Raison", act.reason, LEAVING)
    await press(form, "Je ne suis plus mentor")


async def be_forgotten(page: Page, act: acts.BeForgotten) -> None:
    """Answers the one question, and ticks that it is meant; raises Impossible."""
    await open_up(page, "Demander à être oublié")
    form = form_with(page, "M’oublier")
    if act.party == "lead":
        await form.get_by_role("radio", name=_APPLICATIONS[act.applications]).check()
    await form.get_by_role("checkbox", name="J’ai compris").check()
    await press(form, "M’oublier")
