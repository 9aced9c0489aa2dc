"""The form in which a lead corrects an application: every field, found by what it is called."""

from __future__ import annotations

from typing import Final

from playwright.async_api import Locator

from libraries.vocabularies.field_names import FIELD_NAMES
from services.desk.linked.choices import LISTS
from tests.proof import acts
from tests.proof.hands import choose, field

_LISTS: Final = {"project.themes": LISTS["themes"], "project.publics": LISTS["publics"]}
_LINES: Final = (
    "organisation.name", "organisation.siren", "organisation.siret", "organisation.rna", "organisation.commune",
    "organisation.published_on", "organisation.esus_approved_on", "organisation.operating_income_eur",
    "organisation.income_year", "organisation.laureate_year", "project.title", "project.summary",
    "project.spread_within_years", "lead.name", "lead.email", "lead.telephone",
)  # fmt: skip


async def fill_application(form: Locator, act: acts.Correct) -> None:
    """Writes the whole application as it would be right; what it does not say is left empty."""
    typed = dict(act.project.typed)
    if act.summary is not None:
        typed["project.summary"] = act.summary
    for path in _LINES:
        await field(form, _called(path)).fill(str(typed.get(path, "")))
    territories = typed["project.territories"]
    assert isinstance(territories, tuple)
    await field(form, _called("project.territories")).fill(", ".join(territories))
    for path, words in _LISTS.items():
        ticks = form.get_by_role("group", name=_called(path), exact=True)
        chosen = typed[path]
        assert isinstance(chosen, tuple)
        for code, called in words.items():
            await ticks.get_by_role("checkbox", name=called.fr, exact=True).set_checked(code in chosen)
    await choose(form, _called("organisation.legal_form"), str(typed["organisation.legal_form"]), LISTS["legal-forms"])
    await _answer(form, "organisation.laureate", bool(typed["organisation.laureate"]))
    await _answer(form, "texts_public", True)
    await field(form, _called("lead.language")).select_option(label="Français")
    await form.get_by_role("checkbox", name="J’accepte que mes données servent").check()


async def _answer(form: Locator, path: str, answer: bool) -> None:
    await field(form, _called(path)).select_option(label="Oui" if answer else "Non")


def _called(path: str) -> str:
    return FIELD_NAMES.name(path, "fr")
