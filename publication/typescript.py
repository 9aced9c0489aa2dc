"""TypeScript types of every event, for subscribers and forms: generated from the schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from contracts.catalogue import TOPICS
from publication.schemas import Schema, objects_of, schema_of
from publication.versions import Version, versions

_FORMATS = {"uuid": "Uuid", "date-time": "DateTime", "date": "CalendarDate"}
_HEAD = """\
// Generated from the contracts' catalogue: `engage contracts export` writes it, nobody edits it.

/** A UUID in lower case. */
export type Uuid = string;
/** A time of RFC 3339 with its offset from UTC. */
export type DateTime = string;
/** A day, YYYY-MM-DD. */
export type CalendarDate = string;
"""


def typescript_types() -> str:
    """The module: an interface an event and a part, the types by `ce_type`, and what each topic carries."""
    interfaces: dict[str, str] = {}
    found = versions()
    for version in found:
        schema = schema_of(version.model, version.uri, _side(version))
        for part in objects_of(schema):
            interfaces[part["title"]] = _interface(part)
    by_type = "".join(f"  {json.dumps(it.model.event_type)}: {it.model.__name__};\n" for it in found)
    by_topic = "".join(
        f"  {json.dumps(topic.name)}: {' | '.join(event.__name__ for event in (*topic.events, *topic.earlier))};\n"
        for topic in TOPICS
    )
    return "\n".join(
        [
            _HEAD,
            *interfaces.values(),
            f"/** The data of an event by its `ce_type`. */\nexport interface EventByType {{\n{by_type}}}\n",
            f"/** What each topic carries; null is a tombstone. */\nexport interface DataByTopic {{\n{by_topic}}}\n",
        ]
    )


def _side(version: Version) -> Any:
    # A form may leave out what has a default; what services write is always there.
    return "reader" if version.topic.is_form else "writer"


def _interface(part: Schema) -> str:
    lines = [*_comment(part, ""), f"export interface {part['title']} {{"]
    required = part.get("required", ())
    for name, field in part["properties"].items():
        lines += _comment(field, "  ")
        optional = "" if name in required else "?"
        lines.append(f"  readonly {name}{optional}: {_type(field)};")
    return "\n".join([*lines, "}", ""])


def _comment(part: Schema, indent: str) -> Iterator[str]:
    told = [part.get("description", "").replace("*/", "* /")]
    if _is_personal(part):
        told.append("Personal data: never log it, never pass it on.")
    if any(told):
        yield f"{indent}/** {' '.join(filter(None, told))} */"


def _is_personal(part: Schema) -> bool:
    return bool(part.get("x-personal")) or any(_is_personal(choice) for choice in part.get("anyOf", ()))


def _type(part: Schema) -> str:
    if "$ref" in part:
        return str(part["$ref"].rpartition("/")[2])
    if "anyOf" in part:
        return " | ".join(_type(choice) for choice in part["anyOf"])
    if "const" in part or "enum" in part:
        return " | ".join(json.dumps(choice) for choice in part.get("enum", [part.get("const")]))
    match part.get("type"):
        case "array" if "prefixItems" in part:
            return f"readonly [{', '.join(_type(item) for item in part['prefixItems'])}]"
        case "array":
            item = _type(part["items"])
            return f"readonly ({item})[]" if " | " in item else f"readonly {item}[]"
        case "string":
            return _FORMATS.get(part.get("format", ""), "string")
        case "integer" | "number":
            return "number"
        case "boolean":
            return "boolean"
        case "null":
            return "null"
    raise ValueError(f"no TypeScript type is known for {part}")
