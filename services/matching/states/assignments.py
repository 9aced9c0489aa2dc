"""Assignments: an application held against a need, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from contracts.states import AssignmentState


@dataclass(slots=True)
class Assignment:
    """An application held against a need; `parts` is the fit's points by part as JSON text.

    `actor` and `reason` are those of the last change of state. What is `pinned` no event but a person's moves.
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
    pinned: bool = False

    @property
    def is_live(self) -> bool:
        """Whether it holds a place."""
        return self.state in {"proposed", "confirmed"}

    @property
    def is_fixed(self) -> bool:
        """Whether a person holds it, so that no optimum moves it."""
        return self.state == "confirmed" or (self.state == "proposed" and self.pinned)
