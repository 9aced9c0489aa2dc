"""The named parts of all schemas together, each name once: what documents that hold every event refer to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from publication.inexpressible import Inexpressible
from publication.schemas import Schema, schema_of
from publication.versions import Version

_OF_A_DOCUMENT: Final = frozenset({"$schema", "$id", "$defs"})
_EXTENSIONS: Final = {"formatMinimum": "x-format-minimum", "formatMaximum": "x-format-maximum"}


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


def within_components(parts: Mapping[str, Schema]) -> dict[str, Schema]:
    """Schemas as the components of a document have them.

    References lead to its components; each inner choice, union and object has a title, so that no generator has to make
    up a name; and bounds of times are extensions, since the dialects of OpenAPI and AsyncAPI do not know them.
    """
    return {name: _within(part, name) for name, part in parts.items()}


def _within(part: Schema, called: str) -> Schema:
    told = {_EXTENSIONS.get(keyword, keyword): _value(keyword, value, called) for keyword, value in part.items()}
    nameless = "title" not in part and ("enum" in part or "anyOf" in part or "properties" in part)
    return {"title": called, **told} if nameless else told


def _value(keyword: str, value: Any, called: str) -> Any:
    match keyword, value:
        case "$ref", str():
            return value.replace("#/$defs/", "#/components/schemas/")
        case "properties", dict():
            return {name: _within(field, f"{called}{_pascal(name)}") for name, field in value.items()}
        case (("anyOf" | "allOf" | "prefixItems"), list()):
            return [_within(choice, f"{called}{_of_choice(choice)}") for choice in value]
        case (("items" | "additionalProperties"), dict()):
            return _within(value, f"{called}Item")
    return value


def _of_choice(choice: Schema) -> str:
    return "Value" if {"enum", "anyOf"} & choice.keys() else _pascal(str(choice.get("type", "")))


def _pascal(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split("[^A-Za-z0-9]+", name))
