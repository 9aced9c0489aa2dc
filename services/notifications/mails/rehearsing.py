"""What a mail of a rehearsal says of itself, before anything else: nobody may take it for true."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from contracts.message import Language
from services.notifications.mails.bodies import Text

REHEARSAL: Final = "X-Engage-Rehearsal"
"""The field of the header that only mails of a rehearsal have."""

_SAID: Final[dict[Language, str]] = {
    "fr": "RÉPÉTITION\u00a0: ce message est un essai, à une date fictive. Rien de ce qu’il annonce n’est vrai.",
    "en": "REHEARSAL: this message is a trial, at a date that is made up. Nothing that it says is true.",
}
_BODY: Final = "<body>"


def rehearsed(text: Text) -> Text:
    """The same text with a first line that says what it is, in both of its bodies."""
    said = _SAID[text.language]
    marked = f'<p style="padding:.5rem;border:2px solid #8a4b00"><strong>{said}</strong></p>\n'
    # Before all of a body that is no whole page: what it says comes first in any case.
    before, found, after = text.html.partition(_BODY)
    html = f"{before}{found}\n{marked}{after}" if found else marked + text.html
    return replace(text, plain=f"{said}\n\n{text.plain}", html=html)
