"""Folding: the form of a text that survives case, accents, punctuation and spacing."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae"})
# A single character can unfold into eighteen, and an index takes no entry over 2,700 bytes.
_LONGEST: Final = 200


def fold(text: str) -> str:
    """The words of `text` in lower case, without accents, one space apart, at most 200 characters.

    Two texts that a person would call the same give the same result. It may be empty.
    """
    return " ".join(fold_words(text))[:_LONGEST]


def fold_words(text: str) -> list[str]:
    """The words of `text` in lower case and without accents, in their order."""
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
        text = "".join(character for character in text if not unicodedata.combining(character)).casefold()
    return _WORD.findall(text)
