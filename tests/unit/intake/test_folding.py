"""Folding: what a person would call the same text gives the same result."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.folding import fold, fold_words
from tests.unit.intake.plain import plain_words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Les Étoiles & des Femmes", "les etoiles des femmes"),
        ("  L’école—d'après…", "l ecole d apres"),
        ("CŒUR de ville", "coeur de ville"),
        ("Projet n° 3", "projet n 3"),
        ("!!!", ""),
    ],
)
def test_case_accents_and_punctuation_fall_away(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=200))
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


def test_no_text_makes_a_key_too_long_for_an_index() -> None:
    assert len(fold("\ufdfa" * 200).encode()) < 1000


@given(st.text(max_size=60) | st.text("ÀÉœŒæÆßŸÿçµƒ½²ªº™€’“…­→łﬁ℀ǅ\u00a0\u202f\u0301 aZ_0-'", max_size=60))
def test_whatever_the_alphabet_the_words_are_those_of_unicode(text: str) -> None:
    assert fold_words(text) == plain_words(text)


def test_every_letter_of_europe_folds_as_unicode_has_it() -> None:
    for code in range(0x3000):
        text = f"a{chr(code)}b"
        assert fold_words(text) == plain_words(text), hex(code)
