"""The texts of the mails: Jinja2 templates in `mails/texts/<text>.toml`, checked when they are loaded.

A file holds a text in every language, and the sample that it is tried with. Kinds that differ by a phrase share a
text, and tell which of them they are by `variant`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple, get_args

from babel.dates import format_time
from jinja2 import Environment, FunctionLoader, StrictUndefined, Template, TemplateError, select_autoescape

from contracts.contacts import Work
from contracts.message import Language
from libraries.days_in_words import day_said
from libraries.folding import fold
from libraries.programme.about import ABOUT
from libraries.programme.running import programme
from libraries.vocabularies.field_names import FIELD_NAMES
from libraries.vocabularies.vocabularies import called
from libraries.work_days.city import CITY
from services.notifications.kinds import KINDS
from services.notifications.kinds_file import Kind
from services.notifications.mails.bodies import Text
from services.notifications.mails.headers import bare
from services.notifications.mails.markup import markup_of
from services.notifications.mails.text_files import SAMPLES, TextsError, text_file
from services.notifications.people import Correspondent
from services.notifications.words import desk_words, end_reason

DIGEST: Final = "digest"
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
_SAMPLE_DESK: Final = "https://desk.example/links/sample"
_VOWELS: Final = frozenset("aeiou")
_REMINDER: Final[dict[Language, str]] = {"fr": "Rappel\u00a0: ", "en": "Reminder: "}


class _Compiled(NamedTuple):
    variant: str
    desk_words: str | None
    subject: Template
    message: Template
    html: Template | None
    plain_layout: Template
    html_layout: Template

    def text(self, values: dict[str, Any], language: Language) -> Text:
        line = bare(self.subject.render(values))
        values["subject"] = _REMINDER[language] + line if values["reminder"] else line
        message = self.message.render(values).strip("\n")
        markup = markup_of(message) if self.html is None else self.html.render(values).strip("\n")
        return Text(
            language,
            values["subject"],
            self.plain_layout.render(values, message=message),
            self.html_layout.render(values, message=markup),
        )


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
        counterpart: Correspondent | Work | None = None,
        unsubscribe_url: str | None = None,
        answer_url: str | None = None,
        desk_url: str | None = None,
        in_digest: bool = False,
    ) -> Text:
        """The text of one mail; raises TextsError where a parameter that it needs is missing.

        Of parameters that come in several languages (those with `fr` and `en`) the text sees the right
        one, as `text`, and the name of a form's field instead of its path.
        """
        if (compiled := self._compiled.get((kind, language))) is None:
            raise TextsError(f"there is no text for {kind} in {language}")
        values = {"reminder": 0, "told_before": None, **_localised(parameters, language)}
        values |= {"reference": reference, "name": recipient.name, "variant": compiled.variant}
        values |= {"unsubscribe_url": unsubscribe_url, "answer_url": answer_url, "in_digest": in_digest}
        values |= {"desk_url": desk_url, "desk_words": compiled.desk_words if desk_url else None}
        values |= {"city": ABOUT.city.in_language(language), "here": ABOUT.here.in_language(language)}
        values["counterpart"] = counterpart
        try:
            return compiled.text(values, language)
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
        loader=FunctionLoader(lambda name: programme().text(f"mails/{name}")),
        # A parameter that a text names and an event does not give must never leave as an empty place.
        undefined=StrictUndefined,
        auto_reload=False,
        autoescape=select_autoescape(enabled_extensions=("html",), default_for_string=False, default=False),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["why"] = end_reason
    environment.filters["moment"] = _moment
    environment.filters["day"] = _day
    environment.filters["called"] = called
    environment.filters["with_de"] = _with_de
    names = (*kinds, DIGEST)
    texts = Texts({(name, language): _compile(environment, name, language) for name in names for language in LANGUAGES})
    for name in names:
        for language in LANGUAGES:
            for desk_url in (None, _SAMPLE_DESK):
                sample(texts, name, language, desk_url=desk_url)
    return texts


def sample(texts: Texts, kind: str, language: Language, *, desk_url: str | None = None) -> Text:
    """The text with made-up parameters, as a reader of texts may look at it; with a link where it leads to the desk."""
    known = KINDS.by_name.get(kind)
    parameters = text_file(known.text_name if known else kind).sample
    return texts.render(
        kind,
        language,
        parameters={**SAMPLES.common, **parameters},
        reference=SAMPLES.reference if known else "",
        recipient=SAMPLES.people[known.to if known else "owner"],
        counterpart=_sample_counterpart(known) if known else None,
        desk_url=desk_url if known and known.desk else None,
    )


def _sample_counterpart(kind: Kind) -> Correspondent | Work | None:
    if kind.introduces is None:
        return None
    return SAMPLES.work if kind.introduces_by == "work" else SAMPLES.people[kind.introduces]


def _localised(parameters: Mapping[str, Any], language: Language) -> dict[str, Any]:
    return {
        name: [_in_language(item, language) for item in value] if isinstance(value, list) else value
        for name, value in parameters.items()
    }


def _in_language(item: Any, language: Language) -> Any:
    if not isinstance(item, dict) or language not in item:
        return item
    localised = {name: value for name, value in item.items() if name not in LANGUAGES}
    path = localised.get("field")
    # TOML has no null: a sample without a field leaves it out.
    field = None if path is None else FIELD_NAMES.name(path, language)
    return localised | {"field": field, "text": item[language]}


def _moment(iso: str, language: Language) -> str:
    """A moment in words, on the wall where people are: lundi 10 mars 2025 à 18:00."""
    # As text, so that what is undefined says by its name that it is.
    moment = datetime.fromisoformat(str(iso)).astimezone(CITY.zone)
    at = {"fr": "à", "en": "at"}[language]
    return f"{day_said(moment.date(), language, width='full')} {at} {format_time(moment, 'HH:mm', locale=language)}"


def _day(iso: str, language: Language) -> str:
    """A day in words: lundi 10 mars 2025."""
    return day_said(date.fromisoformat(str(iso)), language, width="full")


def _with_de(name: object) -> str:
    """A name after the French « de », which loses its vowel before another: d’Unis-Cité, de Banlieues Santé."""
    # Of a name with an h nobody knows whether it is aspirated, so it keeps the whole word.
    text = str(name)
    return f"d’{text}" if fold(text[:1])[:1] in _VOWELS else f"de {text}"


def _compile(environment: Environment, kind: str, language: Language) -> _Compiled:
    known = KINDS.by_name.get(kind)
    text, variant = (known.text_name, known.variant) if known else (kind, "")
    wording = text_file(text).wording(language)
    escaping = environment.overlay(autoescape=True)
    try:
        return _Compiled(
            variant,
            None if known is None or known.desk is None else desk_words(known.desk, language),
            environment.from_string(wording.subject),
            environment.from_string(wording.message),
            None if wording.html is None else escaping.from_string(wording.html),
            *(environment.get_template(f"layouts/{language}.{form}") for form in ("txt", "html")),
        )
    except TemplateError as error:
        raise TextsError(f"the text for {kind} in {language} cannot be used: {error}") from None
