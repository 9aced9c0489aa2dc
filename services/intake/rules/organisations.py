"""Rules of an organisation: who it is, where it sits, what it is in law and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import Field

from services.intake.cleaned_forms import Applicant, CleanedForm
from services.intake.identifiers import is_abroad
from services.intake.rules.finding import CLOSED, Finding, Problem, failed, missing


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiersValid:
    """Each identifier that is given is well formed, and SIREN and SIRET agree; none is required."""

    __pydantic_config__ = CLOSED
    id: str
    kind: Literal["identifiers-valid"]
    members: bool

    def judge(self, form: CleanedForm, organisation: Applicant) -> Finding:
        """Unknown, with one problem for each identifier that is wrong: it is asked for."""
        siren, siret, rna, commune, inferred, defects = organisation.identifiers
        observed = {"siren": siren, "siret": siret, "rna": rna, "commune": commune, "siren_inferred": inferred}
        if not defects:
            return Finding("pass", observed)
        path = organisation.path
        return Finding("unknown", observed, tuple(Problem(code, f"{path}.{field}") for code, field in defects))


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadquartersInFrance:
    """The headquarters' commune is a French one, overseas included."""

    __pydantic_config__ = CLOSED
    id: str
    kind: Literal["headquarters-in-france"]
    members: bool

    def judge(self, form: CleanedForm, organisation: Applicant) -> Finding:
        """Unknown without a commune."""
        commune = organisation.identifiers.commune
        if commune is None:
            return missing("commune-missing", f"{organisation.path}.commune")
        if is_abroad(commune):
            return failed("headquarters-abroad", f"{organisation.path}.commune", commune)
        return Finding("pass", commune)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalForm:
    """The legal form is one of `allowed` (where given) and none of `excluded`."""

    __pydantic_config__ = CLOSED
    id: str
    kind: Literal["legal-form"]
    members: bool
    allowed: tuple[str, ...] | None = None
    excluded: tuple[str, ...] = ()

    def judge(self, form: CleanedForm, organisation: Applicant) -> Finding:
        """Unknown where no legal form is declared."""
        legal_form, field = organisation.declared.legal_form, f"{organisation.path}.legal_form"
        if legal_form is None:
            return missing("legal-form-missing", field)
        if legal_form in self.excluded or (self.allowed is not None and legal_form not in self.allowed):
            return failed("legal-form-not-allowed", field, legal_form, legal_form=legal_form)
        return Finding("pass", legal_form)


@dataclass(frozen=True, slots=True, kw_only=True)
class EsusApprovedBefore:
    """A social enterprise was approved ESUS before the day `before`; other legal forms are not concerned."""

    __pydantic_config__ = CLOSED
    id: str
    kind: Literal["esus-approved-before"]
    members: bool
    before: date
    legal_forms: tuple[str, ...]

    def judge(self, form: CleanedForm, organisation: Applicant) -> Finding:
        """Unknown without a legal form, or for a social enterprise without a date of approval."""
        declared, field = organisation.declared, f"{organisation.path}.esus_approved_on"
        if declared.legal_form is None:
            return missing("legal-form-missing", f"{organisation.path}.legal_form")
        approved = declared.esus_approved_on
        if declared.legal_form not in self.legal_forms:
            return Finding("pass", approved)
        if approved is None:
            return missing("esus-approval-missing", field, before=self.before)
        if approved < self.before:
            return Finding("pass", approved)
        return failed("esus-approved-too-late", field, approved, approved_on=approved, before=self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Existence:
    """The organisation was published in the Journal officiel at least `years` before the day `as_of`."""

    __pydantic_config__ = CLOSED
    id: str
    kind: Literal["existence"]
    members: bool
    years: int = Field(ge=1)
    as_of: date

    def judge(self, form: CleanedForm, organisation: Applicant) -> Finding:
        """Passes on the anniversary itself; unknown without a date of publication."""
        published = organisation.declared.published_on
        field = f"{organisation.path}.published_on"
        if published is None:
            return missing("publication-missing", field)
        if published <= self.latest_publication:
            return Finding("pass", published)
        return failed(
            "existence-too-short", field, published, published_on=published, years=self.years, as_of=self.as_of
        )

    @property
    def latest_publication(self) -> date:
        """The last day of publication that passes."""
        try:
            return self.as_of.replace(year=self.as_of.year - self.years)
        except ValueError:  # 29 February of a year that has none
            return self.as_of.replace(year=self.as_of.year - self.years, day=28)
