"""What services refuse in public of officers' and reporters' words, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tests.faults.evidence import Found, of

REFUSALS: Final = ("assignment.decision-refused", "obstacle.update-refused", "support.update-refused")
_ABOUT: Final = ("obstacle_id", "introduction_id", "assignment_id")


def refusals(events: Sequence[Found]) -> dict[str, str]:
    """Why each thing was refused that a word was about, by its id."""
    refused = [it for kind in REFUSALS for it in of(events, kind)]
    return {_about(it): f", refused as {', '.join(reason['code'] for reason in it.data['reasons'])}" for it in refused}


def _about(it: Found) -> str:
    return next(str(it.data[name]) for name in _ABOUT if it.data.get(name))
