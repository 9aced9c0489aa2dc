"""Themes, publics and directorates by their codes, read from what people type and called by their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.message import Code, Language
from libraries.data_files import read_data_file
from libraries.folding import fold
from libraries.places.territories import TERRITORIES
from libraries.typed import texts
from libraries.typed.slip import Typed


class Words(BaseModel):
    """A code in words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_language(self, language: Language) -> str:
        """The same in one language."""
        return self.fr if language == "fr" else self.en


class Term(Words):
    """What people call a code: its names in both languages, and others that they type."""

    also: tuple[str, ...] = ()


Terms = Annotated[Mapping[Code, Term], Field(min_length=1)]


class Vocabularies(BaseModel):
    """One version of all; in each vocabulary no two codes share a name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    themes: Terms
    publics: Terms
    directorates: Terms

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        for terms in (self.themes, self.publics):
            _codes_by_name(terms)
        return self

    @property
    def all(self) -> Mapping[str, Term]:
        """Every term, whatever it is a term of."""
        return {**self.directorates, **self.publics, **self.themes}


def _codes_by_name(terms: Mapping[str, Term]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for code, term in terms.items():
        for name in map(fold, (code, term.fr, term.en, *term.also)):
            if found.setdefault(name, code) != code:
                raise ValueError(f"{name!r} is a name of {found[name]} and of {code}: nobody could tell which is meant")
    return found


VOCABULARIES: Final = read_data_file("libraries.vocabularies", "vocabularies.toml", Vocabularies)

_TERMS: Final = VOCABULARIES.all
_THEMES: Final = _codes_by_name(VOCABULARIES.themes)
_PUBLICS: Final = _codes_by_name(VOCABULARIES.publics)


def theme(typed: Typed) -> str | None:
    """A theme by its code, from how it is typed; a code of the form's own where no theme is called so.

    Raises Slip where no code can be made of it.
    """
    return _code(typed, "themes")


def public(typed: Typed) -> str | None:
    """Whom a project serves or a need concerns, by its code, in the same way."""
    return _code(typed, "publics")


# A bound, for forms may name what they like.
@lru_cache(maxsize=4_096)
def _code(typed: Typed, vocabulary: str) -> str | None:
    code = texts.code(typed)
    names = _THEMES if vocabulary == "themes" else _PUBLICS
    return None if code is None else names.get(fold(str(typed)), code)


def called(codes: str | Iterable[str], language: Language) -> str:
    """What codes of any vocabulary, or of places, are called, one after the other; spaced out where one has no name."""
    listed = [codes] if isinstance(codes, str) else codes
    return ", ".join(_name_of(code, language) for code in listed)


def _name_of(code: str, language: Language) -> str:
    if (term := _TERMS.get(code)) is not None:
        return term.in_language(language)
    return TERRITORIES.labels.get(code) or spaced_out(code)


def spaced_out(code: str) -> str:
    """A code as it is read where it has no name."""
    return code.replace("-", " ").capitalize()
