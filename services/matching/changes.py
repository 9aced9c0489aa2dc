"""What a unit of work changed and so has to write."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from services.matching.register import Candidate, ContestVerdict, Forbidden, Recusal


@dataclass(slots=True)
class Changes:
    """What has to be written; ids in the order of their change, for dictionaries keep it."""

    needs: dict[UUID, None] = field(default_factory=dict)
    candidates: dict[UUID, Candidate] = field(default_factory=dict)
    removed: dict[UUID, None] = field(default_factory=dict)
    assignments: dict[UUID, None] = field(default_factory=dict)
    forbidden: dict[tuple[UUID, UUID], Forbidden | None] = field(default_factory=dict)
    """None where a ban was lifted."""
    verdicts: dict[UUID, ContestVerdict | None] = field(default_factory=dict)
    """None where one was published, or its application left."""
    recusals: list[Recusal] = field(default_factory=list)
