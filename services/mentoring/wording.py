"""Codes put into words, in French and English, from the versioned texts."""

from __future__ import annotations

from functools import lru_cache

from contracts.message import Reason
from services.mentoring.rules import TEXTS


@lru_cache(maxsize=4096)
def reason(code: str, count: int = 1) -> Reason:
    """The reason of that code, said of `count` mentors where the sentence counts them.

    Raises KeyError for a code that has no text.
    """
    text = TEXTS.texts[code]
    return Reason(code=code, fr=_say(text.fr, count), en=_say(text.en, count))


def _say(forms: tuple[str, ...], count: int) -> str:
    return (forms[0] if count == 1 else forms[-1]).format(count=count)
