"""The texts of the mails: Jinja2 templates in `texts/<text>/<language>`, checked when they are loaded.

Each text has a `.txt`, whose block `subject` is the subject, and an `.html` that says the same as its message. Kinds
that differ by a phrase share a text, and tell which of them they are by `variant`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple, get_args

from babel.dates import format_date, format_time
from jinja2 import Environment, PackageLoader, StrictUndefined, Template, TemplateError, select_autoescape
from pydantic import BaseModel, ConfigDict, RootModel

from contracts.message import Language
from libraries.data_files import read_data_file
from libraries.work_days.city import CITY
from services.notifications.kinds import KINDS, Role
from services.notifications.mails.headers import bare
from services.notifications.people import Correspondent
from services.notifications.words import Words

DIGEST: Final = "digest"
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
_SUBJECT: Final = "subject"
_REMINDER: Final[dict[Language, str]] = {"fr": "Rappel\u00a0: ", "en": "Reminder: "}
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


class FieldNames(RootModel[Mapping[str, Words]]):
    """What people call a form's fields, from `texts/fields.toml`."""

    def name(self, path: str, language: Language) -> str:
        """The name of the field at a dotted path; the path itself where none is known.

        Positions in lists do not count: `members.0.siren` is found as `members.siren`.
        """
        known = self.root.get(_POSITION.sub("", path))
        return path if known is None else known.in_language(language)


class Samples(BaseModel):
    """Made-up people and parameters for each text, from `texts/samples.json`: JSON, for some of them are null."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference: str
    people: Mapping[Role, Correspondent]
    common: Mapping[str, Any]
    texts: Mapping[str, Mapping[str, Any]]


FIELD_NAMES: Final = read_data_file("services.notifications", "texts/fields.toml", FieldNames)
SAMPLES: Final = read_data_file("services.notifications", "texts/samples.json", Samples)


class _Compiled(NamedTuple):
    plain: Template
    html: Template
    variant: str

    def subject(self, values: dict[str, Any]) -> str:
        line = "".join(self.plain.blocks[_SUBJECT](self.plain.new_context(values)))
        return bare(line)


class Texts:
    """The texts of kinds in every language, compiled."""

    def __init__(self, compiled: Mapping[tuple[str, Language], _Compiled]) -> None:
        self._compiled = compiled

    def render(
        self,
        kind: str,
        language: Language,
        *,
        parameters: Mapping[str, Any],
        reference: str,
        recipient: Correspondent,
        counterpart: Correspondent | None = None,
        unsubscribe_url: str | None = None,
        answer_url: str | None = None,
        in_digest: bool = False,
    ) -> Text:
        """The text of one mail; raises TextsError where a parameter that it needs is missing.

        Of parameters that come in several languages (those with `fr` and `en`) the text sees the right
        one, as `text`, and the name of a form's field instead of its path.
        """
        if (compiled := self._compiled.get((kind, language))) is None:
            raise TextsError(f"there is no text for {kind} in {language}")
        values = {"reminder": 0, **_localised(parameters, language)}
        values |= {"reference": reference, "name": recipient.name, "variant": compiled.variant}
        values |= {"unsubscribe_url": unsubscribe_url, "answer_url": answer_url, "in_digest": in_digest}
        if counterpart is not None:
            values["counterpart"] = counterpart
        try:
            line = compiled.subject(values)
            values["subject"] = _REMINDER[language] + line if values["reminder"] else line
            return Text(language, values["subject"], compiled.plain.render(values), compiled.html.render(values))
        except TemplateError as error:
            raise TextsError(f"the text for {kind} in {language} does not render: {error.message}") from None

    def digest(self, texts: Sequence[Text], language: Language, *, recipient: Correspondent) -> Text:
        """One mail of several texts, each rendered `in_digest`: that is without a greeting and an end."""
        matters = [
            # One level down: in the digest each text's own subject is the heading of the second level.
            {"subject": text.subject, "plain": text.plain.strip(), "html": text.html.replace("h2>", "h3>")}
            for text in texts
        ]
        parameters = {"matters": matters}
        return self.render(DIGEST, language, parameters=parameters, reference="", recipient=recipient)


def load_texts(kinds: Iterable[str]) -> Texts:
    """The texts of those kinds and the digest's, each rendered once with its sample; raises TextsError."""
    environment = Environment(
        loader=PackageLoader("services.notifications", "texts"),
        # A parameter that a text names and an event does not give must never leave as an empty place.
        undefined=StrictUndefined,
        auto_reload=False,
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["moment"] = _moment
    environment.filters["day"] = _day
    names = (*kinds, DIGEST)
    texts = Texts({(name, language): _compile(environment, name, language) for name in names for language in LANGUAGES})
    for name in names:
        for language in LANGUAGES:
            sample(texts, name, language)
    return texts


def sample(texts: Texts, kind: str, language: Language) -> Text:
    """The text with made-up parameters, as a reader of texts may look at it."""
    known = KINDS.by_name.get(kind)
    parameters = SAMPLES.texts.get(known.text_name if known else kind)
    if parameters is None:
        raise TextsError(f"texts/samples.json has nothing for {kind}")
    return texts.render(
        kind,
        language,
        parameters={**SAMPLES.common, **parameters},
        reference=SAMPLES.reference if known else "",
        recipient=SAMPLES.people[known.to if known else "owner"],
        counterpart=SAMPLES.people[known.introduces] if known and known.introduces else None,
    )


def _localised(parameters: Mapping[str, Any], language: Language) -> dict[str, Any]:
    return {
        name: [_in_language(item, language) for item in value] if isinstance(value, list) else value
        for name, value in parameters.items()
    }


def _in_language(item: Any, language: Language) -> Any:
    if not isinstance(item, dict) or language not in item:
        return item
    localised = {name: value for name, value in item.items() if name not in LANGUAGES}
    if localised.get("field") is not None:
        localised["field"] = FIELD_NAMES.name(localised["field"], language)
    return localised | {"text": item[language]}


def _moment(iso: str, language: Language) -> str:
    """A moment in words, on the wall where people are: lundi 10 mars 2025 à 18:00."""
    moment = datetime.fromisoformat(iso).astimezone(CITY.zone)
    at = {"fr": "à", "en": "at"}[language]
    return f"{format_date(moment, 'full', language)} {at} {format_time(moment, 'HH:mm', locale=language)}"


def _day(iso: str, language: Language) -> str:
    """A day in words: lundi 10 mars 2025."""
    return format_date(date.fromisoformat(iso), "full", language)


def _compile(environment: Environment, kind: str, language: Language) -> _Compiled:
    known = KINDS.by_name.get(kind)
    text, variant = (known.text_name, known.variant) if known else (kind, "")
    try:
        plain, html = (environment.get_template(f"{text}/{language}.{form}") for form in ("txt", "html"))
    except TemplateError as error:
        raise TextsError(f"the text for {kind} in {language} cannot be used: {error}") from None
    if _SUBJECT not in plain.blocks:
        raise TextsError(f"texts/{text}/{language}.txt has no block {_SUBJECT}")
    return _Compiled(plain, html, variant)
