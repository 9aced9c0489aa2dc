"""Who asked to be forgotten and when, of the people whom a transaction names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from services.mentoring.memory.tracked import NotNamed
from services.mentoring.states.mentor import ANY_TIME


class Erasures:
    """When people asked, as far as this transaction has read; and what was emptied of theirs among held records.

    Only the tables know everybody who ever asked, so to look for whom nobody `asked` about raises NotNamed.
    `read_at` is when this transaction reads, by our own clock: nothing that it reads was said later, whatever its
    sender's clock says.
    """

    def __init__(self) -> None:
        self.read_at = ANY_TIME
        self._asked: set[UUID] = set()
        self._erased: dict[UUID, datetime] = {}
        self._emptied: dict[UUID, int] = {}

    def ask(
        self, people: Collection[UUID], erased: Mapping[UUID, datetime], emptied: Mapping[UUID, int], *, at: datetime
    ) -> None:
        """Takes what the tables have of these people; `emptied` counts the held records that named them."""
        self.read_at = at
        self._asked.update(people)
        self._erased.update(erased)
        self._emptied.update(emptied)

    def of(self, person_id: UUID) -> datetime | None:
        """When a person asked last, if they did."""
        # None would be read as a no, and somebody would be written to who must not be.
        if person_id not in self._asked:
            raise NotNamed("person", person_id)
        return self._erased.get(person_id)

    def put(self, person_id: UUID, at: datetime) -> None:
        """A person asks; of two requests the later holds, whichever is read first."""
        known = self._erased.get(person_id)
        self._erased[person_id] = at if known is None else max(known, at)

    def take_emptied(self, person_id: UUID) -> int:
        """How many held records were emptied, which is told once."""
        return self._emptied.pop(person_id, 0)

    def written(self) -> None:
        """Says that the tables have all of it: it is asked for anew, for there may be ever more who asked."""
        self.read_at = ANY_TIME
        self._asked.clear()
        self._erased.clear()
        self._emptied.clear()
