"""The pages behind the links of mails: a sentence or two in both languages, and what can be done there."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from html import escape
from typing import Final, TypeAlias
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from libraries.clocks.programme import programme_clock

Words: TypeAlias = tuple[str, str]
"""A sentence in French and in English."""

THANKS: Final = ("Merci\u00a0: votre réponse est transmise.", "Thank you: your answer has been passed on.")
NOT_PASSED_ON: Final = (
    "Votre réponse n’a pas pu être transmise\u00a0: essayez encore dans quelques minutes.",
    "Your answer could not be passed on: please try again in a few minutes.",
)
NOT_TAKEN: Final = (
    "Votre réponse nous est parvenue, mais n’a pas pu être prise en compte\u00a0: "
    "répondez au message, et nous verrons ensemble.",
    "Your answer has reached us, but could not be taken into account: reply to the message, and we will see.",
)

_STYLE: Final = (
    "body {max-width:38rem;margin:3rem auto;padding:0 1.5rem;font:1rem/1.6 Arial,sans-serif;color:#1a1a1a;"
    "background:#fff} button,input,select {font:inherit;padding:.5rem 1rem;margin:.25rem .5rem .25rem 0}"
)
_STYLE_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

# The forms of these pages take a tenth of it; anyone may send more.
_MOST_BYTES: Final = 1_000

HEADERS: Final[Mapping[str, str]] = {
    # Its own style and forms that come back here: nothing else is loaded, run, or shown around it.
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    # The address holds a signed link: neither a cache nor the next page may have it.
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
"""What goes with whatever this service answers to people."""


def page(words: Words, *, about: str = "", form: str = "", status: int = 200) -> Response:
    """A page with a sentence in French and in English, what it is about, and a form, which is HTML."""
    french, english = words
    subject = f"<p><strong>{escape(about)}</strong></p>\n" if about else ""
    return HTMLResponse(
        '<!doctype html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_title(french, about)} · Engage</title>\n"
        f"<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<main>\n<h1>Engage</h1>\n{rehearsed()}<p>{french}</p>\n<p lang="en">{english}</p>\n'
        f"{subject}{form}\n</main>\n</body>\n</html>\n",
        status,
    )


def _title(french: str, about: str) -> str:
    """What tells a page from others among a browser's tabs: what it says first, and of what, as HTML."""
    first = re.split("\u00a0?[:;.]", french, maxsplit=1)[0]
    return escape(f"{first}\u00a0: {about}" if about else first)


def rehearsed() -> str:
    """What stands first on each page of a rehearsal, as HTML; nothing elsewhere."""
    if not programme_clock().is_rehearsed:
        return ""
    return (
        "<p><strong>RÉPÉTITION\u00a0: cette page est un essai, rien n’y est vrai.</strong> "
        '<strong lang="en">REHEARSAL: this page is a trial, nothing on it is true.</strong></p>\n'
    )


async def posted(request: Request) -> Mapping[str, str]:
    """What a page's own form sends: each field once. Raises ValueError for more than such a form can be."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise ValueError("an answer is short")
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def unknown() -> Response:
    """What a link that is none of ours leads to."""
    words = ("Ce lien n’est pas valable\u00a0: copiez-le en entier.", "This link is not valid: copy the whole of it.")
    return page(words, status=404)


def over() -> Response:
    """What a link leads to whose time is over."""
    words = (
        "Ce lien n’est plus valable\u00a0: il a été envoyé il y a longtemps. Répondez au message pour nous écrire.",
        "This link is no longer valid: it was sent long ago. Reply to the message to write to us.",
    )
    return page(words, status=410)


def later() -> Response:
    """What is shown where nothing can be said yet."""
    words = (
        "Cette page n’est pas encore prête\u00a0: essayez encore dans quelques minutes.",
        "This page is not ready yet: please try again in a few minutes.",
    )
    return page(words, status=503)
