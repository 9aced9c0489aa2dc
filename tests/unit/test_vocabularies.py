"""Vocabularies: what people type for a theme or a public, what it is called, and that all lists agree."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from libraries.typed.slip import Slip
from libraries.vocabularies.vocabularies import VOCABULARIES, Vocabularies, called, public, theme
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
    for terms, reader in ((VOCABULARIES.themes, theme), (VOCABULARIES.publics, public)):
        for code, term in terms.items():
            assert {reader(name) for name in (code, term.fr, term.en, *term.also)} == {code}


def test_two_codes_of_one_name_are_refused() -> None:
    terms = {code: {"fr": "Même", "en": "Same"} for code in ("one", "other")}
    with pytest.raises(ValidationError, match="'meme' is a name of one and of other"):
        Vocabularies.model_validate({"version": "1", "themes": terms, "publics": terms, "directorates": terms})


def test_codes_are_called_by_their_names_and_spaced_out_where_they_have_none() -> None:
    assert (
        called(("health", "13203", "no-such-code"), "fr")
        == "Accès à la santé, Marseille 3e Arrondissement, No such code"
    )
    assert called("direction-emploi", "en") == "Employment directorate"


def test_the_lexicon_proposes_what_the_vocabularies_hold() -> None:
    assert LEXICON.themes.keys() <= VOCABULARIES.themes.keys()
    assert LEXICON.publics.keys() <= VOCABULARIES.publics.keys()
