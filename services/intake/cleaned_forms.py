"""A form as intake reads it: what people typed repaired where that is certain, and who applies with what worked out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

from contracts.applications import ApplicationForm
from contracts.declared import DeclaredOrganisation, DeclaredProject
from contracts.message import (
    MOST_COUNTED,
    MOST_LONG_CHARACTERS,
    MOST_SHORT_CHARACTERS,
    MOST_TAGS,
    MOST_TERRITORIES,
)
from contracts.moments import FIRST_FOUNDING_DAY, FIRST_FOUNDING_YEAR, LAST_DAY, LAST_YEAR
from contracts.unpublished import UNPUBLISHED
from libraries.folding import fold
from libraries.places.territories import territory
from libraries.typed import numbers, texts
from libraries.typed.labels import check_count, labels
from libraries.typed.people import ReadPerson, read_person
from libraries.typed.slip import Asked, Reading, Slip, Typed
from libraries.typed.times import check_times
from libraries.vocabularies.remarks import unknown_among
from libraries.vocabularies.vocabularies import public, theme
from libraries.work_days.city import CITY
from services.intake.identifiers import Identifiers, identify

_MOST_MEMBERS: Final = 20
_MOST_YEARS: Final = 1_000
UNNAMED: Final = "(sans nom)"
"""Stands where a name or a title is asked for: contracts want one there, and people read it in mails."""

# What an organisation of another form is called may be what one person is: a company, or one of which nobody said it.
_OF_SEVERAL: Final = frozenset({"association", "foundation", "endowment-fund", "corporate-foundation"})


class Organisation(NamedTuple):
    """An organisation as its form could be read; None where that does not say, or has to be asked back."""

    name: str | None
    legal_form: str | None
    published_on: date | None
    esus_approved_on: date | None
    operating_income_eur: int | None
    income_year: int | None
    laureate: bool | None
    laureate_year: int | None


class Project(NamedTuple):
    """A project as its form could be read."""

    title: str | None
    summary: str
    themes: tuple[str, ...]
    publics: tuple[str, ...]
    territories: tuple[str, ...]
    spread_within_years: int | None


class Applicant(NamedTuple):
    """An organisation of an application, the lead one or a member; `path` is its place in the form."""

    declared: Organisation
    identifiers: Identifiers
    path: str


class CleanedForm(NamedTuple):
    """What a form said, as far as it could be read; `asked` is what could not, and has to be asked back.

    `remarks` is what is taken as it is though no vocabulary has it: it meets no need, and nobody would see why.
    `lead` is None where nobody could be written to. With its organisations cleaned, and all keys under which it may be
    a duplicate; `project_key` is empty where the title holds no word. `texts_public` is whether they may be published.
    """

    said: ApplicationForm
    organisation: Applicant
    members: tuple[Applicant, ...]
    project: Project
    lead: ReadPerson | None
    consent: bool
    texts_public: bool
    asked: tuple[Asked, ...]
    remarks: tuple[Asked, ...]
    organisation_keys: tuple[str, ...]
    project_key: str

    @property
    def organisation_name(self) -> str:
        """What the organisation is called, also where that has to be asked for."""
        return self.organisation.declared.name or _shown(self.said.organisation.name)

    @property
    def title(self) -> str:
        """What the project is called, also where that has to be asked for."""
        return self.project.title or _shown(self.said.project.title)

    @property
    def public_name(self) -> str:
        """What anybody may know the organisation as: of several people the name is public, whoever applies for them."""
        is_public = self.texts_public or self.organisation.declared.legal_form in _OF_SEVERAL
        return self.organisation_name if is_public else UNPUBLISHED

    @property
    def public_title(self) -> str:
        """What anybody may know the project as."""
        return self.title if self.texts_public else UNPUBLISHED

    @property
    def public_summary(self) -> str:
        """What anybody may read of what the project does; whether somebody wrote of it shows."""
        return self.project.summary if self.texts_public or not self.project.summary else UNPUBLISHED


def clean_form(form: ApplicationForm, sent_at: datetime) -> CleanedForm:
    """Reads a form that was sent at a moment: repairs what was typed, and works out who applies with what.

    Never raises: whatever a form may hold is answered by the rules.
    """
    reading = Reading()
    check_times(form, sent_at, reading)
    consent = reading.read("consent", texts.truth, form.consent) is True
    organisation = _applicant(form.organisation, "organisation", reading)
    declared = form.members or ()
    reading.read("members", check_count, len(declared), most=_MOST_MEMBERS)
    members = tuple(
        _applicant(member, f"members.{place}", reading) for place, member in enumerate(declared[:_MOST_MEMBERS])
    )
    project = _project(form.project, reading)
    lead = read_person(form.lead, "lead", reading)
    texts_public = reading.read("texts_public", _answered, form.texts_public) is True
    # Folded and compared whole: a looser likeness would flag what only sounds alike, and people would stop looking.
    title = fold(project.title or "")
    return CleanedForm(
        form,
        organisation,
        members,
        project,
        lead,
        consent,
        texts_public,
        tuple(reading.asked),
        _remarks(form),
        organisation.identifiers.keys(organisation.declared.name or ""),
        f"project:{title}" if title else "",
    )


def _answered(typed: bool | Typed) -> bool:
    # No rule of an edition: whoever forgets it is asked, whatever the programme's rules are.
    answer = texts.truth(typed)
    if answer is None:
        raise Slip("texts-public-missing")
    return answer


def _remarks(form: ApplicationForm) -> tuple[Asked, ...]:
    project, on = form.project, CITY.day_of(form.submitted_at)
    themes = unknown_among(project.themes, "project.themes", "theme-unknown", on=on, most=MOST_TAGS)
    publics = unknown_among(project.publics, "project.publics", "public-unknown", on=on, most=MOST_TAGS)
    places = unknown_among(
        project.territories, "project.territories", "territory-out-of-date", on=on, most=MOST_TERRITORIES
    )
    return (*themes, *publics, *places)


def _shown(typed: Typed) -> str:
    """A name that has to be asked for, as much of it as an event takes."""
    text = "" if typed is None else str(typed).strip()
    return (
        text if 0 < len(text) <= MOST_SHORT_CHARACTERS else text[: MOST_SHORT_CHARACTERS - 1] + "…" if text else UNNAMED
    )


def _applicant(typed: DeclaredOrganisation, path: str, reading: Reading) -> Applicant:
    read = reading.read
    organisation = Organisation(
        read(f"{path}.name", texts.required, typed.name, most=MOST_SHORT_CHARACTERS),
        read(f"{path}.legal_form", texts.code, typed.legal_form),
        read(f"{path}.published_on", numbers.day, typed.published_on, first=FIRST_FOUNDING_DAY, last=LAST_DAY),
        read(f"{path}.esus_approved_on", numbers.day, typed.esus_approved_on, first=FIRST_FOUNDING_DAY, last=LAST_DAY),
        read(
            f"{path}.operating_income_eur",
            numbers.whole_number,
            typed.operating_income_eur,
            least=0,
            most=MOST_COUNTED,
        ),
        read(f"{path}.income_year", numbers.whole_number, typed.income_year, least=FIRST_FOUNDING_YEAR, most=LAST_YEAR),
        read(f"{path}.laureate", texts.truth, typed.laureate),
        read(
            f"{path}.laureate_year",
            numbers.whole_number,
            typed.laureate_year,
            least=FIRST_FOUNDING_YEAR,
            most=LAST_YEAR,
        ),
    )
    identifiers = identify(typed)
    # Of members too, whom no rule asks what they leave open: a number that is wrong is not left open.
    reading.asked += [Asked(code, f"{path}.{field}", {}) for code, field in identifiers.defects]
    return Applicant(organisation, identifiers, path)


def _project(typed: DeclaredProject, reading: Reading) -> Project:
    read = reading.read
    return Project(
        read("project.title", texts.required, typed.title, most=MOST_SHORT_CHARACTERS),
        read("project.summary", texts.optional, typed.summary, most=MOST_LONG_CHARACTERS) or "",
        labels(typed.themes, "project.themes", theme, reading, most=MOST_TAGS),
        labels(typed.publics, "project.publics", public, reading, most=MOST_TAGS),
        labels(typed.territories, "project.territories", territory, reading, most=MOST_TERRITORIES),
        read("project.spread_within_years", numbers.whole_number, typed.spread_within_years, least=0, most=_MOST_YEARS),
    )
