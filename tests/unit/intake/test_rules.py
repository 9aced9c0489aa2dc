"""Rules: pass, fail and unknown of each kind, and where one becomes the other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter

from services.intake.rules.finding import Finding
from services.intake.rules.kinds import Rule
from services.intake.rules.organisations import Existence
from tests.unit.intake.forms import entry

RULE: TypeAdapter[Rule] = TypeAdapter(Rule)


def judge(kind: str, parameters: dict[str, Any] | None = None, **form: Any) -> Finding:
    """What a rule of this kind answers of a form whose organisation has these changes."""
    members = {} if kind in {"consent", "spread-within-years"} else {"members": False}
    rule = RULE.validate_python({"id": "tried", "kind": kind, **(parameters or {}), **members})
    read = entry(**form).form
    return rule.judge(read, read.organisation)


def answer_and_codes(finding: Finding) -> tuple[str, list[str]]:
    return finding.answer, [problem.code for problem in finding.problems]


def of(kind: str, parameters: dict[str, Any] | None = None, **declared: Any) -> tuple[str, list[str]]:
    return answer_and_codes(judge(kind, parameters, organisation_changes=declared))


def test_absent_consent_is_asked_for() -> None:
    assert answer_and_codes(judge("consent", consent=True)) == ("pass", [])
    assert answer_and_codes(judge("consent", consent=False)) == ("unknown", ["consent-missing"])


def test_identifiers_that_are_not_given_pass() -> None:
    assert of("identifiers-valid", siret=None, commune=None) == ("pass", [])


def test_each_wrong_identifier_is_a_problem_at_its_field() -> None:
    finding = judge("identifiers-valid", organisation_changes={"siret": "73282932000079", "rna": "1"})
    assert finding.answer == "unknown"
    assert {(problem.code, problem.field) for problem in finding.problems} == {
        ("siret-invalid", "organisation.siret"),
        ("rna-invalid", "organisation.rna"),
    }


@pytest.mark.parametrize(
    ("commune", "expected"),
    [
        ("13055", ("pass", [])),
        ("97411", ("pass", [])),
        ("99109", ("fail", ["headquarters-abroad"])),
        (None, ("unknown", ["commune-missing"])),
        ("Marseille", ("pass", [])),
        ("Nulle-Part", ("unknown", ["commune-missing"])),
    ],
)
def test_headquarters_in_france(commune: str | None, expected: tuple[str, list[str]]) -> None:
    assert of("headquarters-in-france", commune=commune) == expected


@pytest.mark.parametrize(
    ("published_on", "expected"),
    [
        (date(2021, 6, 26), ("pass", [])),
        (date(2021, 6, 27), ("pass", [])),
        (date(2021, 6, 28), ("fail", ["existence-too-short"])),
        (date(2030, 1, 1), ("fail", ["existence-too-short"])),
        (None, ("unknown", ["publication-missing"])),
    ],
)
def test_existence_counts_from_publication(published_on: date | None, expected: tuple[str, list[str]]) -> None:
    assert of("existence", {"years": 3, "as_of": "2024-06-27"}, published_on=published_on) == expected


def test_existence_as_of_a_leap_day() -> None:
    rule = Existence(id="x", kind="existence", members=False, years=3, as_of=date(2024, 2, 29))
    assert rule.latest_publication == date(2021, 2, 28)


@pytest.mark.parametrize(
    ("comparison", "income", "expected"),
    [
        (">=", 80_000, ("pass", [])),
        (">=", 79_999, ("fail", ["income-below-minimum"])),
        (">", 80_001, ("pass", [])),
        (">", 80_000, ("fail", ["income-not-above-minimum"])),
        (">", None, ("unknown", ["income-of-year-missing"])),
        (">", 0, ("fail", ["income-not-above-minimum"])),
    ],
)
def test_income_at_its_boundary(comparison: str, income: int | None, expected: tuple[str, list[str]]) -> None:
    parameters = {"minimum_eur": 80_000, "comparison": comparison, "year": 2022}
    assert of("income", parameters, operating_income_eur=income) == expected


@pytest.mark.parametrize("year", [2021, None])
def test_the_income_of_another_year_answers_nothing(year: int | None) -> None:
    parameters = {"minimum_eur": 80_000, "comparison": ">", "year": 2022}
    assert of("income", parameters, operating_income_eur=10, income_year=year) == (
        "unknown",
        ["income-of-year-missing"],
    )


@pytest.mark.parametrize(
    ("commune", "income", "expected"),
    [
        ("97411", 50_001, ("pass", [])),
        ("98818", 50_001, ("pass", [])),
        ("97411", 50_000, ("fail", ["income-not-above-minimum"])),
        ("13055", 80_000, ("fail", ["income-not-above-minimum"])),
        (None, 50_001, ("unknown", ["income-commune-missing"])),
        (None, 50_000, ("fail", ["income-not-above-minimum"])),
        (None, 80_001, ("pass", [])),
    ],
)
def test_overseas_has_a_minimum_of_its_own(commune: str | None, income: int, expected: tuple[str, list[str]]) -> None:
    parameters = {"minimum_eur": 80_000, "comparison": ">", "overseas_minimum_eur": 50_000}
    assert of("income", parameters, commune=commune, operating_income_eur=income) == expected


@pytest.mark.parametrize(
    ("parameters", "form", "expected"),
    [
        ({"allowed": ["association"]}, "association", ("pass", [])),
        ({"allowed": ["association"]}, "corporate-foundation", ("fail", ["legal-form-not-allowed"])),
        ({"allowed": ["association"]}, None, ("unknown", ["legal-form-missing"])),
        ({"excluded": ["corporate-foundation"]}, "cooperative", ("pass", [])),
        ({"excluded": ["corporate-foundation"]}, "corporate-foundation", ("fail", ["legal-form-not-allowed"])),
        ({"excluded": ["corporate-foundation"]}, None, ("unknown", ["legal-form-missing"])),
    ],
)
def test_legal_form(parameters: dict[str, Any], form: str | None, expected: tuple[str, list[str]]) -> None:
    assert of("legal-form", parameters, legal_form=form) == expected


@pytest.mark.parametrize(
    ("form", "approved_on", "expected"),
    [
        ("esus-company", date(2024, 6, 26), ("pass", [])),
        ("esus-company", date(2024, 6, 27), ("fail", ["esus-approved-too-late"])),
        ("esus-company", None, ("unknown", ["esus-approval-missing"])),
        ("association", None, ("pass", [])),
        (None, None, ("unknown", ["legal-form-missing"])),
    ],
)
def test_esus_approval_concerns_social_enterprises_only(
    form: str | None, approved_on: date | None, expected: tuple[str, list[str]]
) -> None:
    parameters = {"before": "2024-06-27", "legal_forms": ["esus-company"]}
    assert of("esus-approved-before", parameters, legal_form=form, esus_approved_on=approved_on) == expected


@pytest.mark.parametrize(
    ("laureate", "year", "expected"),
    [
        (False, None, ("pass", [])),
        (True, 2013, ("pass", [])),
        (True, 2014, ("fail", ["laureate-already"])),
        (None, 2019, ("fail", ["laureate-already"])),
        (True, None, ("unknown", ["laureate-year-missing"])),
        (None, None, ("unknown", ["laureate-missing"])),
        (False, 2019, ("unknown", ["laureate-unclear"])),
    ],
)
def test_never_laureate_since(laureate: bool | None, year: int | None, expected: tuple[str, list[str]]) -> None:
    assert of("never-laureate-since", {"year": 2014}, laureate=laureate, laureate_year=year) == expected


@pytest.mark.parametrize(
    ("laureate", "year", "expected"),
    [
        (True, None, ("pass", [])),
        (True, 2019, ("pass", [])),
        (None, 2019, ("pass", [])),
        (False, None, ("fail", ["laureate-required"])),
        (None, None, ("unknown", ["laureate-missing"])),
        (False, 2019, ("unknown", ["laureate-unclear"])),
    ],
)
def test_laureate_required(laureate: bool | None, year: int | None, expected: tuple[str, list[str]]) -> None:
    assert of("laureate-required", laureate=laureate, laureate_year=year) == expected


@pytest.mark.parametrize(
    ("commune", "planned", "expected"),
    [
        ("13055", 3, ("pass", [])),
        ("13055", 4, ("fail", ["spread-too-slow"])),
        ("13055", None, ("unknown", ["spread-missing"])),
        ("97411", 10, ("pass", [])),
        ("97411", None, ("pass", [])),
        (None, 4, ("unknown", ["spread-commune-missing"])),
        (None, None, ("unknown", ["spread-missing"])),
    ],
)
def test_spread_excuses_overseas(commune: str | None, planned: int | None, expected: tuple[str, list[str]]) -> None:
    finding = judge(
        "spread-within-years",
        {"years": 3, "overseas_exempt": True},
        organisation_changes={"commune": commune},
        project={"spread_within_years": planned},
    )
    assert answer_and_codes(finding) == expected
