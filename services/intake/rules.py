"""The kinds of rules that an edition can have: each answers pass, fail or unknown, and says what is wrong.

A rule reads only the application and its own parameters. Missing data is unknown and never a fail, except
for consent: silence is no consent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeAlias

from pydantic import ConfigDict, Field

from services.intake.applications import Applicant, Candidate
from services.intake.identifiers import is_abroad, is_overseas

Answer = Literal["pass", "fail", "unknown"]


class Problem(NamedTuple):
    """Why a rule does not pass: a reason's code, the form's field, and the values that its text names."""

    code: str
    field: str
    values: Mapping[str, object] = {}


class Finding(NamedTuple):
    """What a rule answers of one organisation, with the value that it saw."""

    answer: Answer
    observed: object
    problems: tuple[Problem, ...] = ()


_CLOSED: Final = ConfigDict(extra="forbid")


def _missing(code: str, field: str, observed: object = None, **values: object) -> Finding:
    return Finding("unknown", observed, (Problem(code, field, values),))


def _failed(code: str, field: str, observed: object, **values: object) -> Finding:
    return Finding("fail", observed, (Problem(code, field, values),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The lead agrees to the processing of their data."""

    __pydantic_config__ = _CLOSED
    id: str
    kind: Literal["consent"]
    members: Literal[False] = False

    def judge(self, candidate: Candidate, organisation: Applicant) -> Finding:
        """Passes with consent, fails without."""
        return Finding("pass", True) if candidate.form.consent else _failed("consent-missing", "consent", False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiersValid:
    """Each identifier that is given is well formed, and SIREN and SIRET agree; none is required."""

    __pydantic_config__ = _CLOSED
    id: str
    kind: Literal["identifiers-valid"]
    members: bool

    def judge(self, candidate: Candidate, organisation: Applicant) -> Finding:
        """Fails with one problem for each identifier that is wrong."""
        siren, siret, rna, commune, inferred, defects = organisation.identifiers
        observed = {"siren": siren, "siret": siret, "rna": rna, "commune": commune, "siren_inferred": inferred}
        if not defects:
            return Finding("pass", observed)
        path = organisation.path
        return Finding("fail", observed, tuple(Problem(code, f"{path}.{field}") for code, field in defects))


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadquartersInFrance:
    """The headquarters' commune is a French one, overseas included."""

    __pydantic_config__ = _CLOSED
    id: str
    kind: Literal["headquarters-in-france"]
    members: bool

    def judge(self, candidate: Candidate, organisation: Applicant) -> Finding:
        """Unknown without a commune."""
        commune = organisation.identifiers.commune
        if commune is None:
            return _missing("commune-missing", f"{organisation.path}.commune")
        if is_abroad(commune):
            return _failed("headquarters-abroad", f"{organisation.path}.commune", commune)
        return Finding("pass", commune)


@dataclass(frozen=True, slots=True, kw_only=True)
class Existence:
    """The organisation was published in the Journal officiel at least `years` before the day `as_of`."""

    __pydantic_config__ = _CLOSED
    id: str
    kind: Literal["existence"]
    members: bool
    years: int = Field(ge=1)
    as_of: date

    def judge(self, candidate: Candidate, organisation: Applicant) -> Finding:
        """Passes on the anniversary itself; unknown without a date of publication."""
        published = organisation.declared.published_on
        field = f"{organisation.path}.published_on"
        if published is None:
            return _missing("publication-missing", field)
        if published <= self.latest_publication:
            return Finding("pass", published)
        return _failed(
            "existence-too-short", field, published, published_on=published, years=self.years, as_of=self.as_of
        )

    @property
    def latest_publication(self) -> date:
        """The last day of publication that passes."""
        try:
            return self.as_of.replace(year=self.as_of.year - self.years)
        except ValueError:  # 29 February of a year that has none
            return self.as_of.replace(year=self.as_of.year - self.years, day=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Income:
    """Operating income of `minimum_eur` (or above it, with `>`), lower overseas, in `year` where one is set."""

    __pydantic_config__ = _CLOSED
    id: str
    kind: Literal["income"]
    members: bool
    minimum_eur: int = Field(gt=0)
    comparison: Literal[">", ">="]
    overseas_minimum_eur: int | None = Field(default=None, gt=0)
    year: int | None = None

    def judge(self, candidate: Candidate, organisation: Applicant) -> Finding:
        """Unknown without an amount, with that of another year, or where it hangs on an unknown commune."""
        declared, path = organisation.declared, organisation.path
        amount, field = declared.operating_income_eur, f"{path}.operating_income_eur"
        if amount is None:
            return _missing("income-missing" if self.year is None else "income-of-year-missing", field, year=self.year)
        if self.year is not None and declared.income_year != self.year:
            return _missing("income-of-year-missing", f"{path}.income_year", amount, year=self.year)
        if self._meets(amount, self.minimum_eur):
            return Finding("pass", amount)
        commune = organisation.identifiers.commune
        if self.overseas_minimum_eur is None or (commune is not None and not is_overseas(commune)):
            return self._too_low(field, amount, self.minimum_eur)
        if not self._meets(amount, self.overseas_minimum_eur):
            return self._too_low(field, amount, self.overseas_minimum_eur)
        if commune is None:
            return _missing("income-commune-missing", f"{path}.commune", amount, minimum_eur=self.minimum_eur)
        return Finding("pass", amount)

    def _meets(self, amount: int, minimum: int) -> bool:
        return amount >= minimum if self.comparison == ">=" else amount > minimum

    def _too_low(self, field: str, amount: int, minimum: int) -> Finding:
        code = "income-below-minimum" if self.comparison == ">=" else "income-not-above-minimum"
        return _failed(code, field, amount, income_eur=amount, minimum_eur=minimum)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalForm:
    """The legal form is one of `allowed` (where given) and none of `excluded`."""

    __pydantic_config__ = _CLOSED
    id: str
    kind: Literal["legal-form"]
    members: bool
    allowed: tuple[str, ...] | None = None
    excluded: tuple[str, ...] = ()

    def judge(self, candidate: Candidate, organisation: Applicant) -> Finding:
        """Unknown where no legal form is declared."""
        form, field = organisation.declared.legal_form, f"{organisation.path}.legal_form"
        if form is None:
            return _missing("legal-form-missing", field)
        if form in self.excluded or (self.allowed is not None and form not in self.allowed):
            return _failed("legal-form-not-allowed", field, form, legal_form=form)
        return Finding("pass", form)


@dataclass(frozen=True, slots=True, kw_only=True)
class EsusApprovedBefore:
    """A social enterprise was approved ESUS before the day `before`; other legal forms are not concerned."""

    __pydantic_config__ = _CLOSED
    id: str
    kind: Literal["esus-approved-before"]
    members: bool
    before: date
    legal_forms: tuple[str, ...]

    def judge(self, candidate: Candidate, organisation: Applicant) -> Finding:
        """Unknown without a legal form, or for a social enterprise without a date of approval."""
        declared, field = organisation.declared, f"{organisation.path}.esus_approved_on"
        if declared.legal_form is None:
            return _missing("legal-form-missing", f"{organisation.path}.legal_form")
        approved = declared.esus_approved_on
        if declared.legal_form not in self.legal_forms:
            return Finding("pass", approved)
        if approved is None:
            return _missing("esus-approval-missing", field, before=self.before)
        if approved < self.before:
            return Finding("pass", approved)
        return _failed("esus-approved-too-late", field, approved, approved_on=approved, before=self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverLaureateSince:
    """The organisation was not a laureate of the national contest in `year` or later."""

    __pydantic_config__ = _CLOSED
    id: str
    kind: Literal["never-laureate-since"]
    members: bool
    year: int

    def judge(self, candidate: Candidate, organisation: Applicant) -> Finding:
        """Unknown where the form does not say, or says a laureate's year of one that it calls no laureate."""
        laureate, won = organisation.declared.laureate, organisation.declared.laureate_year
        path = organisation.path
        if laureate is None and won is None:
            return _missing("laureate-missing", f"{path}.laureate")
        if laureate is False:
            return Finding("pass", False) if won is None else _missing("laureate-unclear", f"{path}.laureate", won)
        if won is None:
            return _missing("laureate-year-missing", f"{path}.laureate_year", True)
        if won >= self.year:
            return _failed("laureate-already", f"{path}.laureate_year", won, won=won, since=self.year)
        return Finding("pass", won)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaureateRequired:
    """The organisation is a laureate of the national contest; a laureate's year says so too."""

    __pydantic_config__ = _CLOSED
    id: str
    kind: Literal["laureate-required"]
    members: bool

    def judge(self, candidate: Candidate, organisation: Applicant) -> Finding:
        """Unknown where the form does not say, or says both yes and no."""
        laureate, won = organisation.declared.laureate, organisation.declared.laureate_year
        field = f"{organisation.path}.laureate"
        if laureate is True or (laureate is None and won is not None):
            return Finding("pass", won or True)
        if laureate is None:
            return _missing("laureate-missing", field)
        return _failed("laureate-required", field, False) if won is None else _missing("laureate-unclear", field, won)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadWithinYears:
    """The project spreads to another administrative region within `years`; overseas may stay in its own."""

    __pydantic_config__ = _CLOSED
    id: str
    kind: Literal["spread-within-years"]
    years: int = Field(ge=0)
    overseas_exempt: bool
    members: Literal[False] = False

    def judge(self, candidate: Candidate, organisation: Applicant) -> Finding:
        """Unknown where the form does not say, or where it hangs on an unknown commune."""
        planned, field = candidate.form.project.spread_within_years, "project.spread_within_years"
        if planned is not None and planned <= self.years:
            return Finding("pass", planned)
        commune = organisation.identifiers.commune
        if self.overseas_exempt and commune is not None and is_overseas(commune):
            return Finding("pass", planned)
        if planned is None:
            return _missing("spread-missing", field, years=self.years)
        if self.overseas_exempt and commune is None:
            return _missing("spread-commune-missing", f"{organisation.path}.commune", planned, years=self.years)
        return _failed("spread-too-slow", field, planned, planned=planned, years=self.years)


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


def flattened(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as a file has it, `{id, kind, parameters, …}`, with its parameters beside its id and kind."""
    return {**{name: value for name, value in rule.items() if name != "parameters"}, **rule.get("parameters", {})}
