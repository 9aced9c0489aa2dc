"""What a text suggests a project is about: themes and publics by the words it has, for its applicant to confirm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, product
from typing import Annotated, Final, NamedTuple, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from contracts.applications import TagKind
from contracts.message import Code
from libraries.folding import fold
from libraries.french import WORD, WordMemory, stem_of
from libraries.programme.running import programme
from services.intake.cleaned_forms import Project

_JOINTS: Final = frozenset("'’-‑")
"""Between two words these are shown as they are written; anything else is a space."""

_LONGEST_WORD: Final = 32
"""What has more letters is no word that the lexicon has, though it may fold to one: letters of some scripts fold to
nothing. A row of five words, and none is longer, so fits into what an event says of it."""

_WORDS_AND_GAPS: Final = re.compile(f"({WORD.pattern})")
_KINDS: Final[tuple[TagKind, TagKind]] = ("theme", "public")


class Tag(NamedTuple):
    """A theme or a public that a text suggests, and the words for which it does, as the text has them."""

    kind: TagKind
    code: str
    because: tuple[str, ...]


def _checked_words(words: str) -> str:
    if not WORD.search(words):
        raise ValueError(f"{words!r} has no word: it would never be found")
    return words


def _checked_word(word: str) -> str:
    if not WORD.fullmatch(word):
        raise ValueError(f"{word!r} is not one word: only one is read as it is written")
    return word


def _checked_row(words: str) -> str:
    if len(WORD.findall(words)) < 2:
        raise ValueError(f"{words!r} is not several words: one alone that misleads belongs to no tag")
    return words


Entry: TypeAlias = Annotated[str, AfterValidator(_checked_words)]
Entries: TypeAlias = Mapping[Annotated[int, Field(ge=1, le=9)], tuple[Entry, ...]]
"""A word, or several in a row, by the points that it gives."""


class Lexicon(BaseModel):
    """One version of the lexicon: what words suggest, by theme and by public.

    Words are found in all their forms, by their stem, but for those that are to be read `whole`. A word that stands in
    a `misleading` row says nothing by itself. Of a kind at most `most` tags are proposed: those with the most points,
    which have `least` points, and `least_percent` of the points of the first.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    most: int = Field(ge=0)
    least: int = Field(ge=1)
    least_percent: int = Field(ge=0, le=100)
    whole: tuple[Annotated[str, AfterValidator(_checked_word)], ...]
    misleading: tuple[Annotated[str, AfterValidator(_checked_row)], ...]
    themes: Mapping[Code, Entries]
    publics: Mapping[Code, Entries]

    @model_validator(mode="after")
    def _each_entry_once(self) -> Lexicon:
        for kind, codes in (("themes", self.themes), ("publics", self.publics)):
            for code, entries in codes.items():
                known: dict[tuple[str, ...], str] = {}
                for words in (words for group in entries.values() for words in group):
                    read = self.read(words)
                    if read in known:
                        raise ValueError(f"{kind}.{code}: {known[read]!r} and {words!r} are forms of the same words")
                    known[read] = words
        return self

    def propose(self, project: Project) -> tuple[Tag, ...]:
        """Tags of the kinds that a form left empty; what an applicant said is not second-guessed."""
        left_empty = not project.themes, not project.publics
        if not any(left_empty):
            return ()
        written = _Written(f"{project.title or ''} {project.summary}")
        found = self._found(tuple(map(self._memory.__getitem__, written.words)), self._indices[left_empty])
        return tuple(chain.from_iterable(self._ranked(kind, found, written) for kind in _KINDS))

    def read(self, text: str) -> tuple[str, ...]:
        """The words of a text as they are compared: stems, and those that are read whole."""
        return tuple(map(self._memory.__getitem__, WORD.findall(text)))

    @cached_property
    def _memory(self) -> WordMemory:
        whole = frozenset(map(fold, self.whole))

        def compared(word: str) -> str:
            if len(word) > _LONGEST_WORD:
                return ""
            folded = fold(word)
            # No stem has a sign, so that none is taken for a whole word.
            return f"={folded}" if folded in whole else stem_of(word)

        return WordMemory(compared)

    @cached_property
    def _indices(self) -> Mapping[tuple[bool, bool], _Index]:
        """An index of the rows of each kind, of both, and of none, by whether themes and publics are looked for."""
        return {
            (themes, publics): self._index(self.themes if themes else {}, self.publics if publics else {})
            for themes, publics in product((False, True), repeat=2)
        }

    def _index(self, *kinds: Mapping[Code, Entries]) -> _Index:
        """Every row of words by its first one, and where it has more by the second, the longest first."""
        rows = [_Row(self.read(words), None, 0) for words in self.misleading]
        for kind, codes in zip(_KINDS, kinds, strict=True):
            for code, entries in codes.items():
                for points, group in entries.items():
                    rows += [_Row(self.read(words), (kind, code), points) for words in group]
        found: dict[str, dict[str | None, list[_Row]]] = {}
        for row in sorted(rows, key=lambda row: -len(row.words)):
            second = row.words[1] if len(row.words) > 1 else None
            found.setdefault(row.words[0], {}).setdefault(second, []).append(row)
        for by_second in found.values():
            # A word alone is found whatever follows it.
            alone = by_second.setdefault(None, [])
            for second in by_second.keys() - {None}:
                by_second[second] += alone
        return found

    def _found(self, words: Sequence[str], index: _Index) -> _Found:
        """For each kind and code the rows that these words have, each with the place where it stands first."""
        found: dict[tuple[str, str], dict[_Row, int]] = {}
        ends: dict[tuple[str, str], int] = {}
        misled = 0
        following = (*words[1:], None)
        # Few words begin a row: the others are passed over at once.
        for place, by_second in [(place, rows) for place, rows in enumerate(map(index.get, words)) if rows]:
            for row in by_second.get(following[place]) or by_second[None]:
                beginning, tag, _ = row
                end = place + len(beginning)
                if end > place + 2 and words[place:end] != beginning:
                    continue
                if tag is None:
                    misled = max(misled, end)
                # Of rows that overlap the first and longest counts, so that no word counts twice for one tag.
                elif place >= ends.get(tag, 0) and (place >= misled or end > place + 1):
                    ends[tag] = end
                    found.setdefault(tag, {}).setdefault(row, place)
        return found

    def _ranked(self, kind: TagKind, found: _Found, written: _Written) -> Iterator[Tag]:
        points = {code: sum([row.points for row in rows]) for (of, code), rows in found.items() if of == kind}
        enough = max(self.least, -(-max(points.values(), default=0) * self.least_percent // 100))
        best = sorted((-given, code) for code, given in points.items() if given >= enough)
        for _, code in best[: self.most]:
            places = found[kind, code].items()
            yield Tag(kind, code, tuple([written.row(place, len(row.words)) for row, place in places]))


class _Row(NamedTuple):
    """Words in a row, as they are compared, and the kind and code that they suggest; none where they mislead."""

    words: tuple[str, ...]
    tag: tuple[str, str] | None
    points: int


_Index: TypeAlias = Mapping[str, Mapping[str | None, Sequence[_Row]]]
_Found: TypeAlias = Mapping[tuple[str, str], Mapping[_Row, int]]


class _Written:
    """A text as it is written: its `words`, and what stands between them."""

    def __init__(self, text: str) -> None:
        self._parts = _WORDS_AND_GAPS.split(text)
        self.words = self._parts[1::2]

    def row(self, place: int, count: int) -> str:
        """So many words from this place on, with their apostrophes and hyphens."""
        parts = self._parts[2 * place + 1 : 2 * (place + count)]
        parts[1::2] = [gap if gap in _JOINTS else " " for gap in parts[1::2]]
        return "".join(parts)


LEXICON: Final = programme().read("lexicon.toml", Lexicon)
