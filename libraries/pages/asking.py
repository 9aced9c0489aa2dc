"""What a browser asks: its language, its session, and the fields of a form, all bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request

from contracts.message import Language
from libraries.pages.reader import Reader
from libraries.pages.signing import Signer
from libraries.pages.site import Site

LANGUAGE_COOKIE: Final = "engage_language"
MOST_BODY_BYTES: Final = 100_000
_MOST_FIELDS: Final = 2_100
_MOST_LANGUAGES: Final = 20

Fields = Mapping[str, Sequence[str]]


class Refused(Exception):
    """What was asked for can't be had: the HTTP status, and why in both languages."""

    def __init__(self, status: int, french: str, english: str) -> None:
        super().__init__(english)
        self.status = status
        self.french = french
        self.english = english


_NOT_OURS: Final = (
    403,
    "Ce formulaire ne vient pas de votre session\u00a0: rechargez la page et recommencez.",
    "This form is not of your session: load the page again, and try once more.",
)


class OfAnotherSession(Refused):
    """A form that another session of ours was shown, such as one that has ended since: its `fields` are kept."""

    def __init__(self, fields: Fields) -> None:
        super().__init__(*_NOT_OURS)
        self.fields = fields


def reader_of(request: Request, site: Site, signer: Signer, now: datetime) -> Reader:
    """Who asks, by the session's cookie, and in which language, by the address, a cookie or the browser."""
    sealed = request.cookies.get(site.cookie, "")
    session = signer.open("session", sealed, now) if sealed else None
    return Reader(language_of(request), session)


def language_of(request: Request) -> Language:
    """The language that the address asks for, else that of the cookie, else the browser's first that we speak."""
    for asked in (request.query_params.get("language"), request.cookies.get(LANGUAGE_COOKIE)):
        if asked in ("fr", "en"):
            return asked  # type: ignore[return-value]  # one of the two
    return _accepted(request.headers)


def _accepted(headers: Headers) -> Language:
    weighed = []
    for place, each in enumerate(headers.get("accept-language", "").split(",")[:_MOST_LANGUAGES]):
        name, _, weight = each.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, name.lower()[:2]))
        except ValueError:
            continue
    for _, _, name in sorted(weighed):
        if name == "en":
            return "en"
        if name == "fr":
            return "fr"
    return "fr"


async def form_of(request: Request, reader: Reader, signer: Signer) -> Fields:
    """The fields of a form of this session's pages; raises Refused for any other, OfAnotherSession for one of ours."""
    check_origin(request)
    fields = await fields_of(request)
    if reader.session is None or not signer.is_form_token(reader.session, one(fields, "form_token")):
        raise OfAnotherSession(fields)
    return fields


def check_origin(request: Request) -> None:
    """Raises Refused for a form that a browser says another site's page has sent."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Refused(*_NOT_OURS)


async def fields_of(request: Request) -> Fields:
    """The fields that a form sends; raises Refused for what no form of ours sends."""
    try:
        return parse_qs((await request.body()).decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Refused(
            422, "Ce formulaire est illisible ou trop long.", "This form can't be read, or is too long."
        ) from None


def one(fields: Fields, name: str, most: int = 500) -> str:
    """The value of a field without space around it, or nothing; raises Refused where it is longer than it may be."""
    # A browser counts a line's end as one character, and sends two.
    value = (fields.get(name) or [""])[0].replace("\r\n", "\n").strip()
    if len(value) > most or "\x00" in value:
        raise Refused(
            422,
            f"Le champ «\u00a0{name}\u00a0» a {len(value)} caractères\u00a0: {most} au plus, et aucun caractère nul.",
            f"The field “{name}” has {len(value)} characters: at most {most}, and no null character.",
        )
    return value


def path_of(address: str) -> str:
    """The path and query of an address of ours; where it leads elsewhere, the first page."""
    parts = urlsplit(address)
    is_ours = (
        not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith(("//", "/\\"))
    )
    return address if is_ours and one({"back": [address]}, "back") == address else "/"
