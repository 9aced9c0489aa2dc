"""Applications (candidatures): what forms publish and what intake says of them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.declared import DeclaredOrganisation, DeclaredProject
from contracts.message import (
    BARE,
    MOST_TAGS,
    MOST_TERRITORIES,
    Code,
    Comment,
    EventData,
    LongText,
    Message,
    Name,
    Reason,
    Reasons,
    ShortText,
    StateChange,
    Territory,
    Track,
)
from contracts.moments import Moment
from contracts.states import KnownApplicationState
from contracts.typed import AS_MANY, DeclaredPerson, TypedTruth
from contracts.unpublished import UNPUBLISHED

TagKind = Literal["theme", "public"]
Identifier = Annotated[str, Field(pattern=r"^[^\x00]*$", max_length=40), BARE]
"""An identifier as intake has cleaned and checked it."""


class ApplicationForm(EventData):
    """A whole application as its form holds it."""

    topic_name: ClassVar[str] = "forms.applications.v1"
    key_field: ClassVar[str] = "application_id"

    application_id: UUID = Field(description="Given by the form; the same for every correction")
    track: Track = Field(description="implantation: the City decides; contest: La France s'engage does")
    submitted_at: Moment = Field(description="When the applicant sent the form; decides the edition")
    organisation: DeclaredOrganisation = Field(description="Who applies; of a coalition, its lead")
    members: Annotated[tuple[DeclaredOrganisation, ...], AS_MANY] | None = Field(
        default=(), description="The other organisations of a coalition, at most 20"
    )
    project: DeclaredProject = Field(description="What is applied for")
    lead: DeclaredPerson = Field(description="The person who leads the association (responsable)")
    consent: TypedTruth = Field(default=False, description="The lead agrees to the processing of their data")
    texts_public: TypedTruth = Field(
        default=None,
        description="Whether the project's title and summary, and an organisation's name that may be one person's, may "
        "be published; no keeps them to who has to act on the application, and null is asked back",
    )


class ApplicationSubmitted(ApplicationForm):
    """An association sent its application."""

    event_type: ClassVar[str] = "engage.application.submitted.v1"
    minor: ClassVar[int] = 1
    whole: ClassVar[bool] = True


class ApplicationCorrected(ApplicationForm):
    """The association sent its application again, in full, with corrections; `submitted_at` stays the first one's."""

    event_type: ClassVar[str] = "engage.application.corrected.v1"
    minor: ClassVar[int] = 1

    corrected_at: Moment = Field(description="When the applicant sent the correction")


class ApplicationWithdrawalRequested(EventData):
    """The association takes its application back."""

    event_type: ClassVar[str] = "engage.application.withdrawal-requested.v1"
    topic_name: ClassVar[str] = "forms.applications.v1"
    key_field: ClassVar[str] = "application_id"

    application_id: UUID = Field(description="The application that is taken back")
    requested_at: Moment = Field(description="When the applicant asked")
    reason: Code | None = Field(default=None, description="Why, as a code of the form's vocabulary")
    comment: Comment | None = Field(default=None, description="Why, in the applicant's words; never passed on")


class Organisation(Message):
    """An organisation with cleaned identifiers: public facts only."""

    name: ShortText = Field(
        description=f"Name as the organisation writes it; {UNPUBLISHED} where it may be one person's who did not agree"
    )
    siren: Identifier | None = Field(default=None, description="SIREN, nine digits, checked")
    rna: Identifier | None = Field(default=None, description="Number in the national register of associations, cleaned")
    commune: Identifier | None = Field(default=None, description="INSEE code of the headquarters' commune")
    identified_by: Code = Field(description="siren, rna, or name-and-commune (then the application is flagged)")


class Project(Message):
    """A project as it is assigned to needs."""

    title: ShortText = Field(description=f"Name of the project; {UNPUBLISHED} where who wrote it did not agree")
    summary: LongText = Field(
        description=f"What the project does, for whom and how; {UNPUBLISHED} where who wrote it did not agree"
    )
    themes: tuple[Code, ...] = Field(max_length=MOST_TAGS, description="Social themes that it works on")
    publics: tuple[Code, ...] = Field(max_length=MOST_TAGS, description="Whom it serves")
    territories: tuple[Territory, ...] = Field(
        max_length=MOST_TERRITORIES, description="Where in the city; empty where that is not known"
    )


