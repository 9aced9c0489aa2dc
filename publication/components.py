"""The named parts of all schemas together, each name once: what documents that hold every event refer to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from publication.inexpressible import Inexpressible
from publication.schemas import Schema, Side, schema_of
from publication.versions import Version

_FROM_FORMS: Final = "FromForms"
_OF_A_DOCUMENT: Final = frozenset({"$schema", "$id", "$defs"})


class Component(NamedTuple):
    """A schema, the name that it goes by, and the side whose parts it refers to."""

    name: str
    side: Side
    schema: Schema


class Components:
    """The schemas of all versions and of their parts: of forms' events as readers take them, of others as written.

    What forms send and services write alike is one component, open as readers are. A part that a form may leave
    something out of, which a service always writes, is two. Raises Inexpressible where two classes go by one name.
    """

    def __init__(self, found: Iterable[Version]) -> None:
        self._parts: dict[tuple[str, Side], Schema] = {}
        for version in found:
            side = side_of(version)
            schema = schema_of(version, side)
            whole = {keyword: value for keyword, value in schema.items() if keyword not in _OF_A_DOCUMENT}
            parts = {**schema.get("$defs", {}), version.model.__name__: whole}
            for name, schema in parts.items():
                if self._parts.setdefault((name, side), schema) != schema:
                    raise Inexpressible("", f"two classes are called {name}", "give one of them another name")

    def name(self, name: str, side: Side) -> str:
        """What a part of that class is called where forms, or services, have it."""
        sent, written = self._parts.get((name, "reader")), self._parts.get((name, "writer"))
        alike = sent is None or written is None or _open(sent) == _open(written)
        return name if alike or side == "writer" else f"{name}{_FROM_FORMS}"

    def __getitem__(self, place: tuple[str, Side]) -> Schema:
        return self._parts[place]

    def __iter__(self) -> Iterator[Component]:
        """Each of them once, in the order of the catalogue."""
        told = set()
        for (name, side), schema in self._parts.items():
            called = self.name(name, side)
            if called not in told:
                told.add(called)
                shared = self.name(name, "reader") == name
                yield Component(called, side, self._parts.get((name, "reader"), schema) if shared else schema)


def side_of(version: Version) -> Side:
    """How a version is shown to whom it concerns: a form may leave out what has a default, a service never does."""
    return "reader" if version.topic.is_form else "writer"


def _open(schema: Schema) -> Schema:
    return {keyword: value for keyword, value in schema.items() if keyword != "additionalProperties"}
