"""Words: what of a text is compared."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.matching.states.words import words_of


def test_words_lose_accents_and_endings() -> None:
    assert words_of("Écologie, écologique") == {"ecolog"}
    assert words_of("logement, logements, loger, relogement") == {"log", "relog"}


def test_ligatures_and_both_apostrophes_separate_as_a_reader_would() -> None:
    assert words_of("l’insertion d'une sœur") == {"insert", "soeur"}


def test_decomposed_and_composed_accents_are_the_same() -> None:
    assert words_of("précarité") == words_of("pre\u0301carite\u0301") == {"precarit"}


def test_short_words_numbers_and_stop_words_say_nothing() -> None:
    assert words_of("Un projet avec des jeunes à Marseille, lorsqu’ils sont là en 2026") == {"jeun"}


def test_several_texts_are_one() -> None:
    assert words_of("Cuisine", "solidaire") == words_of("cuisine solidaire")


@given(st.text())
def test_any_text_gives_words_of_letters(text: str) -> None:
    assert all(word.isalpha() and word == word.casefold() for word in words_of(text))


@given(st.text(), st.text())
def test_the_words_of_texts_are_those_of_each(one: str, other: str) -> None:
    assert words_of(one, other) == words_of(one) | words_of(other)
