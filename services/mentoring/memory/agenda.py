"""What is due when, in order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping
from datetime import datetime
from operator import itemgetter
from uuid import UUID

_moment = itemgetter(0)


class Agenda:
    """The moment at which something is due for each id; the earliest first, and of equals the lower id.

    A sorted list rather than a heap: looking does not take anything out, and what changes is found again.
    """

    def __init__(self, moments: Mapping[UUID, datetime] | None = None) -> None:
        self._moments = dict(moments or {})
        self._order = sorted((moment, identifier) for identifier, moment in self._moments.items())

    def put(self, identifier: UUID, moment: datetime | None) -> None:
        """Gives an id its moment, or none."""
        known = self._moments.get(identifier)
        if known == moment:
            return
        if known is not None:
            # Found by both, which is unique: many are due at one moment, such as midnight.
            del self._order[bisect_left(self._order, (known, identifier))]
            del self._moments[identifier]
        if moment is not None:
            insort(self._order, (moment, identifier))
            self._moments[identifier] = moment

    def at(self, identifier: UUID) -> datetime | None:
        """The moment of an id, if it has one."""
        return self._moments.get(identifier)

    def due(self, now: datetime) -> list[UUID]:
        """All ids whose moment has come, in order."""
        return [identifier for _, identifier in self._order[: bisect_right(self._order, now, key=_moment)]]

    def next(self, after: datetime | None = None) -> datetime | None:
        """The earliest moment, or the earliest `after` another."""
        # To the right: what is due at that very moment is in `due`, and comes before this.
        position = 0 if after is None else bisect_right(self._order, after, key=_moment)
        return self._order[position][0] if position < len(self._order) else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Agenda) and self._moments == other._moments

    __hash__ = None  # type: ignore[assignment]
