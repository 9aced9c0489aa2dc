"""What people choose from on the pages behind their links: codes in words, from the programme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from contracts.message import Code
from libraries.places.territories import TERRITORIES
from libraries.programme.running import programme
from libraries.vocabularies.published import OWN_CODES
from libraries.vocabularies.vocabularies import VOCABULARIES, Words

Choices: TypeAlias = Annotated[Mapping[Code, Words], Field(min_length=1)]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-"))

    version: str
    next_steps: Choices
    pause_reasons: Choices
    end_reasons: Choices
    abandon_reasons: Choices
    withdrawal_reasons: Choices
    figures: Choices
    legal_forms: Choices


_FILE: Final = programme().read("desk.toml", _File)

ListName: TypeAlias = Literal[
    "next-steps",
    "pause-reasons",
    "end-reasons",
    "abandon-reasons",
    "withdrawal-reasons",
    "figures",
    "legal-forms",
    "obstacle-kinds",
    "services",
    "themes",
    "publics",
    "languages",
    "territories",
    "slots",
    "partner-kinds",
    "outcomes",
]

_DAYS: Final = {
    "mon": Words(fr="lundi", en="Monday"),
    "tue": Words(fr="mardi", en="Tuesday"),
    "wed": Words(fr="mercredi", en="Wednesday"),
    "thu": Words(fr="jeudi", en="Thursday"),
    "fri": Words(fr="vendredi", en="Friday"),
    "sat": Words(fr="samedi", en="Saturday"),
}
_PARTS: Final = {
    "morning": Words(fr="matin", en="morning"),
    "afternoon": Words(fr="après-midi", en="afternoon"),
    "evening": Words(fr="soir", en="evening"),
}
_PLACES: Final = (TERRITORIES.whole_city, *TERRITORIES.arrondissements, *TERRITORIES.zones)

LISTS: Final[Mapping[ListName, Mapping[str, Words]]] = {
    "next-steps": _FILE.next_steps,
    "pause-reasons": _FILE.pause_reasons,
    "end-reasons": _FILE.end_reasons,
    "abandon-reasons": _FILE.abandon_reasons,
    "withdrawal-reasons": _FILE.withdrawal_reasons,
    "figures": _FILE.figures,
    "legal-forms": _FILE.legal_forms,
    "obstacle-kinds": OWN_CODES["obstacle-kinds"].codes,
    "services": VOCABULARIES.terms("directorates"),
    "themes": VOCABULARIES.terms("themes"),
    "publics": VOCABULARIES.terms("publics"),
    "partner-kinds": OWN_CODES["partner-kinds"].codes,
    "outcomes": OWN_CODES["introduction-states"].codes,
    "languages": {"fr": Words(fr="français", en="French"), "en": Words(fr="anglais", en="English")},
    "territories": {place.code: Words(fr=place.label_fr, en=place.label_en) for place in _PLACES},
    "slots": {
        f"{day}-{part}": Words(fr=f"{of_day.fr} {of_part.fr}", en=f"{of_day.en} {of_part.en}")
        for day, of_day in _DAYS.items()
        for part, of_part in _PARTS.items()
    },
}
"""Every list, by its name: those of the desk, and those that other parts of the programme name."""
