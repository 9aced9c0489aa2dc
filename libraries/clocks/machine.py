"""The machine's time: no rehearsal moves it."""

from __future__ import annotations

from datetime import UTC, datetime


def machine_time() -> datetime:
    """What the clock of this machine shows, in UTC."""
    return datetime.now(UTC)
