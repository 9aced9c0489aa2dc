"""How many unexpected failures a lane may have: a rate, not a number in a row, and none for what can't be read."""

from __future__ import annotations

from typing import Final

_WEIGHT: Final = 10
"""A failure weighs as much as so many records that went well: one in eleven may fail for ever and stops nothing."""


def weighed(failures: int, *, handled: int, failed: int) -> int:
    """The balance of a lane after so many more records went well and so many failed; never less than nothing."""
    # Never below nought: a long good run must not pay for a bad one that somebody has to see.
    return max(failures - handled, 0) + failed * _WEIGHT


def is_spent(failures: int, budget: int) -> bool:
    """Whether a balance is more than a lane may owe: about `budget` failures with nothing going well between them."""
    return failures >= budget * _WEIGHT
