"""Folding: the form of a text that survives case, accents, punctuation and spacing."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
_BETWEEN_WORDS: Final = re.compile(r"[\W_]")
_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae"})
# A single character can unfold into eighteen, and an index takes no entry over 2,700 bytes.
_LONGEST: Final = 200
# Code pages: a text that one of them can spell is folded a byte at a time, in C, at a tenth of the cost. The second is
# that of French typography; the first, which lacks its apostrophe, is encoded in a twentieth of the time.
_PLAIN: Final = "latin-1"
_TYPOGRAPHIC: Final = "cp1252"
_BEYOND: Final = b"\0"
"""Stands for a letter that folds to several, or to one that Latin-1 lacks."""


def fold(text: str) -> str:
    """The words of `text` in lower case, without accents, one space apart, at most 200 characters.

    Two texts that a person would call the same give the same result. It may be empty.
    """
    return " ".join(fold_words(text))[:_LONGEST]


def fold_words(text: str) -> list[str]:
    """The words of `text` in lower case and without accents, in their order."""
    # The ligatures of French, so that few texts have any letter that unfolds.
    text = text.replace("œ", "oe").replace("æ", "ae").replace("Œ", "oe").replace("Æ", "ae")
    try:
        letters = text.encode(_PLAIN).translate(_FOLDED_PLAIN)
    except UnicodeEncodeError:
        try:
            letters = text.encode(_TYPOGRAPHIC, _FOLDING).translate(_FOLDED_TYPOGRAPHIC)
        except UnicodeEncodeError:
            return _WORD.findall(folded(text))
    if _BEYOND in letters:
        return _WORD.findall(folded(text))
    return letters.decode("latin-1").split()


def folded(text: str) -> str:
    """Any text in lower case and without accents, its punctuation as it was."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return "".join(character for character in text if not unicodedata.combining(character)).casefold()


def _folding_table(code_page: str) -> bytes:
    """For each byte of a code page its folded letter, a space where it separates words, or `_BEYOND`."""
    table = bytearray(b" " * 256)
    for byte in range(256):
        # No character's folding depends on those beside it.
        words = _WORD.findall(folded(bytes([byte]).decode(code_page, "ignore")))
        if words:
            letters = "".join(words).encode("latin-1", "replace")
            table[byte] = letters[0] if len(letters) == 1 and letters != b"?" else _BEYOND[0]
    return bytes(table)


def _folded_alone(error: UnicodeError) -> tuple[str, int]:
    """What stands for characters that a code page lacks: a narrow space, an arrow, a letter with a rare accent."""
    assert isinstance(error, UnicodeEncodeError)
    letters = _BETWEEN_WORDS.sub(" ", folded(error.object[error.start : error.end]))
    try:
        letters.encode(_TYPOGRAPHIC)
    except UnicodeEncodeError:
        raise error from None
    return letters, error.end


_FOLDED_PLAIN: Final = _folding_table(_PLAIN)
_FOLDED_TYPOGRAPHIC: Final = _folding_table(_TYPOGRAPHIC)
_FOLDING: Final = "engage-folding"
codecs.register_error(_FOLDING, _folded_alone)
