"""Rules of what an organisation earns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from services.intake.cleaned_forms import Applicant, CleanedForm
from services.intake.identifiers import is_overseas
from services.intake.rules.finding import CLOSED, Finding, failed, missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Income:
    """Operating income of `minimum_eur` (or above it, with `>`), lower overseas, in `year` where one is set."""

    __pydantic_config__ = CLOSED
    id: str
    kind: Literal["income"]
    members: bool
    minimum_eur: int = Field(gt=0)
    comparison: Literal[">", ">="]
    overseas_minimum_eur: int | None = Field(default=None, gt=0)
    year: int | None = None

    def judge(self, form: CleanedForm, organisation: Applicant) -> Finding:
        """Unknown without an amount, with that of another year, or where it hangs on an unknown commune."""
        declared, path = organisation.declared, organisation.path
        amount, field = declared.operating_income_eur, f"{path}.operating_income_eur"
        if amount is None:
            return missing("income-missing" if self.year is None else "income-of-year-missing", field, year=self.year)
        if self.year is not None and declared.income_year != self.year:
            return missing("income-of-year-missing", f"{path}.income_year", amount, year=self.year)
        if self._meets(amount, self.minimum_eur):
            return Finding("pass", amount)
        commune = organisation.identifiers.commune
        if self.overseas_minimum_eur is None or (commune is not None and not is_overseas(commune)):
            return self._too_low(field, amount, self.minimum_eur)
        if not self._meets(amount, self.overseas_minimum_eur):
            return self._too_low(field, amount, self.overseas_minimum_eur)
        if commune is None:
            return missing("income-commune-missing", f"{path}.commune", amount, minimum_eur=self.minimum_eur)
        return Finding("pass", amount)

    def _meets(self, amount: int, minimum: int) -> bool:
        return amount >= minimum if self.comparison == ">=" else amount > minimum

    def _too_low(self, field: str, amount: int, minimum: int) -> Finding:
        code = "income-below-minimum" if self.comparison == ">=" else "income-not-above-minimum"
        return failed(code, field, amount, income_eur=amount, minimum_eur=minimum)
