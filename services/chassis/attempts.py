"""Started minus finished attempts: how a record that kills the process is found and set aside."""

from __future__ import annotations

from contracts.codec import ContractViolation

TOGETHER = 2
"""So often a whole batch may end its process before its records are taken one at a time."""

ALONE = 3
"""So often a record may end its process while nothing else is tried beside it."""


def killer(attempts: int) -> ContractViolation:
    """Why a record is set aside that was started so often, alone, and never finished."""
    return ContractViolation(
        "kills-the-process", f"the process ended {attempts} times while it worked on this record and on nothing else"
    )
