"""Days as people say them, in French and in English: jeudi 1er janvier 2026, January 1, 2026."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, Literal

from babel.dates import format_date

from contracts.message import Language

Width = Literal["long", "full"]

_FIRST: Final = re.compile(r"\b1(?= [^\W\d]+ \d)")


def day_said(day: date, language: Language, *, width: Width = "long") -> str:
    """A day as the language says it: with its weekday where it is `full`."""
    written = format_date(day, width, locale=language)
    # Of a month's days the first alone has an ordinal, which Babel does not know of.
    return _FIRST.sub("1er", written, count=1) if language == "fr" else written
