"""Every text, in both languages, with its sample."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import product
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from contracts.applications import ApplicationForm
from contracts.message import Language
from libraries.data_files import DataFileError, parse_data_file
from libraries.programme.files import shipped_files
from libraries.vocabularies.field_names import FIELD_NAMES, FieldNames
from services.notifications.kinds import KINDS
from services.notifications.kinds_file import Kind
from services.notifications.mails.bodies import Text
from services.notifications.mails.text_files import SAMPLES, TextFile, TextsError, text_file
from services.notifications.mails.texts import DIGEST, LANGUAGES, load_texts, sample
from services.notifications.people import Correspondent

NAMES = [*(kind.kind for kind in KINDS.all), DIGEST]
EVERY_TEXT = list(product(NAMES, LANGUAGES))
TEXTS = load_texts(NAMES)
READER = Correspondent("Ada", "ada@association.example")


class Page(HTMLParser):
    """What a page shows, and of what it is made."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.shown: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {f"{tag}.{name}": value for name, value in attrs}

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1] not in {"style", "title"}:
            self.shown.append(data)


def words(text: str) -> set[str]:
    return set(re.findall(r"[\w@.’-]*\w", text))


@pytest.mark.parametrize(("kind", "language"), EVERY_TEXT)
def test_both_bodies_say_the_same(kind: str, language: Language) -> None:
    text = sample(TEXTS, kind, language)
    page = Page(text.html)
    assert words(" ".join(page.shown)) == words(f"{text.subject} {text.plain}")


@pytest.mark.parametrize(("kind", "language"), EVERY_TEXT)
def test_page_is_accessible_and_loads_nothing(kind: str, language: Language) -> None:
    page = Page(sample(TEXTS, kind, language).html)
    assert page.attributes["html.lang"] == language
    assert page.elements.count("title") == page.elements.count("h1") == page.elements.count("main") == 1
    assert not {"img", "script", "link", "iframe", "object"} & set(page.elements)
    assert not [name for name in page.attributes if name.endswith((".src", ".href", ".style"))]
    assert "url(" not in sample(TEXTS, kind, language).html


@pytest.mark.parametrize(("kind", "language"), EVERY_TEXT)
def test_nothing_of_a_template_is_left(kind: str, language: Language) -> None:
    text = sample(TEXTS, kind, language)
    for part in (text.subject, text.plain, text.html):
        assert part.strip()
        assert not re.search(r"\{\{|\}\}|\{%|%\}|None|Undefined", part)
    assert "\n" not in text.subject
    assert "\n\n\n" not in text.plain


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_point_of_a_list_has_its_line(kind: str, language: Language) -> None:
    for line in sample(TEXTS, kind, language).plain.splitlines():
        assert not re.search(r"[.!?]- ", line), "a block of the template took the end of its line"
        assert not line.startswith("What happens next?") or line == "What happens next?"


@pytest.mark.parametrize("kind", NAMES)
def test_french_has_its_hard_spaces(kind: str) -> None:
    text = sample(TEXTS, kind, "fr")
    for part in (text.subject, text.plain, " ".join(Page(text.html).shown)):
        assert not re.search(r" [:;?!»]|« ", part.replace("€ ;", ""))


@pytest.mark.parametrize("kind", NAMES)
def test_languages_differ(kind: str) -> None:
    assert sample(TEXTS, kind, "fr").subject != sample(TEXTS, kind, "en").subject


def test_every_text_is_of_a_kind() -> None:
    folder = "mails/texts/"
    written = {name.removeprefix(folder).removesuffix(".toml") for name in shipped_files() if name.startswith(folder)}
    assert written == {*(kind.text_name for kind in KINDS.all), DIGEST}


@pytest.mark.parametrize("kind", [kind.kind for kind in KINDS.all if kind.text])
@pytest.mark.parametrize("language", LANGUAGES)
def test_kinds_that_share_a_text_differ_in_what_it_says(kind: str, language: Language) -> None:
    text = KINDS.by_name[kind].text
    others = [other.kind for other in KINDS.all if other.text_name == text and other.kind != kind]
    assert others
    assert sample(TEXTS, kind, language).plain not in [sample(TEXTS, other, language).plain for other in others]


def render(kind: str, language: Language, **parameters: object) -> Text:
    common = {"organisation_name": "Asso", "project_title": "Projet", "track": "implantation"}
    return TEXTS.render(kind, language, parameters=common | parameters, reference="r", recipient=READER)


REASONS = [
    {"field": "organisation.siren", "fr": "Le numéro manque.", "en": "The number is missing."},
    {"field": "members.3.rna", "fr": "Il est illisible.", "en": "It cannot be read."},
    {"field": "project.colour", "fr": "Elle est inconnue.", "en": "It is unknown."},
    {"field": None, "fr": "Déjà lauréate.", "en": "Already a laureate."},
]


