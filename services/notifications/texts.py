"""The texts of the mails: Jinja2 templates in `texts/<kind>/<language>/`, checked when they are loaded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any, Final, get_args

from babel.dates import format_date, format_time
from jinja2 import Environment, PackageLoader, StrictUndefined, Template, TemplateError, select_autoescape

from contracts.message import Language
from services.notifications.kinds import KINDS
from services.notifications.outcomes import Person

DIGEST: Final = "digest"
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
_PARTS: Final = ("subject.txt", "body.txt", "body.html")
_REMINDER: Final[dict[Language, str]] = {"fr": "Rappel\u00a0: ", "en": "Reminder: "}
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]+")
_POSITION: Final = re.compile(r"\.\d+(?=\.|$)")


class TextsError(Exception):
    """A text is missing or does not render; says which one, and why."""


@dataclass(frozen=True, slots=True)
class Text:
    """A mail's subject (one line) and its two bodies, which say the same."""

    language: Language
    subject: str
    plain: str
    html: str


class Texts:
    """Every text in every language, compiled."""

    def __init__(self, templates: Mapping[tuple[str, Language], tuple[Template, ...]], fields: Fields) -> None:
        self._templates = templates
        self._fields = fields

    def render(
        self,
        kind: str,
        language: Language,
        *,
        parameters: Mapping[str, Any],
        reference: str,
        recipient: Person,
        counterpart: Person | None = None,
        unsubscribe_url: str | None = None,
        answer_url: str | None = None,
        in_digest: bool = False,
    ) -> Text:
        """The text of one mail; raises TextsError where a parameter that it needs is missing.

        Of parameters that come in several languages (those with `fr` and `en`) the text sees the right
        one, as `text`, and the name of a form's field instead of its path.
        """
        if (templates := self._templates.get((kind, language))) is None:
            raise TextsError(f"there is no text for {kind} in {language}")
        subject, plain, html = templates
        values: dict[str, Any] = {
            name: [self._in_language(item, language) for item in value] if isinstance(value, list) else value
            for name, value in parameters.items()
        }
        values |= {"reference": reference, "name": recipient.name}
        values |= {"unsubscribe_url": unsubscribe_url, "answer_url": answer_url, "in_digest": in_digest}
        values.setdefault("reminder", 0)
        if counterpart is not None:
            values["counterpart"] = counterpart
        try:
            line = _CONTROLS.sub(" ", subject.render(values)).strip()
            if values["reminder"]:
                line = _REMINDER[language] + line
            values["subject"] = line
            return Text(language, line, plain.render(values), html.render(values))
        except TemplateError as error:
            raise TextsError(f"the text for {kind} in {language} does not render: {error.message}") from None

    def digest(self, texts: Sequence[Text], language: Language, *, recipient: Person) -> Text:
        """One mail of several texts, each rendered `in_digest`: that is without a greeting and an end."""
        matters = [
            {"subject": it.subject, "plain": it.plain.strip(), "html": it.html.replace("h2>", "h3>")} for it in texts
        ]
        parameters = {"matters": matters}
        return self.render(DIGEST, language, parameters=parameters, reference="", recipient=recipient)

    def _in_language(self, item: Any, language: Language) -> Any:
        if not isinstance(item, dict) or language not in item:
            return item
        localised = {name: value for name, value in item.items() if name not in LANGUAGES}
        if localised.get("field") is not None:
            localised["field"] = self._fields.name(localised["field"], language)
        return localised | {"text": item[language]}


class Fields:
    """What people call a form's fields."""

    def __init__(self, names: Mapping[str, Mapping[Language, str]]) -> None:
        self._names = names

    def name(self, path: str, language: Language) -> str:
        """The name of the field at a dotted path; the path itself where none is known.

        Positions in lists do not count: `members.0.siren` is found as `members.siren`.
        """
        known = self._names.get(_POSITION.sub("", path))
        return path if known is None else known[language]


def load_texts(kinds: Iterable[str]) -> Texts:
    """The texts of those kinds, each rendered once with its sample; raises TextsError."""
    environment = Environment(
        loader=PackageLoader("services.notifications", "texts"),
        undefined=StrictUndefined,
        auto_reload=False,
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["moment"] = _moment
    environment.filters["day"] = _day
    names = (*kinds, DIGEST)
    texts = Texts(
        {(kind, language): _compile(environment, kind, language) for kind in names for language in LANGUAGES},
        Fields(json.loads(_read("fields.json"))),
    )
    for kind in names:
        for language in LANGUAGES:
            sample(texts, kind, language)
    return texts


def _moment(iso: str, language: Language) -> str:
    """A moment in words, on the wall where mail is planned: lundi 10 mars 2025 à 18:00."""
    moment = datetime.fromisoformat(iso).astimezone(KINDS.calendar.zone)
    at = {"fr": "à", "en": "at"}[language]
    return f"{format_date(moment, 'full', language)} {at} {format_time(moment, 'HH:mm', locale=language)}"


def _day(iso: str, language: Language) -> str:
    """A day in words: lundi 10 mars 2025."""
    return format_date(date.fromisoformat(iso), "full", language)


def sample(texts: Texts, kind: str, language: Language) -> Text:
    """The text with the parameters of its `sample.json`, as a reader of texts may look at it."""
    example = json.loads(_read(f"{kind}/sample.json"))
    return texts.render(
        kind,
        language,
        parameters=example["parameters"],
        reference=example["reference"],
        recipient=Person(**example["recipient"]),
        counterpart=Person(**example["counterpart"]) if "counterpart" in example else None,
    )


def _compile(environment: Environment, kind: str, language: Language) -> tuple[Template, ...]:
    try:
        return tuple(environment.get_template(f"{kind}/{language}/{part}") for part in _PARTS)
    except TemplateError as error:
        raise TextsError(f"the text for {kind} in {language} cannot be used: {error}") from None


def _read(path: str) -> str:
    try:
        return files("services.notifications").joinpath("texts", path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise TextsError(f"texts/{path} is missing") from None
