"""Values in memory, and what of them is new or changed since the tables had it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar
from uuid import UUID

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Tracked(dict[Key, Value]):
    """Values by key: `new` are those that no table has yet, `changed` those that a table has as they were."""

    def __init__(self, known: Iterable[tuple[Key, Value]] = ()) -> None:
        super().__init__(known)
        self.new: set[Key] = set()
        self.changed: set[Key] = set()
        self._fetched: set[Key] = set()

    def fetch(self, key: Key, value: Value) -> None:
        """Takes a value as a table has it, for as long as it is needed."""
        self[key] = value
        self._fetched.add(key)

    def put(self, key: Key, value: Value) -> None:
        """Takes a new or changed value."""
        if key not in self:
            self.new.add(key)
        elif key not in self.new:
            self.changed.add(key)
        self[key] = value

    @property
    def touched(self) -> set[Key]:
        """What was fetched or put since the last `written`."""
        return self.new | self.changed | self._fetched

    def written(self, *, over: Callable[[Value], bool]) -> list[Value]:
        """Says that the tables have all of it; forgets, of what was touched, what is over, and returns that."""
        forgotten = [self.pop(key) for key in self.touched if over(self[key])]
        self.new.clear()
        self.changed.clear()
        self._fetched.clear()
        return forgotten


class Index(dict[UUID, tuple[UUID, ...]]):
    """Which ids belong to an id. Tuples, for most hold one: a set takes four times the memory."""

    def enter(self, key: UUID, identifier: UUID) -> None:
        """Adds an id, once."""
        known = self.get(key, ())
        if identifier not in known:
            self[key] = (*known, identifier)

    def leave(self, key: UUID, identifier: UUID) -> None:
        """Takes an id out, if it is there."""
        if left := tuple(it for it in self.get(key, ()) if it != identifier):
            self[key] = left
        else:
            self.pop(key, None)


class Memo(dict[Key, Value]):
    """What was worked out, by what it was worked out of; it begins anew where it would hold too much."""

    # A sender can make up shapes without end, and with 5,000 mentors a ranking takes up to 20 kB.
    _MOST = 1_000

    def keep(self, key: Key, value: Value) -> Value:
        """Keeps a value and returns it."""
        if len(self) >= self._MOST:
            self.clear()
        self[key] = value
        return value
