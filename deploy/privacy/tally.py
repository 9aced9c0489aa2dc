"""How often something was found where, and what was looked at to find it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from deploy.privacy.wanted import Wanted


class Place(NamedTuple):
    """A column of a table, or a part of a topic's records (key, headers, value, tombstone)."""

    holder: str
    """`<schema>.<table>`, or the topic's name."""
    part: str
    is_topic: bool

    def __str__(self) -> str:
        return f"{self.holder} ({self.part})" if self.is_topic else f"{self.holder}.{self.part}"


class Found(NamedTuple):
    """Something that was wanted, at a place: in so many rows or records, the newest of which was written when."""

    wanted: Wanted
    place: Place
    times: int
    newest: datetime | None


@dataclass
class Tally:
    """What was found and what was looked at."""

    looked_at: Counter[str] = field(default_factory=Counter)
    """Tables, rows, topics, records, and batches that nobody can read."""
    _counts: Counter[tuple[Wanted, Place]] = field(default_factory=Counter)
    _newest: dict[tuple[Wanted, Place], datetime] = field(default_factory=dict)

    def add(self, found: Iterable[Wanted], place: Place, at: datetime | None = None) -> None:
        """Counts one row or record that holds all of these at a place."""
        for it in found:
            key = it, place
            self._counts[key] += 1
            if at is not None:
                self._newest[key] = max(at, self._newest.get(key, at))

    def found(self) -> list[Found]:
        """All that was found: values first, then by place."""
        ordered = sorted(
            self._counts.items(), key=lambda entry: (not entry[0][0].is_value, entry[0][1], entry[0][0].name)
        )
        return [Found(*key, count, self._newest.get(key)) for key, count in ordered]
