"""A step: what somebody does at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tests.proof.acts import Act, Send


class Impossible(Exception):
    """What somebody wanted to do can't be done any more: it was decided, or has ended."""


@dataclass(frozen=True)
class Step:
    """What somebody does at a moment; `who` is their address."""

    at: datetime
    who: str
    act: Act

    @property
    def name(self) -> str:
        """What tells it from all other steps of the edition."""
        act = self.act
        about = getattr(act, "project", None) or getattr(act, "need", None) or getattr(act, "mentor", None) or ""
        title = about if isinstance(about, str) else about.title
        if isinstance(act, Send):
            title = f"{act.form.event_type} {act.form.aggregate_id}"
        return f"{self.at:%Y-%m-%dT%H:%M:%S} {self.who} {type(act).__name__} {title} {_which(act)}".strip()


def _which(act: Act) -> str:
    return " ".join(str(getattr(act, name, None) or "") for name in _TELLING).strip()


_TELLING: Final = ("kind", "update", "decision", "track", "action", "other")
