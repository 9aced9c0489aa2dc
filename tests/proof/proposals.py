"""What is done on the page of a proposal, whether somebody came with an account or by the link of their mail."""

from __future__ import annotations

from typing import Final

from playwright.async_api import Page

from services.desk.reasons import DECLINING, PLACING
from tests.proof import acts
from tests.proof.hands import choose, form_with, open_up, press, there

_PLACING: Final = {"pin": "Épingler", "forbid": "Interdire", "lift": "Lever"}


async def decide(page: Page, act: acts.Decide) -> None:
    """Confirms, or declines with a reason; raises Impossible."""
    if act.decision == "confirm":
        await press(page, "Confirmer")
        return
    form = await there(form_with(page, "Refuser"))
    await choose(form, "Pourquoi", act.reason, DECLINING)
    await press(form, "Refuser")


async def place(page: Page, act: acts.Place) -> None:
    """Pins, forbids, or lifts; raises Impossible."""
    await open_up(page, "Épingler, interdire, lever")
    form = form_with(page, "Épingler")
    await choose(form, "Pourquoi", act.reason, PLACING)
    await press(form, _PLACING[act.decision])


async def undo(page: Page, act: acts.Undo) -> None:
    """Takes a confirmation back; raises Impossible."""
    form = await there(form_with(page, "Annuler la confirmation"))
    await choose(form, "Pourquoi", act.reason, DECLINING)
    await press(form, "Annuler la confirmation")
