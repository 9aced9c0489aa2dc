"""The kinds of rules that an edition can have.

A rule reads only the application and its own parameters, so the same form gives the same answers for ever.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from services.intake.rules.income import Income
from services.intake.rules.laureates import LaureateRequired, NeverLaureateSince
from services.intake.rules.organisations import (
    EsusApprovedBefore,
    Existence,
    HeadquartersInFrance,
    IdentifiersValid,
    LegalForm,
)
from services.intake.rules.whole_form import Consent, SpreadWithinYears

Rule: TypeAlias = Annotated[
    Consent
    | IdentifiersValid
    | HeadquartersInFrance
    | Existence
    | Income
    | LegalForm
    | EsusApprovedBefore
    | NeverLaureateSince
    | LaureateRequired
    | SpreadWithinYears,
    Field(discriminator="kind"),
]
"""Every kind of rule: what an edition's file may name, each with its own parameters."""
