"""What codes of events are called, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from contracts.message import Language
from libraries.vocabularies.published import vocabularies


@cache
def _names() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    return {each.name: {it.code: (it.fr, it.en) for it in each.codes} for each in vocabularies()}


def called(vocabulary: str, code: str, language: Language) -> str:
    """A code of a vocabulary in words; spaced out where it has none there."""
    french, english = _names()[vocabulary].get(code, (code.replace("-", " "),) * 2)
    return french if language == "fr" else english


def counted(vocabulary: str, counts: Mapping[str, int], language: Language) -> str:
    """How many there are of each code, the most first: `Jeunes 5, Habitants 3`."""
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return ", ".join(f"{called(vocabulary, code, language)} {count}" for code, count in ordered)
