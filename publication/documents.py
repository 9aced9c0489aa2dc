"""Documents that a JSON Schema of ours allows: a full one, the smallest one, and one for each edge of each field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias
from uuid import NAMESPACE_URL, uuid5

from publication.schemas import Schema, resolved

Path: TypeAlias = tuple[str | int, ...]

_BY_FORMAT = {"date-time": "2025-01-10T09:00:00Z", "date": "2025-01-10"}


@cache
def _samples() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(files(__package__).joinpath("samples.json").read_text(encoding="utf-8"))
    return loaded


def full_document(schema: Schema) -> Any:
    """A document with every field, each with a value that people understand; the same every time."""
    return _value(schema, schema, "", full=True)


def smallest_document(schema: Schema) -> Any:
    """A document with nothing but what is required, null where null is allowed, arrays as short as may be."""
    return _value(schema, schema, "", full=False)


def edge_documents(schema: Schema) -> Iterator[Any]:
    """The full document with one field at an edge of what it may be: each choice, each bound, absent, null."""
    whole = full_document(schema)
    for path, part, required in _fields(schema, schema, ()):
        for value in _edges(schema, part, str(path[-1])):
            yield _with(whole, path, value)
        if not required:
            yield _without(whole, path)


def _value(schema: Schema, part: Schema, name: str, *, full: bool) -> Any:
    part = resolved(schema, part)
    if "anyOf" in part:
        choices = part["anyOf"] if full else sorted(part["anyOf"], key=lambda it: it.get("type") != "null")
        return _value(schema, choices[0], name, full=full)
    if "const" in part:
        return part["const"]
    if "enum" in part:
        return part["enum"][0]
    if "prefixItems" in part:
        sample = _samples().get(name)
        return (
            sample
            if isinstance(sample, list) and full
            else [_value(schema, it, "", full=full) for it in part["prefixItems"]]
        )
    match part.get("type"):
        case "object":
            return _object(schema, part, full=full)
        case "array":
            sample = _samples().get(name)
            if isinstance(sample, list):
                return sample if full else []
            count = max(part.get("minItems", 0), int(full))
            return [_value(schema, part["items"], name, full=full) for _ in range(count)]
        case "string":
            return _text(part, name)
        case "integer" | "number":
            sample = _samples().get(name)
            return sample if isinstance(sample, int) and full else max(int(part.get("minimum", 0)), 0) + int(full)
        case "boolean":
            return full
        case "null":
            return None
    raise ValueError(f"no document can be made of {part}")


def _item(schema: Schema, part: Schema, name: str) -> Any:
    sample = _samples().get(name)
    return sample[0] if isinstance(sample, list) else _value(schema, part["items"], name, full=True)


def _object(schema: Schema, part: Schema, *, full: bool) -> dict[str, Any]:
    required = set(part.get("required", ()))
    fields = {
        name: _value(schema, field, name, full=full)
        for name, field in part.get("properties", {}).items()
        if full or name in required
    }
    others = part.get("additionalProperties")
    if full and isinstance(others, dict):
        fields["example"] = _value(schema, others, "example", full=full)
    return fields


def _text(part: Schema, name: str) -> str:
    if part.get("format") == "uuid":
        return str(uuid5(NAMESPACE_URL, name))
    if (known := _BY_FORMAT.get(part.get("format", ""))) is not None:
        return known
    sample = _samples().get(name)
    fits = isinstance(sample, str) and re.search(part.get("pattern", ""), sample) is not None
    return str(sample) if fits else "example".ljust(part.get("minLength", 0), "-")


def _fields(schema: Schema, part: Schema, path: Path) -> Iterator[tuple[Path, Schema, bool]]:
    """Every field, however deep, with its schema and whether it is required."""
    part = resolved(schema, part)
    for choice in part.get("anyOf", ()):
        yield from _fields(schema, choice, path)
    if part.get("type") == "array" and "items" in part:
        yield from _fields(schema, part["items"], (*path, 0))
    if isinstance(others := part.get("additionalProperties"), dict):
        yield (*path, "example"), others, False
    for name, field in part.get("properties", {}).items():
        yield (*path, name), field, name in part.get("required", ())
        yield from _fields(schema, field, (*path, name))


def _edges(schema: Schema, part: Schema, name: str) -> Iterator[Any]:
    part = resolved(schema, part)
    for choice in part.get("anyOf", ()):
        yield from _edges(schema, choice, name)
    yield from part.get("enum", ())
    match part.get("type"):
        case "null":
            yield None
        case "boolean":
            yield from (True, False)
        case "array" if "items" in part:
            yield [_item(schema, part, name)] * part.get("minItems", 0)
            if "maxItems" in part:
                yield [_item(schema, part, name)] * part["maxItems"]
        case "integer" | "number":
            yield from (part[bound] for bound in ("minimum", "maximum") if bound in part)
            if "minimum" not in part:
                yield -1
            if part["type"] == "number":
                yield part.get("minimum", 0) + 0.5
        case "string" if "format" in part:
            yield from (part[bound] for bound in ("formatMinimum", "formatMaximum") if bound in part)
        case "string" if "enum" not in part:
            edges = "x" * part.get("minLength", 0), "é" * part.get("maxLength", 300)
            yield from (text for text in edges if re.search(part.get("pattern", ""), text))


def _with(whole: Any, path: Path, value: Any) -> Any:
    changed = deepcopy(whole)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


def _without(whole: Any, path: Path) -> Any:
    changed = deepcopy(whole)
    place = changed
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return changed
