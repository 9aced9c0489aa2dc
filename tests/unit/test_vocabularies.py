"""Vocabularies: what people type for a theme or a public, what it is called, and that all lists agree."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from libraries.typed.slip import Slip
from libraries.vocabularies.vocabularies import (
    VOCABULARIES,
    Term,
    Vocabularies,
    called,
    directorate,
    public,
    strategic_axis,
    theme,
)
from services.intake.lexicon import LEXICON


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("youth-employment", "youth-employment"),
        ("Youth_Employment ", "youth-employment"),
        ("Emploi des jeunes", "youth-employment"),
        ("EMPLOI  DES JEUNES", "youth-employment"),
        ("« Éducation »", "education"),
        ("Éducation pour tous", "education"),
        ("access to housing", "housing"),
        ("no-such-theme", "no-such-theme"),
        ("", None),
        (None, None),
    ],
)
def test_a_theme_is_read_by_its_code_and_by_its_names(typed: str | None, code: str | None) -> None:
    assert theme(typed) == code


def test_a_public_is_read_by_its_own_names() -> None:
    assert [public(typed) for typed in ("Jeunesse", "Seniors", "demandeurs d’emploi")] == [
        "youth",
        "seniors",
        "job-seekers",
    ]
    assert public("Éducation") == "education", "a theme's name is none of a public's"


def test_what_no_code_can_be_made_of_is_asked_back() -> None:
    with pytest.raises(Slip):
        theme("!?")


def test_every_name_of_every_code_leads_to_it() -> None:
    for terms, reader in (
        (VOCABULARIES.themes, theme),
        (VOCABULARIES.publics, public),
        (VOCABULARIES.directorates, directorate),
        (VOCABULARIES.strategic_axes, strategic_axis),
    ):
        for code, term in terms.items():
            assert {reader(name) for name in (code, term.fr, term.en, *term.also)} == {code}


def test_two_codes_of_one_name_are_refused() -> None:
    terms = {code: {"fr": "Même", "en": "Same"} for code in ("one", "other")}
    with pytest.raises(ValidationError, match="'meme' is a name of one and of other"):
        Vocabularies.model_validate({**VOCABULARIES.model_dump(), "themes": terms})


@pytest.mark.parametrize(
    ("crossing", "said"),
    [
        ({"theme": "no-such", "foundation_field": "health"}, "names no-such, which is none of the themes"),
        ({"theme": "health", "strategic_axis": "no-such"}, "names no-such, which is none of the strategic-axes"),
        ({"theme": "health"}, "leads from a theme to one strategic_axis or to one foundation_field"),
        ({"theme": "health", "strategic_axis": "inclusive", "foundation_field": "health"}, "leads from a theme to one"),
    ],
)
def test_a_crossing_leads_from_one_known_code_to_another(crossing: dict[str, str], said: str) -> None:
    crosswalk = [{**crossing, "match": "close", "because": "the names"}]
    with pytest.raises(ValidationError, match=said):
        Vocabularies.model_validate({**VOCABULARIES.model_dump(), "crosswalk": crosswalk})


def test_a_code_may_be_named_on_its_days_alone() -> None:
    term = Term(fr="Un", en="One", valid_from=date(2025, 1, 1), valid_until=date(2025, 12, 31))
    days = (date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1))
    assert [term.holds_on(day) for day in days] == [False, True, True, False]
    with pytest.raises(ValidationError, match="valid_until must not lie before valid_from, 2025-01-02"):
        Term(fr="Un", en="One", valid_from=date(2025, 1, 2), valid_until=date(2025, 1, 1))


def test_codes_are_called_by_their_names_and_spaced_out_where_they_have_none() -> None:
    assert (
        called(("health", "13203", "no-such-code"), "fr")
        == "Accès à la santé, Marseille 3e Arrondissement, No such code"
    )
    assert called(("direction-emploi", "13203"), "en") == "Employment directorate, Marseille 3rd arrondissement"
    assert called("climate-2030", "fr") == "Marseille 2030, objectif climat"


def test_the_lexicon_proposes_what_the_vocabularies_hold() -> None:
    assert LEXICON.themes.keys() <= VOCABULARIES.themes.keys()
    assert LEXICON.publics.keys() <= VOCABULARIES.publics.keys()
