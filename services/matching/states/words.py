"""What a text is about: the stems of its words, in which French inflections meet."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from libraries.folding import fold_words
from libraries.french import WordMemory, stem_of
from libraries.programme.running import programme

# Shorter words are articles and the like, or say little by themselves.
_SHORTEST: Final = 4
_NOTHING: Final = frozenset({""})


class StopWords(BaseModel):
    """Words that say nothing of a subject: in the language, and in the programme, whose texts nearly all have them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    language: tuple[str, ...]
    programme: tuple[str, ...]


def _folded(stop_words: StopWords) -> frozenset[str]:
    return frozenset(fold_words(" ".join([*stop_words.language, *stop_words.programme])))


_STOP_WORDS: Final = _folded(programme().read("stop_words.toml", StopWords))


def _told_by(word: str) -> str:
    """The stem of a folded word; empty where it is short, no word of letters, or says nothing."""
    if len(word) < _SHORTEST or not word.isalpha() or word in _STOP_WORDS:
        return ""
    return stem_of(word)


_TOLD_BY: Final = WordMemory(_told_by).__getitem__


def words_of(*texts: str) -> frozenset[str]:
    """The stems of the distinct words of four letters or more, without accents and stop words."""
    return frozenset(map(_TOLD_BY, set(fold_words(" ".join(texts))))) - _NOTHING
