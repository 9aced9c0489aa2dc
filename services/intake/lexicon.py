"""What a text suggests a project is about: themes and publics by beginnings of words, for its applicant to confirm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Final, NamedTuple, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from contracts.applications import TagKind
from contracts.message import Code
from libraries.data_files import read_data_file
from libraries.folding import fold_words
from services.intake.cleaned_forms import Project

_KEY: Final = 3
"""Beginnings are looked up by so many letters of a word: enough that few are compared, and no beginning has fewer."""


class Tag(NamedTuple):
    """A theme or a public that a text suggests, and the beginnings of words for which it does."""

    kind: TagKind
    code: str
    because: tuple[str, ...]


def _checked_folded(beginning: str) -> str:
    if " ".join(fold_words(beginning)) != beginning:
        raise ValueError(f"{beginning!r} is not folded: it would never be found")
    if len(beginning) < _KEY:
        raise ValueError(f"{beginning!r} has fewer than {_KEY} letters: it would never be found")
    return beginning


Beginnings: TypeAlias = tuple[Annotated[str, AfterValidator(_checked_folded)], ...]


class Lexicon(BaseModel):
    """One version of the lexicon: beginnings of folded words, or of several in a row, by theme and by public.

    `most` tags of a kind are proposed, those with the most different beginnings first.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    most: int = Field(ge=0)
    themes: Mapping[Code, Beginnings]
    publics: Mapping[Code, Beginnings]

    def propose(self, project: Project) -> tuple[Tag, ...]:
        """Tags of the kinds that a form left empty; what an applicant said is not second-guessed."""
        if project.themes and project.publics:
            return ()
        words = fold_words(f"{project.title or ''} {project.summary}")
        text, distinct = f" {' '.join(words)}", set(words)
        return (
            *(() if project.themes else _ranked("theme", _found(self._themes, distinct, text), text, self.most)),
            *(() if project.publics else _ranked("public", _found(self._publics, distinct, text), text, self.most)),
        )

    @cached_property
    def _themes(self) -> _Index:
        return _by_first_letters(self.themes)

    @cached_property
    def _publics(self) -> _Index:
        return _by_first_letters(self.publics)


class _Beginning(NamedTuple):
    """A beginning and its tag; `text` has a space before it, so that it is found only where a word begins."""

    code: str
    head: str
    text: str
    is_long: bool


_Index: TypeAlias = Mapping[str, list[_Beginning]]
_Found: TypeAlias = Mapping[str, set[str]]


def _by_first_letters(codes: Mapping[str, Beginnings]) -> _Index:
    """Beginnings by the letters that any word they begin has in front."""
    found: dict[str, list[_Beginning]] = {}
    for code, beginnings in codes.items():
        for beginning in beginnings:
            head, _, rest = beginning.partition(" ")
            found.setdefault(head[:_KEY], []).append(_Beginning(code, head, f" {beginning}", bool(rest)))
    return found


def _found(index: _Index, words: set[str], text: str) -> _Found:
    """For each code its beginnings that a text has, which holds these words."""
    # Word by word and not beginning by beginning: a text has fewer words than the lexicon will have beginnings.
    found: dict[str, set[str]] = {}
    for word in words:
        for code, head, beginning, is_long in index.get(word[:_KEY], ()):
            # Only those of several words have to be sought in the whole text.
            if word.startswith(head) and (not is_long or beginning in text):
                found.setdefault(code, set()).add(beginning)
    return found


def _ranked(kind: TagKind, found: _Found, text: str, most: int) -> Iterator[Tag]:
    for code, beginnings in sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0]))[:most]:
        # In the order of the text; of two that begin at one place, the shorter first.
        because = sorted(beginnings, key=lambda beginning: (text.find(beginning), beginning))
        yield Tag(kind, code, tuple([beginning[1:] for beginning in because]))


LEXICON: Final = read_data_file("services.intake", "lexicon.toml", Lexicon)
