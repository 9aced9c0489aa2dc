"""What a unit of work changed and so has to write."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from services.matching.states.statements import ContestVerdict, Forbidden, Recusal


@dataclass(slots=True)
class Rows:
    """Rows of one table to be written, by id in the order of their first change; no id is in two of the three."""

    inserted: dict[UUID, None] = field(default_factory=dict)
    updated: dict[UUID, None] = field(default_factory=dict)
    deleted: dict[UUID, None] = field(default_factory=dict)

    def insert(self, identifier: UUID) -> None:
        """There is a new row, or again the one that was deleted."""
        if identifier in self.deleted:
            del self.deleted[identifier]
            self.updated[identifier] = None
        else:
            self.inserted[identifier] = None

    def update(self, identifier: UUID) -> None:
        """A row has changed; what is inserted is written once, as it is at the end."""
        if identifier not in self.inserted:
            self.updated[identifier] = None

    def delete(self, identifier: UUID) -> None:
        """A row is gone; one that was never written leaves nothing to do."""
        if identifier in self.inserted:
            del self.inserted[identifier]
        else:
            self.updated.pop(identifier, None)
            self.deleted[identifier] = None


@dataclass(slots=True)
class Changes:
    """What has to be written; ids in the order of their change, for dictionaries keep it."""

    needs: Rows = field(default_factory=Rows)
    candidates: Rows = field(default_factory=Rows)
    assignments: Rows = field(default_factory=Rows)
    left: dict[UUID, None] = field(default_factory=dict)
    """Applications that take no part any more."""
    forbidden: dict[tuple[UUID, UUID], Forbidden | None] = field(default_factory=dict)
    """None where a ban was lifted."""
    verdicts: dict[UUID, ContestVerdict | None] = field(default_factory=dict)
    """None where one was published, or its application left."""
    recusals: list[Recusal] = field(default_factory=list)
    said: dict[str, None] = field(default_factory=dict)
    """Names of vocabularies that were published, or taken back."""
    settled: bool = False
    """Whether new rules moved something."""
