"""French words: the stems in which their forms meet, and what is remembered of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.folding import fold
from libraries.french import WordMemory, stem_of


@pytest.mark.parametrize(
    "forms",
    [
        ("exil", "exilé", "EXILES", "exilée", "exilées"),
        ("école", "Écoles", "ECOLE"),
        ("écologie", "écologique", "écologistes"),
        ("bénévole", "bénévoles"),
        ("habitant", "habitante", "habitants"),
        ("âgé", "âgée", "âgées"),
    ],
)
def test_the_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem_of(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("jeu", "jeune"), ("rep", "répertoire"), ("lien", "client"), ("âge", "partage"), ("mission", "émission")],
)
def test_words_that_begin_or_end_alike_have_stems_of_their_own(one: str, other: str) -> None:
    assert stem_of(one) != stem_of(other)


@given(st.text(max_size=10))
def test_a_stem_is_that_of_the_folded_word(word: str) -> None:
    assert stem_of(word) == stem_of(fold(word).replace(" ", ""))


def test_a_memory_asks_once_and_keeps_no_endless_word() -> None:
    asked: list[str] = []

    def upper(word: str) -> str:
        asked.append(word)
        return word.upper()

    memory, long = WordMemory(upper), "a" * 41
    assert [memory[word] for word in ("un", "un", long, long)] == ["UN", "UN", long.upper(), long.upper()]
    assert asked == ["un", long, long]
    assert list(memory) == ["un"]


def test_a_memory_is_bounded() -> None:
    memory = WordMemory(str)
    for number in range(70_000):
        assert memory[str(number)] == str(number)
    assert len(memory) < 65_537
