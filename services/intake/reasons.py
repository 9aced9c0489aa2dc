"""Reasons in words that a person understands, in French and English, from a versioned file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from babel.dates import format_date
from pydantic import BaseModel, ConfigDict, Field

from contracts.message import Code, Language, Reason
from libraries.days_in_words import day_said
from libraries.programme.running import programme
from libraries.typed.words import SLIPS, Sentence, with_nearest
from services.intake.duplicates import Flag
from services.intake.rules.finding import Problem


class ReasonsFile(BaseModel):
    """All texts, by code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(ge=1)
    reasons: Mapping[Code, Sentence]


REASONS: Final = programme().read("sentences/reasons.toml", ReasonsFile)
_SENTENCES: Final = {**SLIPS.slips, **REASONS.reasons}


def reason(problem: Problem) -> Reason:
    """A problem as a code, a field and a sentence; never quotes an identifier as a person typed it."""
    sentence = _SENTENCES[problem.code]
    said = Reason(
        code=problem.code,
        field=problem.field,
        fr=sentence.fr.format_map(_shown(problem.values, "fr")),
        en=sentence.en.format_map(_shown(problem.values, "en")),
    )
    return with_nearest(said, problem.values)


def reasons(problems: Iterable[Problem]) -> tuple[Reason, ...]:
    """Problems as reasons, in their order."""
    return tuple(reason(problem) for problem in problems)


def flag_reasons(flags: Iterable[Flag]) -> tuple[Reason, ...]:
    """Flags as reasons, in their order."""
    return tuple(reason(Problem(flag.code, flag.field, flag.values)) for flag in flags)


def _shown(values: Mapping[str, object], language: Language) -> dict[str, str]:
    return {name: _in_words(name, value, language) for name, value in values.items()}


def _in_words(name: str, value: object, language: Language) -> str:
    # In words: in figures alone the day and the month are told apart by custom, and not everybody has the same.
    if isinstance(value, date):
        return day_said(value, "fr") if language == "fr" else format_date(value, "d MMMM y", locale="en")
    if name.endswith("_eur"):
        return _euros(value, language)
    return str(value)


def _euros(amount: object, language: Language) -> str:
    # Babel's decimals stop at 28 digits, and a form may hold more.
    grouped = f"{amount:,}"
    if language == "en":
        return f"€{grouped}"
    return grouped.replace(",", "\u202f") + "\u00a0€"