def test_every_reason_is_listed_with_its_field_in_the_readers_language() -> None:
    text = render("rejection", "en", reasons=REASONS, asked=[], state="rejected")
    listed = [line for line in text.plain.splitlines() if line.startswith("- ")][:4]
    assert listed == [
        "- SIREN number: The number is missing.",
        "- Member of the coalition, RNA number: It cannot be read.",
        "- project.colour: It is unknown.",
        "- Already a laureate.",
    ]
    french = render("rejection", "fr", reasons=REASONS, asked=[], state="rejected").plain
    assert "- Numéro SIREN\N{NO-BREAK SPACE}: Le numéro manque." in french
    assert "missing" not in french


def test_a_value_cannot_become_markup_nor_a_second_line_of_the_subject() -> None:
    text = render("acknowledgement", "fr", project_title="<b>Titre</b>\r\nBcc: all@example.org")
    assert "<b>" not in text.html
    assert "&lt;b&gt;Titre" in text.html
    assert "<b>Titre</b>" in text.plain
    assert "\n" not in text.subject
    assert "\r" not in text.subject


def test_the_contest_is_decided_by_the_foundation() -> None:
    assert "La France s’engage decides the contest" in render("acknowledgement", "en", track="contest").plain
    assert "decides the contest" not in render("acknowledgement", "en").plain


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Énergie Jeunes", "d’Énergie Jeunes"),
        ("Unis-Cité", "d’Unis-Cité"),
        ("Œuvre du port", "d’Œuvre du port"),
        ("Banlieues Santé", "de Banlieues Santé"),
        ("Hâte", "de Hâte"),
    ],
)
def test_french_elides_before_the_name_of_an_organisation(name: str, said: str) -> None:
    text = render("acknowledgement", "fr", organisation_name=name)
    assert f"la candidature {said} pour" in text.plain
    assert f"la candidature {said} pour" in text.html


def test_a_missing_parameter_is_an_error_that_names_it() -> None:
    with pytest.raises(TextsError, match=r"assignment-proposal in fr .*need_title"):
        render("assignment-proposal", "fr", fit=1, parts=[])
    with pytest.raises(TextsError, match=r"renewal-to-lead in fr .*ends_on"):
        render("renewal-to-lead", "fr")


def test_a_kind_without_texts_is_found_at_the_start() -> None:
    with pytest.raises(TextsError, match=r"shipped/mails/texts/horoscope\.toml: there is no such file"):
        load_texts(["horoscope"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fr = {subject = 'Un mot', message = 'Un mot.'}", r"word\.toml: en: Field required"),
        ("fr = {subject = 'Un mot'}", r"word\.toml: fr\.message: Field required"),
        ("samples = {}", r"word\.toml: samples: Extra inputs"),
    ],
)
def test_a_text_that_lacks_something_is_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(DataFileError, match=message):
        parse_data_file(text, "word.toml", TextFile)


def test_a_criterion_that_was_not_assessed_is_told_without_points() -> None:
    score = {"fr": "Essaimage", "en": "Spread to other places", "points": None, "maximum": 10}
    text = render("contest-decision", "en", decision="not-retained", scores=[score])
    assert "- Spread to other places: not assessed" in text.plain
    assert "<li>Spread to other places: not assessed</li>" in text.html


def test_a_field_without_a_name_in_one_language_is_refused_by_name() -> None:
    with pytest.raises(DataFileError, match=r"fields\.toml: lead\.en: Field required"):
        parse_data_file('lead = {fr = "Responsable"}', "fields.toml", FieldNames)


def paths(model: type[BaseModel]) -> Iterator[str]:
    for name, declared in model.model_fields.items():
        yield name
        for part in parts(declared.annotation):
            yield from (f"{name}.{path}" for path in paths(part))


def parts(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from parts(argument)


def test_every_field_of_the_form_has_a_name_in_both_languages() -> None:
    assert set(FIELD_NAMES.root) == set(paths(ApplicationForm)) - {"application_id"}


DESK = "https://desk.example/links/pair/lead.of"
TO_DESK = [kind.kind for kind in KINDS.all if kind.desk]


@pytest.mark.parametrize("kind", TO_DESK)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_leads_to_the_desk_has_its_link_once_and_names_nothing_to_type(kind: str, language: Language) -> None:
    with_link, without = sample(TEXTS, kind, language, desk_url=DESK), sample(TEXTS, kind, language)
    assert with_link.plain.count(DESK) == with_link.html.count(f'href="{DESK}"') == 1
    for part in (with_link.plain, with_link.html):
        assert SAMPLES.reference not in part
        assert not re.search(r"(?:the|same)(?: \w+)? form\b|formulaire (?:de|d’|des)\b", part)
    assert DESK not in without.plain + without.html
    assert SAMPLES.reference in without.plain or KINDS.by_name[kind].digest
    assert "\n\n\n" not in with_link.plain
    for line in with_link.plain.splitlines():
        assert not re.search(r"[.!?]- ", line)


@pytest.mark.parametrize("kind", KINDS.all, ids=lambda kind: kind.kind)
def test_every_kind_that_asks_for_something_leads_somewhere(kind: Kind) -> None:
    message = text_file(kind.text_name).wording("fr").message
    asks = re.search(r"(?<!nouveau )formulaire|{{ reference }}", message)
    assert not asks or kind.desk or kind.is_answered or kind.confirms_address
