"""A matter as the journal's events leave it: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID


class Told(NamedTuple):
    """An event about a matter: its type, when it happened, and what it says."""

    type: str
    at: datetime
    data: Mapping[str, Any]

    @property
    def entity(self) -> str:
        """What it is an event of, such as `pair`."""
        return self.type.split(".")[1]


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter as its own events left it: its state, its version, and the last word on each of its facts.

    `told` is all that was said of it, the oldest first. What `is_erased` is not shown to anybody any more.
    """

    id: UUID
    state: str
    version: int
    facts: Mapping[str, Any]
    told: Sequence[Told]
    is_erased: bool = False

    def person(self, fact: str) -> UUID | None:
        """The person whom a fact names, if it does."""
        value = self.facts.get(fact)
        return UUID(value) if isinstance(value, str) else None

    def last(self, *types: str) -> Told | None:
        """The last event of any of these types, by their short names, such as `pair.meeting-held`."""
        wanted = {f"engage.{name}.v1" for name in types}
        return next((each for each in reversed(self.told) if each.type in wanted), None)

    def all(self, name: str) -> list[Told]:
        """All events of a type, by its short name."""
        return [each for each in self.told if each.type == f"engage.{name}.v1"]


class Thing(NamedTuple):
    """Another thing of a matter's story, in a few words: its kind, what it hangs on, its state, and its facts."""

    id: UUID
    kind: str
    parent_id: UUID | None
    state: str | None
    facts: Mapping[str, Any]


def matter_of(
    identifier: UUID, entities: Iterable[str], told: Sequence[Told], *, is_erased: bool = False
) -> Matter | None:
    """The matter that events tell of; None where none of its `entities` gives it a state yet.

    Versions decide which word is the last: topics may be read in any order.
    """
    own = set(entities)
    states = [each for each in told if each.entity in own and isinstance(each.data.get("version"), int)]
    states = sorted((each for each in states if each.data.get("to")), key=lambda each: each.data["version"])
    if not states:
        return None
    facts: dict[str, Any] = {}
    for each in states:
        facts.update({name: value for name, value in each.data.items() if value is not None})
    last = states[-1].data
    return Matter(identifier, str(last["to"]), int(last["version"]), facts, told, is_erased)
