"""Applications as matching keeps them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from contracts.applications import ApplicationAmended, ApplicationRegistered
from contracts.erasures import ERASED
from contracts.unpublished import UNPUBLISHED
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
    said_at: datetime
    """When the form was sent that says all this."""
    members: int = 0
    """Organisations of a coalition besides its lead."""
    laureate: bool = False
    """It won the contest and so takes part in implantation, whatever track its form names."""

    @property
    def is_withheld(self) -> bool:
        """Whether its texts are not published: then there are no words to compare."""
        return self.project_title == UNPUBLISHED

    def as_laureate(self) -> Candidate:
        """The same candidate once it has won the contest."""
        return self._replace(track=ROLLING_TRACK, laureate=True)

    def without_texts(self, needed: AbstractSet[str]) -> Candidate:
        """The same candidate without what people wrote: of its words those that the City's own texts have too.

        Nothing else is compared with the needs that there are, so what it is worth to each of them stays.
        """
        profile = self.profile._replace(words=self.profile.words & needed)
        return self._replace(organisation_name=ERASED, project_title=ERASED, profile=profile)


def candidate_of(application: ApplicationRegistered | ApplicationAmended, said_at: datetime) -> Candidate:
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
        said_at,
        application.members,
    )
