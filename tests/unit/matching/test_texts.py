"""The texts: one for every code, in both languages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from libraries.data_files import DataFileError, parse_data_file
from services.matching.settings.texts import TEXTS, Texts
from services.matching.states.words import StopWords


def _read_with(section: str, code: str, text: Any) -> Texts:
    texts = TEXTS.model_dump()
    texts[section] = {name: it for name, it in {**texts[section], code: text}.items() if it is not None}
    return parse_data_file(json.dumps(texts), "texts.json", Texts)


@pytest.mark.parametrize(
    ("section", "code", "text", "wrong"),
    [
        ("gates", "floor", None, "texts.json: .*gates says nothing of floor"),
        ("refusals", "too-late", {"fr": "Trop tard.", "en": "Too late."}, r"texts.json: refusals.too-late"),
        ("unmet", "all-gated", {"fr": "Aucun."}, "texts.json: unmet.all-gated.en: Field required"),
        ("standings", "held", {"fr": "", "en": "Held."}, "texts.json: standings.held.fr: .*at least 1 character"),
        ("fields", "themes", {"fr": "a", "en": "b", "de": "c"}, "texts.json: fields.themes.de: Extra"),
    ],
)
def test_a_wrong_file_and_its_field_are_named(section: str, code: str, text: Any, wrong: str) -> None:
    with pytest.raises(DataFileError, match=wrong):
        _read_with(section, code, text)


def test_stop_words_are_lists_of_words() -> None:
    wrong = json.dumps({"version": "1", "language": "avec", "programme": []})
    with pytest.raises(DataFileError, match=r"stop_words.json: language: .*array, and is 'avec'"):
        parse_data_file(wrong, "stop_words.json", StopWords)
