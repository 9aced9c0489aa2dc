"""Named points of the loop at which a crash test may kill the process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Literal, TypeAlias, get_args

Point: TypeAlias = Literal[
    "after-claim",
    "after-inbox",
    "after-handlers",
    "before-commit",
    "after-commit",
    "before-produce",
    "after-produce",
    "before-offset-commit",
]
POINTS: tuple[Point, ...] = get_args(Point)

Reached: TypeAlias = Callable[[Point], None]


def no_fault(point: Point) -> None:
    """What is reached in production: nothing happens."""


def fault_at(setting: str | None) -> Reached:
    """What to call at each point, from a setting `point:n`: at the nth time SIGKILL, as a crash would.

    Raises ValueError for a point that does not exist.
    """
    if setting is None:
        return no_fault
    wanted, _, count = setting.partition(":")
    if wanted not in POINTS:
        raise ValueError(f"ENGAGE_FAULT_POINT: {wanted} is no point of the loop; these are: {', '.join(POINTS)}")
    remaining = int(count)

    def reached(point: Point) -> None:
        nonlocal remaining
        if point == wanted:
            # No exit handler, no rollback, nothing flushed: whatever is not in PostgreSQL or Kafka by now is gone.
            remaining -= 1
            if remaining == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return reached
