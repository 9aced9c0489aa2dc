"""Values in memory, what of them is new or changed since the tables had it, and of what memory can't know."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar
from uuid import UUID

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


# Not a KeyError, which `get` and `in` take to mean that there is no such thing.
class NotNamed(LookupError):
    """A key was looked for that memory lacks, and that no need named: whether it exists, only the tables know."""

    def __init__(self, entity: str, identifier: Hashable) -> None:
        super().__init__(
            f"{entity} {identifier} is not in memory, and no need of this event's handler names it: "
            f'its need in services/mentoring/lookups.py lacks ("{entity}", …)'
        )


class Tracked(Mapping[Key, Value], Generic[Key, Value]):
    """Values by key: `new` are those that no table has yet, `changed` those that a table has as they were.

    Memory does not hold everything, so that a key is missing says nothing of the tables, unless it was `ask`ed for in
    this transaction. To look for one that was not raises NotNamed: a handler whose need was forgotten fails in its
    first test, where it would otherwise take for unknown what it only never loaded. `entity` is what a need has to
    name; `id_of` gives, of a key, the id by which it is named.
    """

    def __init__(
        self,
        entity: str,
        known: Iterable[tuple[Key, Value]] = (),
        *,
        id_of: Callable[[Key], Hashable] = lambda key: key,
    ) -> None:
        self.new: set[Key] = set()
        self.changed: set[Key] = set()
        self._values = dict(known)
        self._entity = entity
        self._id_of = id_of
        self._asked: set[Hashable] = set()
        self._fetched: set[Key] = set()

    def __getitem__(self, key: Key) -> Value:
        try:
            return self._values[key]
        except KeyError:
            self._must_be_asked_for(key)
            raise

    def __iter__(self) -> Iterator[Key]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def held(self, key: Key) -> Value | None:
        """The value if memory holds it: for who has nothing to do with what is over or was never loaded."""
        return self._values.get(key)

    def ask(self, identifiers: Iterable[UUID]) -> None:
        """Says that needs name these, so that after `fetch` of what the tables have of them, no other exists."""
        self._asked.update(identifiers)

    def lacking(self, keys: Iterable[Key]) -> set[Key]:
        """Those of the keys that memory does not hold: what is to be fetched."""
        return {key for key in keys if key not in self._values}

    def fetch(self, key: Key, value: Value) -> None:
        """Takes a value as a table has it, for as long as it is needed; what is here already is no older."""
        if key not in self._values:
            self._values[key] = value
            self._fetched.add(key)

    def put(self, key: Key, value: Value) -> None:
        """Takes a changed value, or a new one under a key that was asked for."""
        if key not in self._values:
            self._must_be_asked_for(key)
            # New ones are copied, which costs a third of an INSERT that asks whether the row is there.
            self.new.add(key)
        elif key not in self.new:
            self.changed.add(key)
        self._values[key] = value

    def add(self, key: Key, value: Value) -> None:
        """Takes a new value under a key that was made just now, which no table can have."""
        self.new.add(key)
        self._values[key] = value

    @property
    def touched(self) -> set[Key]:
        """What was fetched or put since the last `written`."""
        return self.new | self.changed | self._fetched

    def written(self, *, over: Callable[[Value], bool]) -> list[Value]:
        """Says that the tables have all of it; forgets, of what was touched, what is over, and returns that."""
        forgotten = [self._values.pop(key) for key in self.touched if over(self._values[key])]
        # What the tables did not have a moment ago, another event may have made by the next transaction.
        for noted in (self.new, self.changed, self._fetched, self._asked):
            noted.clear()
        return forgotten

    def _must_be_asked_for(self, key: Key) -> None:
        if self._id_of(key) not in self._asked:
            raise NotNamed(self._entity, self._id_of(key))
