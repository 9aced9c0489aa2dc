"""French words: how they stand in a text, and the stem in which the forms of one word meet."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from Stemmer import Stemmer

from libraries.folding import fold_words

WORD: Final = re.compile(r"[^\W_]+")
"""A word as it is written: an apostrophe or a hyphen ends it."""

_FRENCH: Final = Stemmer("french", 0)
# A bound on memory, for applicants may write anything: a language has fewer words in use, and none is longer.
_MOST_WORDS: Final = 65_536
_LONGEST_WORD: Final = 40


def stem_of(word: str) -> str:
    """The stem of a word by Snowball's rules for French, without case and accents; empty where it has no letter.

    Accents go first, because capitals often have none.
    """
    folded = "".join(fold_words(word))
    # Without its accent the feminine of a participle (exilée, exilées) is none that the rules know; that of exilé is.
    if folded.endswith("ee"):
        folded = folded[:-1]
    elif folded.endswith("ees"):
        folded = f"{folded[:-2]}s"
    return str(_FRENCH.stemWord(folded))


class WordMemory(dict[str, str]):
    """What a function makes of each word, kept for the words that came lately.

    A dictionary, which C looks into, is asked in half the time of a cached function.
    """

    def __init__(self, made_of: Callable[[str], str]) -> None:
        super().__init__()
        self._made_of = made_of

    def __missing__(self, word: str) -> str:
        made = self._made_of(word)
        if len(word) <= _LONGEST_WORD:
            if len(self) >= _MOST_WORDS:
                self.clear()
            self[word] = made
        return made
