"""Words: what of a text is compared."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.matching.states.words import words_of

_SPELT = st.text(st.characters(codec="cp1252"))


def test_words_lose_accents_and_endings() -> None:
    assert words_of("Écologie, écologique") == {"ecolog"}


def test_ligatures_and_both_apostrophes_separate_as_a_reader_would() -> None:
    assert words_of("l’insertion d'une sœur") == {"insert", "soeur"}


def test_decomposed_and_composed_accents_are_the_same() -> None:
    assert words_of("précarité") == words_of("pre\u0301carite\u0301") == {"precar"}


def test_short_words_and_stop_words_say_nothing() -> None:
    assert words_of("Un projet avec des jeunes à Marseille, lorsqu’ils sont là") == {"jeunes"}


def test_several_texts_are_one() -> None:
    assert words_of("Cuisine", "solidaire") == words_of("cuisine solidaire")


@given(st.text())
def test_any_text_gives_short_plain_words(text: str) -> None:
    assert all(4 <= len(word) <= 6 and word.isascii() and word.isalpha() and word.islower() for word in words_of(text))


@given(_SPELT)
def test_both_ways_of_folding_agree(text: str) -> None:
    # The check mark is in no code page, so the second text takes the long way.
    assert words_of(text) == words_of(text + "\u2713")


@given(st.text(st.characters(codec="latin-1")))
def test_both_code_pages_agree(text: str) -> None:
    # The typographic apostrophe is in the second code page only, and separates nothing at the end.
    assert words_of(text) == words_of(text + " \u2019")
