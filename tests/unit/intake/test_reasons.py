"""Reasons: words for every code, in both languages, with the values that they promise."""

from __future__ import annotations

import inspect
import re
import string
from datetime import date

import pytest

from libraries.data_files import DataFileError, parse_data_file
from services.intake import announcements, belonging, cleaned_forms, duplicates, identifiers
from services.intake.handlers import applications
from services.intake.reasons import REASONS, ReasonsFile, reason
from services.intake.rules import income, laureates, organisations, whole_form
from services.intake.rules.finding import Problem

_CODE = re.compile(r'(?:Problem|Flag|Defect|missing|failed)\(\s*"([a-z-]+)"')


def test_every_code_that_is_raised_has_a_text_and_every_text_is_used() -> None:
    modules = (
        announcements,
        applications,
        belonging,
        cleaned_forms,
        duplicates,
        identifiers,
        income,
        laureates,
        organisations,
        whole_form,
    )
    sources = "".join(inspect.getsource(module) for module in modules)
    named = {code for code in REASONS.reasons if f'"{code}"' in sources}
    assert named == set(REASONS.reasons)
    raised = set(_CODE.findall(sources))
    assert len(raised) > 20
    assert raised <= named


@pytest.mark.parametrize("code", REASONS.reasons)
def test_both_languages_name_the_same_values(code: str) -> None:
    french, english = (
        {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for text in (REASONS.reasons[code].fr, REASONS.reasons[code].en)
    )
    assert french == english


def test_amounts_and_dates_are_written_as_each_language_writes_them() -> None:
    income = reason(Problem("income-below-minimum", "f", {"minimum_eur": 80_000, "income_eur": 79_999}))
    assert "80\u202f000\u00a0€" in income.fr
    assert "€80,000" in income.en
    outside = reason(Problem("outside-every-window", "submitted_at", {"submitted_on": date(2023, 8, 1)}))
    assert "1er août 2023" in outside.fr
    assert "1 August 2023" in outside.en


def test_an_amount_of_any_size_can_be_written() -> None:
    huge = reason(Problem("income-below-minimum", "f", {"minimum_eur": 10**60, "income_eur": 10**40}))
    assert "€1" in huge.en


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('version = 1\n[reasons.odd]\nfr = "Oui"\n', r"reasons\.toml: reasons\.odd\.en: Field required"),
        (
            'version = 1\n[reasons.odd]\nfr = ""\nen = "Yes"\n',
            r"reasons\.toml: reasons\.odd\.fr: .*at least 1 character",
        ),
        ("version = '1'\n[reasons]\n", r"reasons\.toml: version: .*, and is '1'"),
    ],
)
def test_a_mistake_is_said_with_its_file_and_its_field(text: str, said: str) -> None:
    with pytest.raises(DataFileError, match=said):
        parse_data_file(text, "reasons.toml", ReasonsFile)
