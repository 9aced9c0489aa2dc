"""Rules of a form as a whole, which ask nothing of the members of a coalition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from services.intake.cleaned_forms import Applicant, CleanedForm
from services.intake.identifiers import is_overseas
from services.intake.rules.finding import CLOSED, Finding, failed, missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The lead agrees to the processing of their data."""

    __pydantic_config__ = CLOSED
    id: str
    kind: Literal["consent"]
    members: Literal[False] = False

    def judge(self, form: CleanedForm, organisation: Applicant) -> Finding:
        """Passes with consent; without, it is asked for, since a correction may give it."""
        return Finding("pass", True) if form.consent else missing("consent-missing", "consent", False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadWithinYears:
    """The project spreads to another administrative region within `years`; overseas may stay in its own."""

    __pydantic_config__ = CLOSED
    id: str
    kind: Literal["spread-within-years"]
    years: int = Field(ge=0)
    overseas_exempt: bool
    members: Literal[False] = False

    def judge(self, form: CleanedForm, organisation: Applicant) -> Finding:
        """Unknown where the form does not say, or where it hangs on an unknown commune."""
        planned, field = form.project.spread_within_years, "project.spread_within_years"
        if planned is not None and planned <= self.years:
            return Finding("pass", planned)
        commune = organisation.identifiers.commune
        if self.overseas_exempt and commune is not None and is_overseas(commune):
            return Finding("pass", planned)
        if planned is None:
            return missing("spread-missing", field, years=self.years)
        if self.overseas_exempt and commune is None:
            return missing("spread-commune-missing", f"{organisation.path}.commune", planned, years=self.years)
        return failed("spread-too-slow", field, planned, planned=planned, years=self.years)
