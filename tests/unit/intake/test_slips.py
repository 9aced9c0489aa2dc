"""Slips of typing in an application: repaired, or asked back with their field; none makes the form vanish."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.applications import ApplicationSubmitted
from services.intake.cleaned_forms import clean_form
from services.intake.editions import EDITIONS
from services.intake.eligibility import evaluate, problems, verdict
from services.intake.reasons import reasons
from tests.unit.intake.forms import IN_2024, fields


def judged(**changes: Any) -> tuple[str, list[tuple[str, str]], Any]:
    """What a form as JSON becomes: the verdict, what is asked or failed, and how it was read."""
    form = ApplicationSubmitted.model_validate_json(json.dumps(fields(**changes), default=str), strict=True)
    cleaned = clean_form(form, IN_2024)
    edition = EDITIONS.open_at(form.track, form.submitted_at)
    assert edition is not None
    answers = evaluate(cleaned, edition)
    told = reasons(problems(answers, "fail", "unknown"))
    return verdict(answers), [(reason.code, reason.field or "") for reason in told], cleaned


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"operating_income_eur": "250 000,00 €"}, "operating_income_eur", 250_000),
        ({"operating_income_eur": 250000.0}, "operating_income_eur", 250_000),
        ({"income_year": "2022"}, "income_year", 2022),
        ({"published_on": "01/03/2015"}, "published_on", date(2015, 3, 1)),
        ({"legal_form": "Association"}, "legal_form", "association"),
        ({"laureate": "non"}, "laureate", False),
        ({"name": "  Les Jardins  "}, "name", "Les Jardins"),
        ({"esus_approved_on": "N/A"}, "esus_approved_on", None),
    ],
)
def test_what_is_certain_is_repaired(changes: dict[str, Any], field: str, value: object) -> None:
    answer, asked, cleaned = judged(organisation_changes=changes)
    assert (answer, asked) == ("pass", [])
    assert getattr(cleaned.organisation.declared, field) == value


@pytest.mark.parametrize(
    ("typed", "siren"),
    [
        ("SIREN : 732 829 320", "732829320"),
        ("RCS Marseille B 732 829 320", "732829320"),
        ("732-829-320", "732829320"),
        ("'732829320", "732829320"),
        ("FR 44 732829320", "732829320"),
        (732829320, "732829320"),
        (732829320.0, "732829320"),
        ("７３２８２９３２０", "732829320"),
        ("N/A", None),
    ],
)
def test_numbers_are_found_in_what_is_around_them(typed: object, siren: str | None) -> None:
    answer, asked, cleaned = judged(organisation_changes={"siret": None, "siren": typed})
    assert (answer, asked) == ("pass", [])
    assert cleaned.organisation.identifiers.siren == siren


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"project": {"title": "x" * 300}}, ("text-too-long", "project.title")),
        ({"project": {"title": ""}}, ("text-missing", "project.title")),
        ({"project": {"summary": "x" * 10_001}}, ("text-too-long", "project.summary")),
        ({"project": {"territories": ["13299"]}}, ("territory-unknown", "project.territories.0")),
        ({"project": {"themes": [f"theme-{n}" for n in range(21)]}}, ("too-many-chosen", "project.themes")),
        ({"organisation_changes": {"operating_income_eur": "85.000"}},
         ("number-unclear", "organisation.operating_income_eur")),
        ({"organisation_changes": {"operating_income_eur": "beaucoup"}},
         ("number-unclear", "organisation.operating_income_eur")),
        ({"organisation_changes": {"published_on": "mars 2015"}}, ("day-unclear", "organisation.published_on")),
        ({"organisation_changes": {"siret": "73282932000079"}}, ("siret-invalid", "organisation.siret")),
        ({"organisation_changes": {"commune": "12345"}}, ("commune-unknown", "organisation.commune")),
        ({"organisation_changes": {"name": None}}, ("text-missing", "organisation.name")),
        ({"lead": {"person_id": "0190b8a0-0000-7000-8000-000000000001", "name": "Ada", "email": "ada@"}},
         ("email-unclear", "lead.email")),
        ({"members": [{"name": "M", "siren": "732829321"}]}, ("siren-invalid", "members.0.siren")),
        ({"members": [{"name": "M"}] * 21}, ("too-many-chosen", "members")),
        ({"consent": None}, ("consent-missing", "consent")),
        ({"consent": "peut-être"}, ("yes-or-no-unclear", "consent")),
        ({"texts_public": None}, ("texts-public-missing", "texts_public")),
        ({"texts_public": "peut-être"}, ("yes-or-no-unclear", "texts_public")),
        ({"submitted_at": "2024-01-31T12:00:00Z"}, ("time-ahead", "submitted_at")),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_asked_back_once_with_its_field(
    changes: dict[str, Any], wanted: tuple[str, str]
) -> None:
    answer, asked, _ = judged(**changes)
    assert answer == "unknown"
    assert wanted in asked
    assert len({field for _, field in asked}) == len(asked), "each field is asked for once"


SLIPS: st.SearchStrategy[Any] = (
    st.none()
    | st.text(max_size=60)
    | st.integers(1 - 2**53, 2**53 - 1)
    | st.floats(1 - 2.0**53, 2.0**53 - 1)
    | st.sampled_from(["N/A", "85 000,00 €", "31/12/2019", "13003 Marseille", " x@asso.example ", "x" * 11_000])
)


@given(st.data())
def test_no_slip_anywhere_makes_a_form_vanish(data: st.DataObject) -> None:
    document = json.loads(json.dumps(fields(members=[{"name": "M"}]), default=str))
    places = [
        (document["organisation"], name) for name in (*document["organisation"], "siren", "rna", "esus_approved_on")
    ]
    places += [(document["members"][0], name) for name in ("name", "siret", "commune", "laureate")]
    places += [(document["project"], name) for name in ("title", "spread_within_years")]
    places += [(document["lead"], name) for name in ("name", "email", "telephone")]
    for part, name in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=6)):
        part[name] = data.draw(SLIPS)
    document["project"]["territories"] = data.draw(st.lists(SLIPS, max_size=60))
    document["project"]["summary"] = data.draw(st.none() | st.text(max_size=20))
    form = ApplicationSubmitted.model_validate_json(json.dumps(document), strict=True)
    cleaned = clean_form(form, IN_2024)
    edition = EDITIONS.open_at(form.track, form.submitted_at)
    assert edition is not None
    answers = evaluate(cleaned, edition)
    told = reasons(problems(answers, "fail", "unknown"))
    assert (verdict(answers) == "pass") == (not told)
    assert len(told) <= 200
    assert cleaned.title
    assert cleaned.organisation_name
