"""What goes first where records and work by the clock want the committer's turn."""

from __future__ import annotations

from typing import Final

CALM_SECONDS: Final = 0.05
"""For how long no record must have come for the lanes to be called calm."""

_BUSY_SECONDS: Final = 1.0
"""How long work by the clock lets records go first, at most: under a steady load it goes on at this pace."""


def records_go_first(now: float, *, asked_at: float, took_at: float, waiting: int) -> bool:
    """Whether work by the clock that asked at `asked_at` lets records go first, the last of which came at `took_at`.

    All in seconds. What records lead to waits for them, here and in other services; a mail that is due has waited for
    hours. Where records come without a pause, the work goes on at the slower pace: it never stands still.
    """
    return now - asked_at < _BUSY_SECONDS and (waiting > 0 or now - took_at < CALM_SECONDS)
