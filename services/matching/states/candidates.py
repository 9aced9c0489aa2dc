"""Applications as matching keeps them."""

from __future__ import annotations

from typing import Final, NamedTuple
from uuid import UUID

from contracts.applications import ApplicationAmended, ApplicationRegistered
from services.matching.states.profiles import ProjectProfile, is_summarised, profile_of_project

ROLLING_TRACK: Final = "implantation"
"""The track whose applications are proposed as they come; the contest's are nominated in rounds."""
CONTEST_TRACK: Final = "contest"


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
