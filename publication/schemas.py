"""JSON Schemas (2020-12) of an event version: closed for those who write it, open for those who read it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, TypeAlias, cast

from pydantic.json_schema import JsonSchemaMode

from contracts.message import EventData
from publication.versions import Version

Schema: TypeAlias = dict[str, Any]
Side: TypeAlias = Literal["writer", "reader"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TOLD = frozenset({"$id", "$schema", "title", "description", "examples"})
"""What a schema tells people: it may be worded better without making another version."""


def schema_of(version: Version, side: Side) -> Schema:
    """The schema of a version: a writer's objects have the fields that it names and no others, a reader ignores others.

    A form may leave out what has a default; a service always writes every field, and so its writer's schema says.
    It is shared: whoever would change it takes a copy.
    """
    return _made(version.model, version.uri, side, version.topic.is_form)


@cache  # a check asks for each of them twenty times, and making one takes milliseconds
def _made(model: type[EventData], uri: str, side: Side, by_forms: bool) -> Schema:
    mode: JsonSchemaMode = "validation" if by_forms or side == "reader" else "serialization"
    made = model.model_json_schema(mode=mode, by_alias=True)
    for part in objects_of(made):
        for field in part["properties"].values():
            field.pop("title", None)
        if side == "writer":
            part["additionalProperties"] = False
    identifier = uri if side == "writer" else f"{uri}:reader"
    return {"$schema": _DIALECT, "$id": identifier, **made}


def objects_of(schema: Schema) -> Iterator[Schema]:
    """The schema and its definitions, as far as they are objects with fields."""
    for part in (schema, *schema.get("$defs", {}).values()):
        if "properties" in part:
            yield part


def shape_of(schema: Any) -> Any:
    """A schema without what it only tells people: two versions of equal shape accept the same documents."""
    if isinstance(schema, dict):
        return {
            name: _shapes_by_name(value) if name in {"properties", "$defs"} else shape_of(value)
            for name, value in schema.items()
            if name not in _TOLD
        }
    if isinstance(schema, list):
        return [shape_of(value) for value in schema]
    return schema


def _shapes_by_name(named: Any) -> Schema:
    # A field may be called `title` or `description`: only keywords are dropped, never fields.
    return {name: shape_of(value) for name, value in cast("Schema", named).items()}


def resolved(schema: Schema, part: Schema) -> Schema:
    """A part of a schema with its `$ref`, if it has one, followed; what stands beside the reference is kept."""
    reference = part.get("$ref")
    if reference is None:
        return part
    target = schema["$defs"][reference.removeprefix("#/$defs/")]
    return {**target, **{name: value for name, value in part.items() if name != "$ref"}}
