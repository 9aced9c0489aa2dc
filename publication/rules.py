"""What holds of every event, however new: it is bounded, described, and named as all others are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from contracts.message import MOST_COUNTED
from publication.inexpressible import Inexpressible
from publication.schemas import Schema, objects_of, schema_of
from publication.versions import Version

_TYPE: Final = re.compile(r"engage\.[a-z-]+\.[a-z-]+\.v[0-9]+")
_BOUND: Final = "bound it, so that no sender can fill a reader's memory or exceed its columns"


def broken_rules(version: Version) -> Iterator[Inexpressible]:
    """Each place of a version that breaks a rule."""
    if not _TYPE.fullmatch(version.model.event_type):
        remedy = "name it engage.<entity>.<event>.v<major>, in lower case"
        yield Inexpressible("", f"its type is {version.model.event_type}", remedy)
    told = set[str]()
    for side in ("reader", "writer"):
        schema = schema_of(version, side)
        for name, part in {version.model.__name__: schema, **schema.get("$defs", {})}.items():
            for place in unbounded(part, name):
                if place not in told:
                    told.add(place)
                    path, _, missing = place.partition(": ")
                    yield Inexpressible(path, f"it has no bound: {missing} is missing", _BOUND)
    yield from _undescribed(schema_of(version, "reader"))
    yield from _unsaid_defaults(schema_of(version, "reader"))


def _undescribed(schema: Schema) -> Iterator[Inexpressible]:
    for part in objects_of(schema):
        if not part.get("description"):
            yield Inexpressible(part["title"], "it is not described", "give its class a docstring")
        for name, field in part["properties"].items():
            if not field.get("description"):
                yield Inexpressible(f"{part['title']}.{name}", "it is not described", "give the field a `description`")


def _unsaid_defaults(schema: Schema) -> Iterator[Inexpressible]:
    """A default that a function makes: no reader in another language could know it, nor anybody see it change."""
    for part in objects_of(schema):
        for name, field in part["properties"].items():
            if name not in part.get("required", ()) and "default" not in field:
                text = "it may be missing, and nothing says what it is then"
                yield Inexpressible(f"{part['title']}.{name}", text, "give it a `default`, not a `default_factory`")


def unbounded(part: Schema, path: str) -> Iterator[str]:
    """The places of a schema that have no bound, as dotted paths with what is missing."""
    for choice in part.get("anyOf", ()):
        yield from unbounded(choice, path)
    if "const" in part or "enum" in part:
        return
    match part.get("type"):
        case "string" if part.get("format") in {"date", "date-time"}:
            yield from (f"{path}: {word}" for word in ("formatMinimum", "formatMaximum") if word not in part)
        case "string":
            if part.get("format") != "uuid" and "maxLength" not in part:
                yield f"{path}: maxLength"
        case "integer" | "number":
            # Beyond them a number of JSON is exact in some languages only.
            for word, strict in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
                bound = part.get(word, part.get(strict))
                if bound is None or abs(bound) > MOST_COUNTED:
                    yield f"{path}: {word}"
        case "array":
            if "maxItems" not in part:
                yield f"{path}: maxItems"
            for item in (*part.get("prefixItems", ()), part.get("items", {})):
                yield from unbounded(item, f"{path}[]")
        case "object":
            yield from _unbounded_object(part, path)
        case None if "$ref" not in part and "anyOf" not in part and part:
            yield f"{path}: type"


def _unbounded_object(part: Schema, path: str) -> Iterator[str]:
    for name, field in part.get("properties", {}).items():
        yield from unbounded(field, f"{path}.{name}")
    if isinstance(others := part.get("additionalProperties"), dict):
        if "maxProperties" not in part or "maxLength" not in part.get("propertyNames", {}):
            yield f"{path}: maxProperties, propertyNames.maxLength"
        yield from unbounded(others, f"{path}.*")
