"""When the committer's next turn begins, and what goes first in it: records, or work by the clock."""

from __future__ import annotations

from typing import Final

CALM_SECONDS: Final = 0.05
"""For how long no record must have come for the lanes to be called calm."""

_BUSY_SECONDS: Final = 1.0
"""How long work by the clock lets records go first, at most: under a steady load it goes on at this pace."""

_FEW: Final = 16
"""A cycle of no more records than this is no load: so few can have a transaction each."""


def seconds_to_gather(now: float, *, ended_at: float, took: int, gather_seconds: float) -> float:
    """How long the next cycle may still gather records, after one that took so many and ended at `ended_at`.

    All times in seconds. Under load a transaction for every few records would cost more than their wait. Where few
    come, none may wait: records that come as steadily as cycles end would each wait behind the one before.
    """
    return max(ended_at + gather_seconds - now, 0.0) if took > _FEW else 0.0


def records_go_first(now: float, *, asked_at: float, took_at: float, waiting: int) -> bool:
    """Whether work by the clock that asked at `asked_at` lets records go first, the last of which came at `took_at`.

    All in seconds. What records lead to waits for them, here and in other services; a mail that is due has waited for
    hours. Where records come without a pause, the work goes on at the slower pace: it never stands still.
    """
    return now - asked_at < _BUSY_SECONDS and (waiting > 0 or now - took_at < CALM_SECONDS)
