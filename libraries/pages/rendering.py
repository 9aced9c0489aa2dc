"""Pages out of templates, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from contracts.message import Language
from libraries.days_in_words import day_said
from libraries.pages.reader import Reader
from libraries.pages.signing import Signer
from libraries.pages.site import Site
from libraries.work_days.city import CITY

_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400
_TWO: Final = 2


class _Pages(Environment):
    """Templates in which only an event's facts may be missing: an object's attribute that is not there is a mistake."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As ever, but None for what a mapping does not have."""
        if isinstance(obj, Mapping) and attribute not in obj and not hasattr(obj, attribute):
            return None
        return super().getattr(obj, attribute)


class Rendering:
    """Renders a template of a service for a reader, over those that all services share.

    `clock` tells how long ago something was; `words` gives what a service's own templates say in a language. In a
    rehearsal every page says so, and what the clock shows that is `rehearsed`.
    """

    def __init__(
        self,
        site: Site,
        signer: Signer,
        clock: Callable[[], datetime],
        words: Callable[[Language], Mapping[str, Any]] = lambda language: {},
        rehearsed: Callable[[], datetime] | None = None,
    ) -> None:
        self._site = site
        self._signer = signer
        self._clock = clock
        self._rehearsed = rehearsed
        self._words = words
        self._templates = _Pages(
            loader=ChoiceLoader([PackageLoader(package, "templates") for package in (site.package, "libraries.pages")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"day": day_in_words, "grouped": number, "signed": signed}

    def page(self, reader: Reader, template: str, *, here: str = "", status: int = 200, **values: Any) -> HTMLResponse:
        """A whole page; `here` is the part of the service that it belongs to."""
        return HTMLResponse(self.text(reader, template, here=here, **values), status)

    def text(self, reader: Reader, template: str, **values: Any) -> str:
        """A template's text."""
        return self._templates.get_template(template).render(**self._common(reader), **values)

    def _common(self, reader: Reader) -> Mapping[str, Any]:
        session = reader.session
        return {
            "reader": reader,
            "site": self._site,
            "language": reader.language,
            "say": reader.say,
            "may": lambda right: session is not None and self._site.may(session, right),
            "form_token": self._signer.form_token(session) if session else "",
            "moment": lambda at: moment(at),
            "lasted": lambda seconds: lasted(seconds, reader.language),
            "ago": lambda at: lasted((self._clock() - at).total_seconds(), reader.language),
            "since": lambda at: lasted(((self._rehearsed or self._clock)() - at).total_seconds(), reader.language),
            "rehearsed_at": None if self._rehearsed is None else self._rehearsed(),
            "number": lambda value: number(value, reader.language),
            "counted": lambda count, words: counted(count, words, reader.language),
            "quoted": lambda text: quoted(text, reader.language),
            "zone": CITY.zone.key,
            **self._words(reader.language),
        }


def moment(at: datetime) -> Markup:
    """A moment in the city's time, to the second; programs read the exact one."""
    local = at.astimezone(CITY.zone)
    return Markup('<time datetime="{}">{}</time>').format(
        escape(at.isoformat(timespec="seconds")), local.strftime("%Y-%m-%d %H:%M:%S")
    )


def moment_in_words(at: datetime, language: Language) -> Markup:
    """A moment in the city's time as the language says it, to the minute; programs read the exact one."""
    local = at.astimezone(CITY.zone)
    written = f"{day_said(local.date(), language)} {'à' if language == 'fr' else 'at'} {local:%H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(escape(at.isoformat(timespec="seconds")), written)


def day_in_words(value: date | str, language: Language) -> str:
    """A day, or the city's day of a moment, as the language says it, such as 15 mars 2026; either may be ISO text."""
    known: date = datetime.fromisoformat(value) if isinstance(value, str) else value
    # A day alone is no moment of any zone.
    is_moment = isinstance(known, datetime) and known.tzinfo is not None
    return day_said(CITY.day_of(known) if is_moment else known, language)  # type: ignore[arg-type]


def lasted(seconds: float, language: Language) -> str:
    """For how long, by its two largest units."""
    seconds = max(0.0, seconds)
    if seconds < 1:
        return "moins d’1 s" if language == "fr" else "less than 1 s"
    if seconds < _MINUTE:
        return f"{int(seconds)} s"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min {int(seconds % _MINUTE)} s"
    if seconds < _DAY:
        return f"{int(seconds // _HOUR)} h {int(seconds % _HOUR // _MINUTE)} min"
    return f"{timedelta(seconds=seconds).days} {'j' if language == 'fr' else 'd'} {int(seconds % _DAY // _HOUR)} h"


def number(value: float, language: Language) -> str:
    """A number as the language groups its digits; a fraction by one digit."""
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
    return text.replace(",", "\u202f").replace(".", ",") if language == "fr" else text


def counted(count: float, words: str, language: Language) -> str:
    """A number with what there is of it, written `besoin|besoins`: in French zero is one of those, in English many."""
    of_one, _, of_many = words.partition("|")
    is_one = abs(count) < _TWO if language == "fr" else count == 1
    return f"{number(count, language)} {of_one if is_one else of_many}"


def quoted(text: str, language: Language) -> str:
    """A title in the language's quotation marks."""
    return f"«\u00a0{text}\u00a0»" if language == "fr" else f"“{text}”"


def signed(value: float, language: Language) -> str:
    """A difference as the language groups its digits, with a sign of its own where there is any."""
    sign = "+" if value > 0 else "\u2212" if value < 0 else ""
    return sign + number(abs(value), language)
