"""The texts by which matching explains itself, French and English; read once from `sentences/matching.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, Self, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.message import Language, Reason
from libraries.programme.running import programme
from services.matching.codes import Gate, ReadinessField, RefusalCode, Remedy, UnmetCause, UnplacedCause

PartText: TypeAlias = Literal[
    "theme",
    "public",
    "public-any",
    "territory-shared",
    "territory-through-whole-city",
    "territory-apart",
    "readiness-complete",
    "readiness-missing",
    "text",
    "text-none",
    "text-unpublished",
]
StandingText: TypeAlias = Literal[
    "held",
    "fixed",
    "possible",
    "no-place",
    "missing-equity",
    "missing-coverage",
    "missing-kept",
    "missing-fit",
    "missing-lottery",
]
Words = Annotated[str, Field(min_length=1)]


class InBoth(BaseModel):
    """The same in French and in English."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fr: Words
    en: Words

    def said_in(self, language: Language) -> str:
        """The text in a language."""
        return self.fr if language == "fr" else self.en


class Texts(BaseModel):
    """One version of the texts: one for every code, and none for any other."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    parts: Mapping[PartText, InBoth]
    fields: Mapping[ReadinessField, InBoth]
    refusals: Mapping[RefusalCode, InBoth]
    unmet: Mapping[UnmetCause, InBoth]
    unplaced: Mapping[UnplacedCause, InBoth]
    remedies: Mapping[Remedy, InBoth]
    standings: Mapping[StandingText, InBoth]
    gates: Mapping[Gate, InBoth]

    @model_validator(mode="after")
    def _check(self) -> Self:
        wanted: Mapping[str, Any] = {
            "parts": PartText,
            "fields": ReadinessField,
            "refusals": RefusalCode,
            "unmet": UnmetCause,
            "unplaced": UnplacedCause,
            "remedies": Remedy,
            "standings": StandingText,
            "gates": Gate,
        }
        for section, codes in wanted.items():
            if missing := [code for code in get_args(codes) if code not in getattr(self, section)]:
                raise ValueError(f"{section} says nothing of {', '.join(missing)}")
        return self


TEXTS: Final = programme().read("sentences/matching.toml", Texts)


# Each a handful of codes, and a reason costs more to validate than to keep.
@lru_cache
def refusal(code: RefusalCode) -> Reason:
    """Why a decision was refused."""
    text = TEXTS.refusals[code]
    return Reason(code=code, field="reason" if code == "reason-required" else None, fr=text.fr, en=text.en)


@lru_cache
def unmet_cause(code: UnmetCause) -> Reason:
    """Why nobody answers a need."""
    text = TEXTS.unmet[code]
    return Reason(code=code, fr=text.fr, en=text.en)


@lru_cache
def unplaced_cause(code: UnplacedCause) -> Reason:
    """Why no need holds an application."""
    text = TEXTS.unplaced[code]
    return Reason(code=code, fr=text.fr, en=text.en)


@lru_cache
def remedy(code: Remedy) -> Reason:
    """What an applicant can correct."""
    text = TEXTS.remedies[code]
    return Reason(code=code, fr=text.fr, en=text.en)
