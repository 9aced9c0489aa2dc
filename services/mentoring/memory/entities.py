"""What needs name, beside an id."""

from __future__ import annotations

from typing import Final

PERSON: Final = "person"
"""Who may have asked to be forgotten."""
LEAD: Final = "lead"
PAIR: Final = "pair"
OBSTACLE: Final = "obstacle"
MEETING: Final = "meeting"
INTRODUCTION: Final = "introduction"
PLAN: Final = "plan"
"""The assignment whose support actions are meant."""
FIGURES: Final = "figures"
"""The assignment whose impact is meant."""
