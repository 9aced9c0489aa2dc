"""Officers of the City as matching knows them: by their ids alone, and in whose place one may decide."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Officer(NamedTuple):
    """Who owns needs or stands in for who does, bound to the source that named them first.

    `reached_at` is when it was said how they are reached, as contacts have it; None where nobody may know.
    """

    person_id: UUID
    source: str
    reached_at: datetime | None


class Deputy(NamedTuple):
    """Who decides in an owner's place: named at a moment, until another one if a last one was named.

    Once that has passed `is_over` says that all was told what follows from it. Until when they might decide is kept,
    for a decision that was made in time may still be on its way.
    """

    owner_id: UUID
    person_id: UUID
    until: datetime | None
    named_at: datetime
    is_over: bool = False

    def stands_in(self, at: datetime) -> bool:
        """Whether they may decide in the owner's place at a moment."""
        return self.until is None or at <= self.until
