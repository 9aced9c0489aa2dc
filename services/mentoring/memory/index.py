"""Which things belong to a thing."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID


class Index(dict[UUID, tuple[UUID, ...]]):
    """Which ids belong to an id. Tuples, for most hold one: a set takes four times the memory."""

    def enter(self, key: UUID, identifier: UUID) -> None:
        """Adds an id, once."""
        known = self.get(key, ())
        if identifier not in known:
            self[key] = (*known, identifier)

    def leave(self, key: UUID, identifier: UUID) -> None:
        """Takes an id out, if it is there."""
        if left := tuple(other for other in self.get(key, ()) if other != identifier):
            self[key] = left
        else:
            # No empty tuple stays: there would be one for each thing that ever was.
            self.pop(key, None)


def sets_of(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, set[UUID]]:
    """The second ids of pairs by their first."""
    found: dict[UUID, set[UUID]] = {}
    for first, second in pairs:
        found.setdefault(first, set()).add(second)
    return found
