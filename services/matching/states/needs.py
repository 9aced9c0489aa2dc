"""Needs as matching keeps them: what the City declared, and how many places people have filled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.needs import Need as PublicNeed
from contracts.states import NeedState
from services.matching.settings.rules import Rules
from services.matching.states.profiles import NeedProfile, profile_of_need


@dataclass(frozen=True, slots=True)
class NeedDocument:
    """One revision of a need; `revision` is the id of the event that declared it so."""

    revision: UUID
    content: PublicNeed
    profile: NeedProfile


def need_document(revision: UUID, content: PublicNeed, rules: Rules) -> NeedDocument:
    """A need's revision with its profile."""
    return NeedDocument(revision, content, profile_of_need(content, rules))


@dataclass(slots=True)
class Need:
    """A need as it stands: its newest revision, and how many places people have filled by their word.

    `source` is the one that declared it first, to which it belongs; `said_at` is when its newest revision was sent,
    and so when its owner was last named.
    """

    need_id: UUID
    version: int
    state: NeedState
    owner_id: UUID
    document: NeedDocument
    source: str
    said_at: datetime
    fixed: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the need takes projects at all."""
        return self.state == "open"

    @property
    def capacity(self) -> int:
        """How many projects it can hold."""
        return self.document.content.capacity

    def has_the_edges_of(self, other: Need) -> bool:
        """Whether the same applications could be held against both, at the same worth, whatever their places."""
        profiles = self.document.profile == other.document.profile
        return self.is_open == other.is_open and profiles and self.owner_id == other.owner_id

    def places(self) -> tuple[int, ...]:
        """What each place that is left counts, in points of urgency: the first one, and no other, by its urgency."""
        if not self.is_open or self.fixed >= self.capacity:
            return ()
        first = (self.document.profile.urgency,) if not self.fixed else (0,)
        return first + (0,) * (self.capacity - self.fixed - 1)
