"""Schemas of Kafka Connect for the public topics: structs for whoever's connectors can do nothing with bare JSON.

JSON with schema rather than Avro: the records stay as they are, no registry is needed, and Connect's own JsonConverter
reads them by a schema from its settings. It knows no unions, so the one schema of a topic has the fields of all of its
events, each of which may be missing; what two events have in different types it leaves out, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from contracts.topic import Topic
from publication.columns import Column, ListOf, Scalar, Struct, columns_of
from publication.schemas import Schema, schema_of
from publication.versions import Version, versions

_TYPES: Final[Mapping[Scalar, str]] = {
    "id": "string",
    "moment": "string",
    "day": "string",
    "text": "string",
    "whole": "int64",
    "fraction": "double",
    "truth": "boolean",
}


def connect_schemas(topics: Iterable[Topic]) -> dict[str, Schema]:
    """The schema of each public topic, by its name; raises Inexpressible where an event has what no column can be."""
    topics = tuple(topics)
    found = versions(topics)
    return {topic.name: _of_topic(topic, found) for topic in topics if topic.privacy == "public"}


def _of_topic(topic: Topic, found: Iterable[Version]) -> Schema:
    carried = {*topic.events, *topic.earlier}
    kinds: dict[str, list[Schema]] = {}
    for version in found:
        if version.model in carried:
            for name, column in columns_of(schema_of(version, "reader")).fields:
                kinds.setdefault(name, []).append(_schema(column, name))
    fields = {name: _merged(schemas) for name, schemas in kinds.items()}
    left_out = sorted(name for name, field in fields.items() if field is None)
    told = {"doc": f"Without what two events have in different types: {', '.join(left_out)}"} if left_out else {}
    whole = [field for field in fields.values() if field is not None]
    return {"type": "struct", "name": f"engage.{topic.name}", "optional": True, **told, "fields": whole}


def _merged(schemas: Sequence[Schema]) -> Schema | None:
    """One schema for a field that several events have: of structs with the fields of each; None where there is none."""
    first = schemas[0]
    if len({schema["type"] for schema in schemas}) > 1:
        return None
    match first["type"]:
        case "struct":
            kinds: dict[str, list[Schema]] = {}
            for field in (field for schema in schemas for field in schema["fields"]):
                kinds.setdefault(field["field"], []).append(field)
            fields = [_merged(found) for found in kinds.values()]
            return None if None in fields else {**first, "fields": fields}
        case "array":
            items = _merged([schema["items"] for schema in schemas])
            return None if items is None else {**first, "items": items}
    return first


def _schema(column: Column, name: str = "") -> Schema:
    told: dict[str, Any] = {"optional": True, **({"field": name} if name else {})}
    match column:
        case Struct(fields):
            return {"type": "struct", "fields": [_schema(field, called) for called, field in fields], **told}
        case ListOf(item):
            return {"type": "array", "items": _schema(item), **told}
    return {"type": _TYPES[column], **told}
