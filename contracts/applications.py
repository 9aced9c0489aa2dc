"""Applications (candidatures): what forms publish and what intake says of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.message import (
    Code,
    EventData,
    LongText,
    Message,
    Person,
    Reason,
    ShortText,
    StateChange,
    Territory,
    Track,
)

Identifier = Annotated[str, Field(max_length=40)]
"""An identifier as a person typed it or a spreadsheet mangled it; intake cleans and checks it."""


class DeclaredOrganisation(Message):
    """An organisation as the form declares it; null means that the form did not say."""

    name: ShortText
    siren: Identifier | None = None
    siret: Identifier | None = None
    rna: Identifier | None = None
    legal_form: Code | None = Field(
        default=None, description="association, foundation, endowment-fund, esus-company, corporate-foundation …"
    )
    commune: Identifier | None = Field(default=None, description="INSEE code of the headquarters' commune")
    published_on: date | None = Field(default=None, description="Publication in the Journal officiel")
    esus_approved_on: date | None = None
    operating_income_eur: int | None = Field(default=None, ge=0, description="Euros, in `income_year`")
    income_year: int | None = None
    laureate: bool | None = Field(default=None, description="Already a laureate of the national contest")
    laureate_year: int | None = None


class DeclaredProject(Message):
    """The project; its text is public, so it is written without naming anyone."""

    title: ShortText
    summary: LongText = ""
    themes: tuple[Code, ...] = Field(default=(), max_length=20)
    publics: tuple[Code, ...] = Field(default=(), max_length=20)
    territories: tuple[Territory, ...] = Field(
        default=(), max_length=50, description="Where in Marseille; empty where the form did not say"
    )
    spread_within_years: int | None = Field(
        default=None, ge=0, description="Years until it works in another administrative region"
    )


class ApplicationForm(EventData):
    """A whole application as its form holds it."""

    key_field: ClassVar[str] = "application_id"

    application_id: UUID
    track: Track
    submitted_at: AwareDatetime = Field(description="When the applicant sent the form; decides the edition")
    organisation: DeclaredOrganisation
    members: tuple[DeclaredOrganisation, ...] = Field(default=(), max_length=20, description="Of a coalition")
    project: DeclaredProject
    lead: Person
    consent: bool = Field(default=False, description="The lead agrees to the processing of their data")


class ApplicationSubmitted(ApplicationForm):
    """An association sent its application."""

    event_type: ClassVar[str] = "engage.application.submitted.v1"


class ApplicationCorrected(ApplicationForm):
    """The association sent its application again, whole, with corrections; `submitted_at` stays the first one's."""

    event_type: ClassVar[str] = "engage.application.corrected.v1"

    corrected_at: AwareDatetime


class ApplicationWithdrawalRequested(EventData):
    """The association takes its application back."""

    event_type: ClassVar[str] = "engage.application.withdrawal-requested.v1"
    key_field: ClassVar[str] = "application_id"

    application_id: UUID
    requested_at: AwareDatetime
    reason: str | None = Field(default=None, max_length=500)


class Organisation(Message):
    """An organisation with cleaned identifiers: public facts only."""

    name: ShortText
    siren: str | None = None
    rna: str | None = None
    commune: str | None = None
    identified_by: Code = Field(description="siren, rna, or name-and-commune (then the application is flagged)")


class Project(Message):
    """A project as it is assigned to needs."""

    title: ShortText
    summary: LongText
    themes: tuple[Code, ...]
    publics: tuple[Code, ...]
    territories: tuple[Territory, ...]


class ApplicationState(StateChange):
    """What every event of an application carries."""

    key_field: ClassVar[str] = "application_id"

    application_id: UUID
    track: Track
    edition: str = Field(description="The edition whose rules were read, such as contest-2025")
    lead_id: UUID
    organisation: Organisation
    project_title: ShortText
    rules_version: str


class ApplicationRegistered(ApplicationState):
    """The application meets every rule of its edition and takes part."""

    event_type: ClassVar[str] = "engage.application.registered.v1"

    project: Project


class ApplicationAmended(ApplicationState):
    """A registered application has a new version that still meets every rule."""

    event_type: ClassVar[str] = "engage.application.amended.v1"

    project: Project


class ApplicationRejected(ApplicationState):
    """At least one rule fails; every reason is given."""

    event_type: ClassVar[str] = "engage.application.rejected.v1"

    reasons: tuple[Reason, ...]


class CorrectionRequested(ApplicationState):
    """At least one rule can't be answered; the fields or documents that are missing are asked for."""

    event_type: ClassVar[str] = "engage.application.correction-requested.v1"

    reasons: tuple[Reason, ...]


class ApplicationFlagged(ApplicationState):
    """Something a person should look at (a possible duplicate, an earlier laureate …); nothing is dropped."""

    event_type: ClassVar[str] = "engage.application.flagged.v1"

    flags: tuple[Reason, ...]
    related_application_ids: tuple[UUID, ...] = ()


class ApplicationWithdrawn(ApplicationState):
    """The application was taken back and takes no further part."""

    event_type: ClassVar[str] = "engage.application.withdrawn.v1"
