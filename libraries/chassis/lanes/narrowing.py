"""Which record it is: what fails unforeseen is tried in ever smaller parts, until the one that fails stands alone."""

from __future__ import annotations

from collections.abc import Sequence

from libraries.chassis.lanes.lane import Part
from libraries.chassis.lanes.processing import violation_of


def narrowed(parts: Sequence[Part], error: Exception) -> list[Sequence[Part]]:
    """What to try next where a transaction fails beyond its handlers' foresight; alone, a record is set aside.

    Raises the error where not even that works: then it is no record's fault.
    """
    if len(parts) > 1:
        # By lanes first: most often one of them is wrong, and the others then lose a single transaction by it.
        return [[part] for part in parts]
    lane, records = parts[0]
    if len(records) > 1:
        # By halves and not one by one: one bad record among 2,000 costs some twenty transactions more.
        middle = len(records) // 2
        return [[Part(lane, records[:middle])], [Part(lane, records[middle:])]]
    if records[0].violation is not None and records[0].blocks:
        raise error
    records[0].violation = violation_of(error)
    return [parts]
