"""The HTML part of a mail, made of its plain text, so that both always say the same."""

from __future__ import annotations

import re
from html import escape
from typing import Final

_POINT: Final = "- "
_EMPTY_LINES: Final = re.compile(r"\n\s*\n")


def markup_of(message: str) -> str:
    """A message as HTML: paragraphs lie between empty lines, points begin with a dash under their heading, if any."""
    # All of it before anything else: no value that a message holds may become an element.
    return "\n".join(_elements(escape(part)) for part in _EMPTY_LINES.split(message.strip()) if part)


def _elements(part: str) -> str:
    lines = part.splitlines()
    first = next((number for number, line in enumerate(lines) if line.startswith(_POINT)), len(lines))
    above, points = "\n".join(lines[:first]), _points("\n".join(lines[first:]))
    if not points:
        return f"<p>{above}</p>"
    heading = f"<h2>{above}</h2>\n" if above else ""
    return f"{heading}<ul>\n{points}\n</ul>"


def _points(text: str) -> str:
    points = re.split(rf"(?:^|\n){_POINT}", text)
    return "\n".join(f"  <li>{point}</li>" for point in points if point)
