"""Themes, publics, directorates and axes by their codes, read from what people type and called by their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Final, Literal, Self, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.message import Code, Language
from contracts.vocabularies import MatchKind
from libraries.dated import Dated
from libraries.folding import fold
from libraries.places.territories import TERRITORIES
from libraries.programme.running import programme
from libraries.typed import texts
from libraries.typed.slip import Typed, cut_off

VocabularyName: TypeAlias = Literal["themes", "publics", "directorates", "strategic-axes", "foundation-fields"]
"""The lists that a programme has of its own; territories are `libraries.places`'."""


class Words(BaseModel):
    """A code in words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_language(self, language: Language) -> str:
        """The same in one language."""
        return self.fr if language == "fr" else self.en


class Term(Words, Dated):
    """What people call a code: its names in both languages, and others that they type."""

    also: tuple[str, ...] = ()

    def names(self, code: str) -> tuple[str, ...]:
        """All by which it goes, folded, its code first."""
        return tuple(map(fold, (code, self.fr, self.en, *self.also)))


Terms = Annotated[Mapping[Code, Term], Field(min_length=1)]


class Crossing(BaseModel):
    """Which axis of the City or which field of the foundation a theme belongs to, and what says so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    theme: Code
    strategic_axis: Code | None = None
    foundation_field: Code | None = None
    match: MatchKind
    because: str = Field(min_length=1)

    @model_validator(mode="after")
    def _check_one(self) -> Self:
        if (self.strategic_axis is None) == (self.foundation_field is None):
            raise ValueError("a crossing leads from a theme to one strategic_axis or to one foundation_field")
        return self

    @property
    def other(self) -> tuple[VocabularyName, str]:
        """Where it leads: a vocabulary and a code of it."""
        if self.strategic_axis is not None:
            return "strategic-axes", self.strategic_axis
        assert self.foundation_field is not None
        return "foundation-fields", self.foundation_field


class Vocabularies(BaseModel):
    """One version of all; in each vocabulary no two codes share a name."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-"), validate_by_name=True
    )

    version: str
    themes: Terms
    publics: Terms
    directorates: Terms
    strategic_axes: Terms
    foundation_fields: Terms
    crosswalk: tuple[Crossing, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name in get_args(VocabularyName):
            _codes_by_name(self.terms(name))
        for crossing in self.crosswalk:
            named: tuple[tuple[VocabularyName, str], ...] = (("themes", crossing.theme), crossing.other)
            for name, code in named:
                if code not in self.terms(name):
                    raise ValueError(f"the crosswalk names {code}, which is none of the {name}")
        return self

    def terms(self, name: VocabularyName) -> Mapping[str, Term]:
        """The terms of one vocabulary by their codes."""
        found: Mapping[str, Term] = getattr(self, name.replace("-", "_"))
        return found

    @property
    def all(self) -> Mapping[str, Term]:
        """Every term that a form may name, whatever it is a term of."""
        return {**self.strategic_axes, **self.directorates, **self.publics, **self.themes}


def _codes_by_name(terms: Mapping[str, Term]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for code, term in terms.items():
        for name in term.names(code):
            if found.setdefault(name, code) != code:
                raise ValueError(f"{name!r} is a name of {found[name]} and of {code}: nobody could tell which is meant")
    return found


VOCABULARIES: Final = programme().read("vocabularies.toml", Vocabularies)

_TERMS: Final = VOCABULARIES.all
_NAMES: Final = {name: _codes_by_name(VOCABULARIES.terms(name)) for name in get_args(VocabularyName)}


def theme(typed: Typed) -> str | None:
    """A theme by its code, from how it is typed; a code of the form's own where no theme is called so.

    Raises Slip where no code can be made of it.
    """
    return _code(typed, "themes")


def public(typed: Typed) -> str | None:
    """Whom a project serves or a need concerns, by its code, in the same way."""
    return _code(typed, "publics")


def directorate(typed: Typed) -> str:
    """A directorate of the City, in the same way; raises Slip where none is typed, too."""
    return _code(typed, "directorates") or texts.required_code(typed)


def strategic_axis(typed: Typed) -> str | None:
    """A strategic axis of the City, in the same way."""
    return _code(typed, "strategic-axes")


def _code(typed: Typed, vocabulary: VocabularyName) -> str | None:
    # Cut off first: what is remembered is remembered with all that was typed.
    return _remembered(cut_off(typed.strip()) if isinstance(typed, str) else typed, vocabulary)


# A bound, for forms may name what they like.
@lru_cache(maxsize=4_096)
def _remembered(typed: Typed, vocabulary: VocabularyName) -> str | None:
    code = texts.code(typed)
    return None if code is None else _NAMES[vocabulary].get(fold(str(typed)), code)


def is_known(code: str, vocabulary: VocabularyName, *, on: date) -> bool:
    """Whether a code is one of a vocabulary's that may be named on a day."""
    term = VOCABULARIES.terms(vocabulary).get(code)
    return term is not None and term.holds_on(on)


def called(codes: str | Iterable[str], language: Language) -> str:
    """What codes of any vocabulary, or of places, are called, one after the other; spaced out where one has no name."""
    listed = [codes] if isinstance(codes, str) else codes
    return ", ".join(_name_of(code, language) for code in listed)


def _name_of(code: str, language: Language) -> str:
    if (term := _TERMS.get(code)) is not None:
        return term.in_language(language)
    return TERRITORIES.labels[language].get(code) or spaced_out(code)


def spaced_out(code: str) -> str:
    """A code as it is read where it has no name."""
    return code.replace("-", " ").capitalize()
