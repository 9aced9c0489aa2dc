"""What a transaction changed and so has to write."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from services.matching.register import Declined


@dataclass(slots=True)
class Changes:
    """What a transaction has to write; ids in the order of their change, for dictionaries keep it."""

    documents: dict[UUID, None] = field(default_factory=dict)
    """Needs with a new revision or state."""
    places: dict[UUID, None] = field(default_factory=dict)
    """Needs that hold more or fewer projects, or were offered on."""
    candidates: dict[UUID, None] = field(default_factory=dict)
    waiting: dict[UUID, None] = field(default_factory=dict)
    """Candidates that began or ceased to wait."""
    removed: dict[UUID, None] = field(default_factory=dict)
    assignments: dict[UUID, None] = field(default_factory=dict)
    declined: list[Declined] = field(default_factory=list)
