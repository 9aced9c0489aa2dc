"""Rules of who has won the national contest before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.intake.cleaned_forms import Applicant, CleanedForm
from services.intake.rules.finding import CLOSED, Finding, failed, missing


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverLaureateSince:
    """The organisation was not a laureate of the national contest in `year` or later."""

    __pydantic_config__ = CLOSED
    id: str
    kind: Literal["never-laureate-since"]
    members: bool
    year: int

    def judge(self, form: CleanedForm, organisation: Applicant) -> Finding:
        """Unknown where the form does not say, or says a laureate's year of one that it calls no laureate."""
        laureate, won = organisation.declared.laureate, organisation.declared.laureate_year
        path = organisation.path
        if laureate is None and won is None:
            return missing("laureate-missing", f"{path}.laureate")
        if laureate is False:
            return Finding("pass", False) if won is None else missing("laureate-unclear", f"{path}.laureate", won)
        if won is None:
            return missing("laureate-year-missing", f"{path}.laureate_year", True)
        if won >= self.year:
            return failed("laureate-already", f"{path}.laureate_year", won, won=won, since=self.year)
        return Finding("pass", won)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaureateRequired:
    """The organisation is a laureate of the national contest; a laureate's year says so too."""

    __pydantic_config__ = CLOSED
    id: str
    kind: Literal["laureate-required"]
    members: bool

    def judge(self, form: CleanedForm, organisation: Applicant) -> Finding:
        """Unknown where the form does not say, or says both yes and no."""
        laureate, won = organisation.declared.laureate, organisation.declared.laureate_year
        field = f"{organisation.path}.laureate"
        if laureate is True or (laureate is None and won is not None):
            return Finding("pass", won or True)
        if laureate is None:
            return missing("laureate-missing", field)
        return failed("laureate-required", field, False) if won is None else missing("laureate-unclear", field, won)