class ApplicationState(StateChange[KnownApplicationState, Code]):
    """What every event of an application carries."""

    topic_name: ClassVar[str] = "applications.v1"
    key_field: ClassVar[str] = "application_id"

    application_id: UUID = Field(description="The application")
    track: Track = Field(description="implantation: the City decides; contest: La France s'engage does")
    edition: Name = Field(description="The edition whose rules were read, such as contest-2025")
    lead_id: UUID = Field(description="The person who leads the association; how to reach them is on contacts.v1")
    organisation: Organisation = Field(description="Who applies")
    project_title: ShortText = Field(description=f"Name of the project; {UNPUBLISHED} where who wrote it did not agree")
    rules_version: Name = Field(description="Version of the rules that were read")


class ProposedTag(Message):
    """A theme or a public that the project's text suggests; it counts for nothing until the applicant confirms it."""

    kind: TagKind = Field(description="theme or public")
    code: Code = Field(description="The tag", examples=["youth-employment"])
    because: tuple[Name, ...] = Field(
        max_length=200,
        description="The words of the text that suggest it, as they are written there, in its order; none where "
        "the text may not be published",
    )


class ApplicationTakingPart(ApplicationState):
    """What every event carries of an application that meets every rule."""

    project: Project = Field(description="What is assigned to needs")
    members: int = Field(
        default=0, ge=0, le=20, description="Organisations of a coalition besides its lead; 0 for none"
    )
    remarks: Reasons = Field(default=(), description="Codes that no vocabulary has: taken as they are, or corrected")


class ApplicationRegistered(ApplicationTakingPart):
    """The application meets every rule of its edition and takes part."""

    event_type: ClassVar[str] = "engage.application.registered.v1"

    proposed_tags: tuple[ProposedTag, ...] = Field(
        default=(),
        max_length=20,
        description="For a form that names no theme, or no public: confirmed by a correction that does",
    )
    lexicon_version: Name | None = Field(default=None, description="Version of the lexicon that proposed them")


class ApplicationAmended(ApplicationTakingPart):
    """A registered application has a new version that still meets every rule."""

    event_type: ClassVar[str] = "engage.application.amended.v1"


class ApplicationRejected(ApplicationState):
    """At least one rule fails; every reason is given."""

    event_type: ClassVar[str] = "engage.application.rejected.v1"
    minor: ClassVar[int] = 1

    reasons: Reasons = Field(description="Every rule that fails, with the field it reads")
    asked: Reasons = Field(
        default=(),
        description="What is missing or can't be read besides; it can be mended, and that alone changes nothing",
    )


class CorrectionRequested(ApplicationState):
    """At least one rule can't be answered; the fields or documents that are missing are asked for."""

    event_type: ClassVar[str] = "engage.application.correction-requested.v1"

    reasons: Reasons = Field(description="Every field or document that is missing, and why it is needed")


class ApplicationFlagged(ApplicationState):
    """Something a person should look at (a possible duplicate, an earlier laureate …); nothing is dropped."""

    event_type: ClassVar[str] = "engage.application.flagged.v1"

    flags: tuple[Reason, ...] = Field(max_length=100, description="What was noticed")
    related_application_ids: tuple[UUID, ...] = Field(
        default=(), max_length=100, description="The applications it resembles, of many the first"
    )


class ApplicationFormRefused(EventData):
    """A form about an application that is not its source's, or that names another source's person; nothing changed."""

    event_type: ClassVar[str] = "engage.application.form-refused.v1"
    topic_name: ClassVar[str] = "applications.v1"
    key_field: ClassVar[str] = "application_id"

    application_id: UUID = Field(description="The application that the form was about")
    occurred_at: Moment = Field(description="When the form was sent")
    reasons: Reasons = Field(description="Why it can't be taken")


class ApplicationContentErased(EventData):
    """What an application's form said was forgotten, because its lead asked for it; its decisions stay."""

    event_type: ClassVar[str] = "engage.application.content-erased.v1"
    topic_name: ClassVar[str] = "applications.v1"
    key_field: ClassVar[str] = "application_id"

    application_id: UUID = Field(description="The application")
    lead_id: UUID = Field(description="The person who led it, by an id that leads nowhere any more")
    occurred_at: Moment = Field(description="When it was asked for")


class ApplicationWithdrawn(ApplicationState):
    """The application was taken back and takes no further part."""

    event_type: ClassVar[str] = "engage.application.withdrawn.v1"
