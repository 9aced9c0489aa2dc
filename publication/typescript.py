"""TypeScript types of every event, for subscribers and forms: generated from the schemas."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from contracts.topic import Topic
from publication.components import components
from publication.inexpressible import Inexpressible
from publication.schemas import Schema
from publication.versions import versions

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


def typescript_types(topics: Iterable[Topic]) -> str:
    """The module: an interface an event and a part, the types by `ce_type`, and what each topic carries.

    Raises Inexpressible.
    """
    topics = tuple(topics)
    found = versions(topics)
    by_type = "".join(f"  {json.dumps(it.model.event_type)}: {it.model.__name__};\n" for it in found)
    by_topic = "".join(
        f"  {json.dumps(topic.name)}: {' | '.join(event.__name__ for event in (*topic.events, *topic.earlier))};\n"
        for topic in topics
    )
    return "\n".join(
        [
            _HEAD,
            *(_declaration(name, part) for name, part in components(found).items()),
            f"/** The data of an event by its `ce_type`. */\nexport interface EventByType {{\n{by_type}}}\n",
            f"/** What each topic carries; null is a tombstone. */\nexport interface DataByTopic {{\n{by_topic}}}\n",
        ]
    )


def _declaration(called: str, part: Schema) -> str:
    lines = [*_comment(part, "")]
    if "properties" not in part:
        return "\n".join([*lines, f"export type {called} = {_type(part, called)};", ""])
    lines.append(f"export interface {called} {{")
    required = part.get("required", ())
    for name, field in part["properties"].items():
        lines += _comment(field, "  ")
        optional = "" if name in required else "?"
        lines.append(f"  readonly {_property(name)}{optional}: {_type(field, f'{called}.{name}')};")
    return "\n".join([*lines, "}", ""])


def _property(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)


def _comment(part: Schema, indent: str) -> Iterator[str]:
    told = [part.get("description", "").replace("*/", "* /")]
    if _is_personal(part):
        told.append("Personal data: never log it, never pass it on.")
    if any(told):
        yield f"{indent}/** {' '.join(filter(None, told))} */"


def _is_personal(part: Schema) -> bool:
    return bool(part.get("x-personal")) or any(_is_personal(choice) for choice in part.get("anyOf", ()))


def _type(part: Schema, path: str) -> str:
    if "$ref" in part:
        return str(part["$ref"].rpartition("/")[2])
    if "anyOf" in part:
        return " | ".join(_type(choice, path) for choice in part["anyOf"])
    if "const" in part or "enum" in part:
        return " | ".join(json.dumps(choice) for choice in part.get("enum", [part.get("const")]))
    match part.get("type"):
        case "array" if "prefixItems" in part:
            return f"readonly [{', '.join(_type(item, path) for item in part['prefixItems'])}]"
        case "array" if "items" in part:
            item = _type(part["items"], path)
            return f"readonly ({item})[]" if " | " in item or item.startswith("readonly ") else f"readonly {item}[]"
        case "object" if isinstance(part.get("additionalProperties"), dict):
            return f"Readonly<Record<string, {_type(part['additionalProperties'], path)}>>"
        case "string":
            return _FORMATS.get(part.get("format", ""), "string")
        case "integer" | "number":
            return "number"
        case "boolean":
            return "boolean"
        case "null":
            return "null"
    said = ", ".join(f"{name} {value}" for name, value in part.items() if name not in {"title", "description"})
    raise Inexpressible(path, f"no TypeScript type is known for {said or 'anything'}", "say it with other types")
