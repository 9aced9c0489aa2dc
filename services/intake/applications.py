"""An application as intake keeps it, and the entry that a form makes in an edition."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from contracts.message import Track
from contracts.states import ApplicationState
from contracts.unpublished import UNPUBLISHED
from services.intake.cleaned_forms import CleanedForm
from services.intake.editions import Edition

# A word and not NULL, so that it is compared and indexed as any edition is.
NO_EDITION: Final = "none"
"""What an application outside every window has in place of an edition and of a rules version."""


# Tuples, not dataclasses: COPY takes them as they are, and making one costs a seventh (0.9 µs against 6.9).
class Application(NamedTuple):
    """The current version of an application, in the columns of its table.

    `flags` holds the flags that stand, as `code` or `code:application id`, one space apart. `project_key`
    is empty where the title holds no word. `organisation_name` and `project_title` are as they may be published.
    `source` is the form that introduced it, the only one that may speak of it. `said_at` is when its form was sent,
    whatever changed since. `ended_from` is the state in which an erasure ended it.
    """

    id: UUID
    track: Track
    edition: str
    rules_version: str
    state: ApplicationState
    version: int
    lead_id: UUID
    project_key: str
    organisation_name: str
    siren: str | None
    rna: str | None
    commune: str | None
    identified_by: str
    project_title: str
    flags: str
    source: str
    said_at: datetime
    changed_at: datetime
    ended_from: ApplicationState | None = None

    @property
    def is_withheld(self) -> bool:
        """Whether the texts of its last form may not be published."""
        return self.project_title == UNPUBLISHED

    def withdrawn(self, *, at: datetime) -> Application:
        """It as it is once it was taken back."""
        return self._replace(state="withdrawn", version=self.version + 1, changed_at=at, ended_from=None)

    def ended(self, *, at: datetime) -> Application:
        """It as it is once its lead asked to be forgotten with it."""
        return self.withdrawn(at=at)._replace(ended_from=self.state)

    def as_forms_left_it(self) -> Application:
        """It as it was before an erasure ended it; itself where none did."""
        if self.ended_from is None:
            return self
        return self._replace(state=self.ended_from, version=self.version - 1, ended_from=None)


class VersionRow(NamedTuple):
    """A version of an application: the form's data as JSON, and the answers of all rules as JSON."""

    application_id: UUID
    version: int
    event_id: str
    received_at: datetime
    payload: bytes
    answers: str
    lead_id: UUID


class Entry(NamedTuple):
    """A form that is entered in an edition, against whose rules it is held (None: no window was open)."""

    form: CleanedForm
    edition: Edition | None

    def application(
        self, previous: Application | None, *, state: ApplicationState, source: str, said_at: datetime
    ) -> Application:
        """The application as this form makes it; `previous` is its last version."""
        form, edition = self
        identifiers = form.organisation.identifiers
        return Application(
            form.said.application_id,
            form.said.track,
            NO_EDITION if edition is None else edition.id,
            NO_EDITION if edition is None else edition.rules_version,
            state,
            1 if previous is None else previous.version + 1,
            form.said.lead.person_id,
            form.project_key,
            form.public_name,
            identifiers.siren,
            identifiers.rna,
            identifiers.commune,
            identifiers.identified_by,
            form.public_title,
            "" if previous is None else previous.flags,
            source,
            said_at,
            said_at,
        )
