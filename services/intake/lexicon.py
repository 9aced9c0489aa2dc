"""What a text suggests a project is about: themes and publics by beginnings of words, for its applicant to confirm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Final, NamedTuple, TypeAlias

from pydantic import ConfigDict, TypeAdapter

from contracts.applications import DeclaredProject, TagKind
from services.intake.folding import fold_words


class Tag(NamedTuple):
    """A theme or a public that a text suggests, and the beginnings of words for which it does."""

    kind: TagKind
    code: str
    because: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """One version of the lexicon: beginnings of folded words, or of several in a row, by theme and by public.

    `most` tags of a kind are proposed, those with the most different beginnings first.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    version: str
    note: str
    most: int
    themes: Mapping[str, tuple[str, ...]]
    publics: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        for code, beginnings in (*self.themes.items(), *self.publics.items()):
            for beginning in beginnings:
                if " ".join(fold_words(beginning)) != beginning:
                    raise ValueError(f"{code}: {beginning!r} is not folded: it would never be found")

    def propose(self, project: DeclaredProject) -> tuple[Tag, ...]:
        """Tags of the kinds that a form left empty; what an applicant said is not second-guessed."""
        if project.themes and project.publics:
            return ()
        words = fold_words(f"{project.title} {project.summary}")
        text, distinct = f" {' '.join(words)}", set(words)
        return (
            *(() if project.themes else _ranked("theme", _found(self._themes, distinct, text), text, self.most)),
            *(() if project.publics else _ranked("public", _found(self._publics, distinct, text), text, self.most)),
        )

    @cached_property
    def _themes(self) -> _Beginnings:
        return _by_first_letters(self.themes)

    @cached_property
    def _publics(self) -> _Beginnings:
        return _by_first_letters(self.publics)


class _Beginning(NamedTuple):
    """A beginning and its tag; `text` has a space before it, so that it is found only where a word begins."""

    code: str
    head: str
    text: str
    is_long: bool


_Beginnings: TypeAlias = Mapping[str, list[_Beginning]]
_Found: TypeAlias = Mapping[str, set[str]]


def _by_first_letters(codes: Mapping[str, tuple[str, ...]]) -> _Beginnings:
    """Beginnings by the letters that any word they begin has in front."""
    found: dict[str, list[_Beginning]] = {}
    for code, beginnings in codes.items():
        for beginning in beginnings:
            head, _, rest = beginning.partition(" ")
            found.setdefault(head[:_KEY], []).append(_Beginning(code, head, f" {beginning}", bool(rest)))
    return found


def _found(beginnings: _Beginnings, words: set[str], text: str) -> _Found:
    """For each code its beginnings that a text has, which holds these words."""
    found: dict[str, set[str]] = {}
    for word in words:
        for code, head, beginning, is_long in beginnings.get(word[:_KEY], ()):
            # Only those of several words have to be sought in the whole text.
            if word.startswith(head) and (not is_long or beginning in text):
                found.setdefault(code, set()).add(beginning)
    return found


def _ranked(kind: TagKind, found: _Found, text: str, most: int) -> Iterator[Tag]:
    for code, beginnings in sorted(found.items(), key=lambda it: (-len(it[1]), it[0]))[:most]:
        # In the order of the text; of two that begin at one place, the shorter first.
        because = sorted(beginnings, key=lambda it: (text.find(it), it))
        yield Tag(kind, code, tuple([it[1:] for it in because]))


# No beginning in the lexicon is of a shorter word, but for those of several words.
_KEY: Final = 3

LEXICON: Final = TypeAdapter(Lexicon).validate_json(
    files("services.intake").joinpath("lexicon.json").read_text(encoding="utf-8")
)
