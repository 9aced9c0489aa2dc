"""The named parts of all schemas together, each name once: what documents that hold every event refer to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from publication.inexpressible import Inexpressible
from publication.schemas import Schema, schema_of
from publication.versions import Version

_OF_A_DOCUMENT: Final = frozenset({"$schema", "$id", "$defs"})
_WITHIN_A_SCHEMA: Final = "#/$defs/"


def components(found: Iterable[Version]) -> dict[str, Schema]:
    """The schemas of all versions and of their parts, by the names of their classes, in the catalogue's order.

    All as readers take them: topics are kept for ever, and records of earlier minor versions lack what came later. What
    a form may leave out it may leave out there too. Raises Inexpressible where two classes go by one name.
    """
    parts: dict[str, Schema] = {}
    for version in found:
        schema = schema_of(version, "reader")
        whole = {keyword: value for keyword, value in schema.items() if keyword not in _OF_A_DOCUMENT}
        for name, part in {**schema.get("$defs", {}), version.model.__name__: whole}.items():
            if parts.setdefault(name, part) != part:
                raise Inexpressible("", f"two classes are called {name}", "give one of them another name")
    return parts


def within_components(part: Any) -> Any:
    """A schema whose references lead to the components of a document."""
    if isinstance(part, dict):
        return {
            name: value.replace(_WITHIN_A_SCHEMA, "#/components/schemas/")
            if name == "$ref"
            else within_components(value)
            for name, value in part.items()
        }
    return [within_components(value) for value in part] if isinstance(part, list) else part
