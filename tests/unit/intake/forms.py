"""Forms to begin a test from: complete, and right for the edition of 2024 unless a test says otherwise."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from contracts.applications import ApplicationCorrected, ApplicationSubmitted
from services.intake.applications import Entry
from services.intake.cleaned_forms import clean_form
from services.intake.editions import EDITIONS
from tests.typed import typed_days

_NUMBERS = itertools.count(1)
IN_2024 = datetime(2024, 1, 20, 12, 0, tzinfo=UTC)

SIREN, SIRET = "732829320", "73282932000074"
OTHER_SIREN, OTHER_SIRET = "829040112", "82904011200031"


def new_id() -> UUID:
    return UUID(int=(0x018D << 112) | (0x7 << 76) | (0x2 << 62) | next(_NUMBERS))


def organisation(**changes: Any) -> dict[str, Any]:
    declared: dict[str, Any] = {
        "name": "Les Jardins de l'Étang",
        "siret": SIRET,
        "legal_form": "association",
        "commune": "13055",
        "published_on": date(2015, 3, 1),
        "operating_income_eur": 250_000,
        "income_year": 2022,
        "laureate": False,
    }
    return typed_days(declared | changes)


def lead(**changes: Any) -> dict[str, Any]:
    return {"person_id": new_id(), "name": "Camille Exemple", "email": "camille@example.org"} | changes


def fields(
    *, organisation_changes: Mapping[str, Any] | None = None, project: Mapping[str, Any] | None = None, **changes: Any
) -> dict[str, Any]:
    number = next(_NUMBERS)
    values: dict[str, Any] = {
        "application_id": new_id(),
        "track": "contest",
        "submitted_at": IN_2024,
        "organisation": organisation(**(organisation_changes or {})),
        "project": {"title": f"Potager numéro {number}", "spread_within_years": 2, **(project or {})},
        "lead": lead(),
        "consent": True,
        "texts_public": True,
    }
    return values | changes


def submitted(**changes: Any) -> ApplicationSubmitted:
    return ApplicationSubmitted.model_validate(fields(**changes))


def corrected(first: ApplicationSubmitted, *, corrected_at: datetime, **changes: Any) -> ApplicationCorrected:
    kept = {name: getattr(first, name) for name in ApplicationSubmitted.model_fields}
    return ApplicationCorrected.model_validate(kept | {"corrected_at": corrected_at} | changes)


def entry(**changes: Any) -> Entry:
    """A form as intake reads it, entered in the edition that its time chooses."""
    form = submitted(**changes)
    return Entry(clean_form(form, form.submitted_at), EDITIONS.open_at(form.track, form.submitted_at))
