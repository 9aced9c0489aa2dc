"""What a text is about: its words, folded and cut, so that French inflections meet."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import files
from typing import Final
from unicodedata import normalize

_SHORTEST: Final = 4
_CUT: Final = 6
_NOTHING: Final = frozenset({""})
# The code page of French typography: a text that it can spell is folded a byte at a time, in C, at half the cost.
_CODE_PAGE: Final = "cp1252"
_SEPARATOR = re.compile(r"[^\x00-\x7f\u0300-\u036f]+")


def _folding_table() -> bytes:
    """For each byte of the code page its plain small letter, or a space where it is none."""
    table = bytearray(b" " * 256)
    for byte in range(256):
        letter = _decomposed(bytes([byte]).decode(_CODE_PAGE, "ignore"))
        if len(letter) == 1 and letter.isalpha():
            table[byte] = letter[0]
    return bytes(table)


def _decomposed(text: str) -> bytes:
    # A typographic apostrophe separates words just as the plain one; combining accents do not.
    return _SEPARATOR.sub(" ", normalize("NFD", text.lower())).encode("ascii", "ignore")


_FOLDING: Final = _folding_table()


def _words(text: str) -> set[bytes]:
    text = text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae").replace("Æ", "ae")
    try:
        plain = text.encode(_CODE_PAGE)
    except UnicodeEncodeError:
        plain = _decomposed(text)
    return set(plain.translate(_FOLDING).split())


def _read_stop_words() -> frozenset[bytes]:
    data = json.loads(files("services.matching").joinpath("stop_words.json").read_text(encoding="utf-8"))
    return frozenset(word[:_CUT] for word in _words(" ".join([*data["language"], *data["programme"]])))


_STOP_WORDS: Final = _read_stop_words()


@lru_cache(maxsize=65_536)
def _stem(word: bytes) -> str:
    stem = word[:_CUT]
    return "" if len(word) < _SHORTEST or stem in _STOP_WORDS else stem.decode()


def words_of(*texts: str) -> frozenset[str]:
    """The distinct words of four letters or more, without accents, cut to six letters, no stop words."""
    return frozenset(map(_stem, _words(" ".join(texts)))) - _NOTHING
