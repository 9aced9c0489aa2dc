"""Folding and the lexicon said plainly, a character and a beginning at a time: what the fast ones must give."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from services.intake.cleaned_forms import Project

_MOST = 3


def plain_words(text: str) -> list[str]:
    """Words in lower case and without accents."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return re.findall(r"[^\W_]+", "".join(letter for letter in folded if not unicodedata.combining(letter)).casefold())


def plain_proposal(project: Project, codes: Mapping[str, tuple[str, ...]]) -> list[tuple[str, tuple[str, ...]]]:
    """The codes with the most different beginnings, each with these in the order of the text."""
    words = plain_words(f"{project.title} {project.summary}")
    found: dict[str, dict[str, None]] = {}
    for place in range(len(words)):
        rest = " ".join(words[place:])
        for code, beginnings in codes.items():
            for beginning in beginnings:
                if rest.startswith(beginning):
                    found.setdefault(code, {})[beginning] = None
    ranked = sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0]))[:_MOST]
    return [(code, tuple(because)) for code, because in ranked]
