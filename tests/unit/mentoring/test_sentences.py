"""Reasons in words, in both languages."""

from __future__ import annotations

import pytest

from services.mentoring.settings.sentences import SENTENCES, reason_of


@pytest.mark.parametrize("code", SENTENCES.sentences)
@pytest.mark.parametrize("count", [1, 2])
def test_every_code_has_whole_sentences_in_both_languages(code: str, count: int) -> None:
    said = reason_of(code, count)
    assert said.code == code
    for sentence in (said.fr, said.en):
        assert sentence.endswith(".")
        assert "{" not in sentence
    assert said.fr != said.en


def test_a_number_is_said_where_it_matters() -> None:
    assert reason_of("mentors-full", 1).fr == "Un mentor accompagne déjà autant de responsables qu’il le peut."
    assert reason_of("mentors-full", 3).en == "3 mentors already accompany as many leads as they can."


def test_refusals_say_what_would_be_right() -> None:
    assert "Demandez plutôt qu’il prenne fin" in reason_of("pair-active").fr
    assert "Ask for its end instead" in reason_of("pair-active").en
