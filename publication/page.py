"""The AsyncAPI document as one page that opens without a network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


class Field(NamedTuple):
    """A row of a message's table: the dotted path, its type in words, and what is said of it."""

    path: str
    type: str
    required: bool
    personal: bool
    description: str


def page(document: Mapping[str, Any]) -> str:
    """The page; its text comes from the document alone."""
    environment = Environment(
        loader=PackageLoader(__package__, "."),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    in_binary_mode = {
        name: message
        for name, message in document["components"]["messages"].items()
        if message["contentType"] == document["defaultContentType"]
    }
    messages = {
        name: {
            **message,
            "fields": list(_fields(document, message["payload"], "", True)),
            "example": json.dumps(message["examples"][-1]["payload"], ensure_ascii=False, indent=2),
        }
        for name, message in in_binary_mode.items()
    }
    return environment.get_template("page.html.jinja").render(document=document, messages=messages)


def _fields(
    document: Mapping[str, Any],
    schema: Mapping[str, Any],
    path: str,
    required: bool,
    within: frozenset[str] = frozenset(),
) -> Iterator[Field]:
    inner, schema = schema, _resolved(document, schema)
    for choice in schema.get("anyOf", ()):
        if choice.get("type") != "null":
            inner = choice
    suffix = ""
    if (listed := _resolved(document, inner)).get("type") == "array" and "items" in listed:
        inner, suffix = listed["items"], "[]"
    if path:
        yield Field(path, _type(schema), required, _is_personal(schema), schema.get("description", ""))
    if (reference := inner.get("$ref", "")) in within:
        return  # a part within itself: its fields are told above
    within, inner = within | {reference} if reference else within, _resolved(document, inner)
    for name, field in inner.get("properties", {}).items():
        below = f"{path}{suffix}.{name}" if path else name
        yield from _fields(document, field, below, name in inner.get("required", ()), within)


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    target = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return {**target, **{name: value for name, value in schema.items() if name != "$ref"}}


def _is_personal(schema: Mapping[str, Any]) -> bool:
    return bool(schema.get("x-personal")) or any(map(_is_personal, schema.get("anyOf", ())))


def _type(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(choice) for choice in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " | ".join(json.dumps(choice) for choice in schema.get("enum", [schema.get("const")]))
    if "$ref" in schema or schema.get("type") == "object":
        return "object"
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}" if "items" in schema else "list"
    bounds = [
        f"{word} {schema[name]}"
        for name, word in (
            ("minimum", "from"),
            ("maximum", "to"),
            ("minLength", "at least"),
            ("maxLength", "at most"),
        )
        if name in schema
    ]
    return " ".join([schema.get("format", schema.get("type", "anything")), *bounds])
