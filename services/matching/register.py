"""What matching keeps: candidates, needs and the assignments that hold one against the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

from contracts.applications import ApplicationAmended, ApplicationRegistered
from contracts.needs import Need as PublicNeed
from contracts.needs import NeedForm
from services.matching.profiles import (
    NeedProfile,
    ProjectProfile,
    is_summarised,
    profile_of_need,
    profile_of_project,
)
from services.matching.rules import Rules

ROLLING_TRACK: Final = "implantation"
"""The track whose applications are proposed as they come; the contest's are nominated in rounds."""
NeedState = Literal["open", "review-due", "closed"]
AssignmentState = Literal["proposed", "confirmed", "declined", "released"]


# A tuple, as all that is made for each application: a frozen dataclass takes four times as long to make.
class Candidate(NamedTuple):
    """A registered application: what its assignments show of it, and its project's profile."""

    application_id: UUID
    track: str
    lead_id: UUID
    organisation_name: str
    project_title: str
    themes: tuple[str, ...]
    publics: tuple[str, ...]
    territories: tuple[str, ...]
    summarised: bool
    profile: ProjectProfile
    members: int = 0
    """Organisations of a coalition besides its lead."""
    laureate: bool = False
    """It won the contest and so takes part in implantation, whatever track its form names."""

    def as_laureate(self) -> Candidate:
        """The same candidate once it has won the contest."""
        return self._replace(track=ROLLING_TRACK, laureate=True)


def candidate_of(application: ApplicationRegistered | ApplicationAmended) -> Candidate:
    """The candidate that an application is as it was registered or amended."""
    project = application.project
    return Candidate(
        application.application_id,
        application.track,
        application.lead_id,
        application.organisation.name,
        project.title,
        project.themes,
        project.publics,
        project.territories,
        is_summarised(project),
        profile_of_project(project),
        application.members,
    )


@dataclass(frozen=True, slots=True)
class NeedDocument:
    """One revision of a need; `revision` is the id of the event that declared it so."""

    revision: UUID
    content: PublicNeed
    profile: NeedProfile


def public_need(form: NeedForm) -> PublicNeed:
    """What of a need's form is published: all but its evidence and its owner's particulars."""
    return PublicNeed(
        title=form.title,
        description=form.description,
        themes=form.themes,
        publics=form.publics,
        territories=form.territories,
        coverage=form.coverage,
        salience=form.salience,
        capacity=form.capacity,
        directorate=form.directorate,
        strategic_axis=form.strategic_axis,
        review_on=form.review_on,
    )


def need_document(revision: UUID, content: PublicNeed, rules: Rules) -> NeedDocument:
    """A need's revision with its profile."""
    return NeedDocument(revision, content, profile_of_need(content, rules))


@dataclass(slots=True)
class Need:
    """A need as it stands: its newest revision, and how many places people have filled by their word."""

    need_id: UUID
    version: int
    state: NeedState
    owner_id: UUID
    document: NeedDocument
    fixed: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the need takes projects at all."""
        return self.state == "open"

    @property
    def capacity(self) -> int:
        """How many projects it can hold."""
        return self.document.content.capacity

    def places(self) -> tuple[int, ...]:
        """What each place that is left counts, in points of urgency: the first one, and no other, by its urgency."""
        if not self.is_open or self.fixed >= self.capacity:
            return ()
        first = (self.document.profile.urgency,) if not self.fixed else (0,)
        return first + (0,) * (self.capacity - self.fixed - 1)


@dataclass(slots=True)
class Assignment:
    """An application held against a need; `parts` is the fit's points by part as JSON text.

    `actor` and `reason` are those of the last change of state. What is `pinned` no event but a person's moves.
    """

    assignment_id: UUID
    application_id: UUID
    need_id: UUID
    state: AssignmentState
    version: int
    fit: int
    parts: str
    rules_version: str
    actor: str
    reason: str | None
    pinned: bool = False

    @property
    def is_live(self) -> bool:
        """Whether it holds a place."""
        return self.state in {"proposed", "confirmed"}

    @property
    def is_fixed(self) -> bool:
        """Whether a person holds it, so that no optimum moves it."""
        return self.state == "confirmed" or (self.state == "proposed" and self.pinned)


class Forbidden(NamedTuple):
    """A person's word that an application is not for a need."""

    application_id: UUID
    need_id: UUID
    actor: str
    reason: str


class ContestVerdict(NamedTuple):
    """What a jury decided of an application, kept secret until `publish_at`; `scores` as JSON text.

    The ids are those of the event that brought it, which stays the cause of its publication.
    """

    application_id: UUID
    decision: str
    scores: str
    publish_at: datetime
    actor: str
    reason: str | None
    event_id: UUID
    correlation_id: UUID
    traceparent: str | None


class Recusal(NamedTuple):
    """A person who abstains wholly from an application's file."""

    application_id: UUID
    person_id: UUID
