"""The fields of an event as columns: what tools for data make of a schema, whose unions they do not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from publication.inexpressible import Inexpressible
from publication.schemas import Schema, resolved

Scalar: TypeAlias = Literal["id", "moment", "day", "text", "whole", "fraction", "truth"]
_BY_FORMAT: Final[Mapping[str, Scalar]] = {"uuid": "id", "date-time": "moment", "date": "day"}
_BY_TYPE: Final[Mapping[str, Scalar]] = {
    "string": "text",
    "integer": "whole",
    "number": "fraction",
    "boolean": "truth",
}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of columns of one kind."""

    item: Column


@dataclass(frozen=True, slots=True)
class Struct:
    """A row within a row: columns by name, any of which may be null."""

    fields: tuple[tuple[str, Column], ...]


Column: TypeAlias = "Scalar | ListOf | Struct"


def columns_of(schema: Schema) -> Struct:
    """The columns of an event, by its reader's schema; raises Inexpressible where it holds what no column can."""
    return _struct(schema, schema, "", frozenset())


def _struct(schema: Schema, part: Schema, path: str, within: frozenset[str]) -> Struct:
    fields = part.get("properties", {}).items()
    return Struct(tuple((name, _column(schema, field, f"{path}.{name}", within)) for name, field in fields))


def _column(schema: Schema, part: Schema, path: str, within: frozenset[str]) -> Column:
    if (reference := part.get("$ref")) in within:
        raise Inexpressible(path, "it holds what it is in, which no column can", "say it as a list of parts")
    within, part = within | ({reference} if reference else set()), resolved(schema, part)
    if "anyOf" in part:
        said = (_column(schema, it, path, within) for it in part["anyOf"] if it.get("type") != "null")
        return _one(list(dict.fromkeys(said)), path)
    if "properties" in part:
        return _struct(schema, part, path, within)
    if part.get("type") == "array" and "items" in part:
        return ListOf(_column(schema, part["items"], f"{path}[]", within))
    kind = _BY_FORMAT.get(part.get("format", "")) or _BY_TYPE.get(_type(part))
    if kind is None:
        raise Inexpressible(path, "it is a mapping or a tuple, which no column can be", "say it as a list of parts")
    return kind


def _one(columns: Sequence[Column], path: str) -> Column:
    if len(columns) != 1:
        raise Inexpressible(path, "it is of several kinds, which no column can be", "make a field of each")
    return columns[0]


def _type(part: Schema) -> str:
    # A constant need not say its type.
    return str(part.get("type") or ("string" if isinstance(part.get("const"), str) else ""))
