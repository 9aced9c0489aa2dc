"""What a mail says, in one language."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.message import Language


@dataclass(frozen=True, slots=True)
class Text:
    """A mail's subject (one line) and its two bodies, which say the same."""

    language: Language
    subject: str
    plain: str
    html: str
