"""What matching keeps: candidates, needs and the assignments that hold one against the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple
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

NeedState = Literal["open", "closed"]
AssignmentState = Literal["proposed", "confirmed", "declined", "released"]


@dataclass(frozen=True, slots=True)
class Candidate:
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
    """A need as it stands: its newest revision and how many projects it holds.

    `swept_to` is the last of the waiting candidates that its free places were offered to, where others
    with higher ids have not been looked at yet; None where none is left.
    """

    need_id: UUID
    version: int
    state: NeedState
    owner_id: UUID
    document: NeedDocument
    proposed: int = 0
    confirmed: int = 0
    swept_to: UUID | None = None

    @property
    def is_open(self) -> bool:
        """Whether the need takes projects at all."""
        return self.state == "open"

    @property
    def excess(self) -> int:
        """How many projects it holds beyond its capacity, which may have been revised down."""
        return self.proposed + self.confirmed - self.document.content.capacity

    @property
    def free_places(self) -> int:
        """How many more projects it can hold."""
        return max(0, -self.excess) if self.state == "open" else 0

    @property
    def level(self) -> int:
        """The urgency of its next place: 0 once it holds anybody."""
        return 0 if self.proposed or self.confirmed else self.document.profile.urgency


@dataclass(slots=True)
class Assignment:
    """An application held against a need; `parts` is the fit's points by part as JSON text.

    `actor` and `reason` are those of the last change of state.
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

    @property
    def is_live(self) -> bool:
        """Whether it holds a place."""
        return self.state in {"proposed", "confirmed"}


class Declined(NamedTuple):
    """A person's word that an application is not to be proposed for a need again."""

    application_id: UUID
    need_id: UUID
    actor: str
    reason: str
