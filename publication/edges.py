"""Documents at the edges of what a JSON Schema of ours allows, one for each edge of each field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from publication.documents import LONG, Place, array_of, is_endless, item_of, object_of, value_of
from publication.schemas import Schema, resolved


def edge_documents(schema: Schema) -> Iterator[Any]:
    """The full document with one field at an edge of what it may be: each choice, each bound, absent, null.

    Raises Inexpressible.
    """
    yield from _edges(schema, schema, Place())


def _edges(schema: Schema, part: Schema, place: Place) -> Iterator[Any]:
    """The full value of a part with one thing in it at an edge."""
    if is_endless(part, place):
        return
    place, part = place.entered(part), resolved(schema, part)
    for choice in part.get("anyOf", ()):
        if not is_endless(choice, place):
            yield value_of(schema, choice, place, full=True)
            yield from _edges(schema, choice, place)
    if "enum" in part:
        yield from part["enum"]
        return
    match part.get("type"):
        case "boolean":
            yield from (True, False)
        case "integer" | "number":
            yield from _number_edges(part)
        case "string":
            yield from _text_edges(part)
        case "array":
            yield from _array_edges(schema, part, place)
        case "object":
            yield from _object_edges(schema, part, place)


def _number_edges(part: Schema) -> Iterator[float]:
    yield from (part[bound] for bound in ("minimum", "maximum") if bound in part)
    if "minimum" not in part and "exclusiveMinimum" not in part:
        yield -1
    if part["type"] == "number":
        yield float(part.get("minimum", part.get("exclusiveMinimum", 0))) + 0.5  # type: ignore[arg-type]


def _text_edges(part: Schema) -> Iterator[str]:
    if "format" in part:
        yield from (part[bound] for bound in ("formatMinimum", "formatMaximum") if bound in part)
    elif "const" not in part:
        # A letter of two bytes, since readers that count bytes differ from those that count characters.
        edges = "x" * part.get("minLength", 0), "é" * part.get("maxLength", LONG)
        yield from (text for text in edges if re.search(part.get("pattern", ""), text))


def _array_edges(schema: Schema, part: Schema, place: Place) -> Iterator[list[Any]]:
    if "prefixItems" in part:
        yield from _tuple_edges(schema, part, place, array_of(schema, part, place, full=True))
        return
    if "items" not in part or is_endless(part["items"], place):
        return
    item = item_of(schema, part, place)
    for bound in ("minItems", "maxItems"):
        if bound in part:
            yield [item] * part[bound]
    if not part.get("maxItems", 1):
        return
    items = resolved(schema, part["items"])
    if "prefixItems" in items:
        yield from ([edge] for edge in _tuple_edges(schema, items, place, item))
    else:
        yield from ([edge] for edge in _edges(schema, part["items"], place.item(place.name)))


def _tuple_edges(schema: Schema, part: Schema, place: Place, whole: list[Any]) -> Iterator[list[Any]]:
    for number, item in enumerate(part["prefixItems"]):
        for edge in _edges(schema, item, place.item("")):
            yield [*whole[:number], edge, *whole[number + 1 :]]


def _object_edges(schema: Schema, part: Schema, place: Place) -> Iterator[dict[str, Any]]:
    whole = object_of(schema, part, place, full=True)
    for name, field in part.get("properties", {}).items():
        yield from ({**whole, name: edge} for edge in _edges(schema, field, place.field(name)))
        if name not in part.get("required", ()):
            yield {key: value for key, value in whole.items() if key != name}
    if isinstance(others := part.get("additionalProperties"), dict):
        for key in whole.keys() - part.get("properties", {}).keys():
            yield from ({**whole, key: edge} for edge in _edges(schema, others, place.field("example")))
