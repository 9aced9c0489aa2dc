"""What a text suggests a project is about: themes and publics by beginnings of words, for its applicant to confirm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Final

from pydantic import ConfigDict, TypeAdapter

from contracts.applications import DeclaredProject, ProposedTag, TagKind
from services.intake.folding import fold_words


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

    def propose(self, project: DeclaredProject) -> tuple[ProposedTag, ...]:
        """Tags of the kinds that a form left empty; what an applicant said is not second-guessed."""
        if project.themes and project.publics:
            return ()
        words = fold_words(f"{project.title} {project.summary}")
        found = [
            *(() if project.themes else self._rank("theme", self._themes, words)),
            *(() if project.publics else self._rank("public", self._publics, words)),
        ]
        return tuple(found)

    @cached_property
    def _themes(self) -> Mapping[str, list[tuple[str, str]]]:
        return _by_first_letters(self.themes)

    @cached_property
    def _publics(self) -> Mapping[str, list[tuple[str, str]]]:
        return _by_first_letters(self.publics)

    def _rank(
        self, kind: TagKind, beginnings: Mapping[str, list[tuple[str, str]]], words: list[str]
    ) -> list[ProposedTag]:
        found: dict[str, dict[str, None]] = {}
        text = " ".join(words)
        place = 0
        for word in words:
            for beginning, code in beginnings.get(word[:_KEY], ()):
                if text.startswith(beginning, place):
                    found.setdefault(code, {})[beginning] = None
            place += len(word) + 1
        ranked = sorted(found.items(), key=lambda it: (-len(it[1]), it[0]))[: self.most]
        return [ProposedTag(kind=kind, code=code, because=tuple(because)) for code, because in ranked]


_KEY: Final = 3


def _by_first_letters(codes: Mapping[str, Iterable[str]]) -> Mapping[str, list[tuple[str, str]]]:
    """Beginnings with their codes, by the letters that any word they begin has in front."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code, beginnings in codes.items():
        for beginning in beginnings:
            found.setdefault(beginning.partition(" ")[0][:_KEY], []).append((beginning, code))
    return found


LEXICON: Final = TypeAdapter(Lexicon).validate_json(
    files("services.intake").joinpath("lexicon.json").read_text(encoding="utf-8")
)
