"""Documents that a JSON Schema of ours allows: a full one, the smallest one, and one for each edge of each field.

A value comes from the field's own `examples`, else from the samples by the field's name, else from its type. Where none
of these gives one that the schema allows, Inexpressible names the field: a guess would be published for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from pydantic import JsonValue, RootModel

from libraries.data_files import read_data_file
from publication.inexpressible import Inexpressible
from publication.schemas import Schema, resolved

_BY_FORMAT: Final = {"date-time": "2025-01-10T09:00:00Z", "date": "2025-01-10"}
_GIVE: Final = "give it `examples=[…]` where the contract has it"
_LONG: Final = 300  # characters that try a text without a bound: more than any column of a reader would hold by chance


class _Place(NamedTuple):
    """Where in a document one stands: the dotted path, the name of the field, the references on the way."""

    path: str = ""
    name: str = ""
    within: frozenset[str] = frozenset()

    def field(self, name: str) -> _Place:
        return self._replace(path=f"{self.path}.{name}" if self.path else name, name=name)

    def item(self, name: str) -> _Place:
        return self._replace(path=f"{self.path}[]", name=name)

    def entered(self, part: Schema) -> _Place:
        return self._replace(within=self.within | {part["$ref"]}) if "$ref" in part else self

    def refused(self, text: str, remedy: str = _GIVE) -> Inexpressible:
        return Inexpressible(self.path, text, remedy)


@cache
def _samples() -> Mapping[str, Any]:
    return read_data_file("publication", "samples.toml", RootModel[dict[str, JsonValue]]).root


def full_document(schema: Schema) -> Any:
    """A document with every field, each with a value that people understand; the same every time.

    Raises Inexpressible.
    """
    return _value(schema, schema, _Place(), full=True)


def smallest_document(schema: Schema) -> Any:
    """A document with nothing but what is required, null where null is allowed, arrays as short as may be.

    Raises Inexpressible.
    """
    return _value(schema, schema, _Place(), full=False)


def edge_documents(schema: Schema) -> Iterator[Any]:
    """The full document with one field at an edge of what it may be: each choice, each bound, absent, null."""
    yield from _edges(schema, schema, _Place())


def _value(schema: Schema, part: Schema, place: _Place, *, full: bool) -> Any:
    place, part = place.entered(part), resolved(schema, part)
    if "anyOf" in part:
        return _value(schema, _choice(part, place, full=full), place, full=full)
    if "const" in part:
        return part["const"]
    if "enum" in part:
        return part["enum"][0]
    match part.get("type"):
        case "object":
            return _object(schema, part, place, full=full)
        case "array":
            return _array(schema, part, place, full=full)
        case "string":
            return _text(part, place)
        case "integer" | "number":
            return _number(part, place, full=full)
        case "boolean":
            return full
        case "null":
            return None
    raise place.refused(f"no document can be made of {_described(part)}", "use types of which one can, such as a union")


def _choice(part: Schema, place: _Place, *, full: bool) -> Schema:
    """Of a union the first that says something, or that says nothing; one that holds what it is in comes last."""
    choices: list[Schema] = part["anyOf"]
    return min(choices, key=lambda it: (_endless(it, place), (it.get("type") == "null") == full))


def _endless(part: Schema, place: _Place) -> bool:
    """Whether a part holds what it is in: a document of it would never end."""
    return part.get("$ref") in place.within or ("anyOf" in part and all(_endless(it, place) for it in part["anyOf"]))


def _object(schema: Schema, part: Schema, place: _Place, *, full: bool) -> dict[str, Any]:
    required = set(part.get("required", ()))
    fields: dict[str, Any] = {}
    for name, field in part.get("properties", {}).items():
        if full or name in required:
            if _endless(field, place):
                raise place.field(name).refused("it holds what it is in, without end", "let it be null, or a list")
            fields[name] = _value(schema, field, place.field(name), full=full)
    if "patternProperties" in part:
        raise place.refused("no reader can compare keys that have a pattern", "say it as a list of parts")
    if isinstance(others := part.get("additionalProperties"), dict):
        for key in _keys(part, place, count=max(part.get("minProperties", 0), int(full))):
            fields[key] = _value(schema, others, place.field("example"), full=full)
    return fields


def _keys(part: Schema, place: _Place, *, count: int) -> list[str]:
    wanted = part.get("propertyNames", {})
    given = wanted.get("examples", ())
    keys = [*given, *("example" if number == 1 else f"example-{number}" for number in range(1, count + 1))][:count]
    for key in keys:
        if not _text_fits(wanted, key):
            raise place.field("*").refused(f"a key must be {_described({'type': 'string', **wanted})}: none is known")
    return keys


def _array(schema: Schema, part: Schema, place: _Place, *, full: bool) -> list[Any]:
    if full and part.get("examples"):
        return list(part["examples"][0])
    sample = _samples().get(place.name)
    if "prefixItems" in part:
        if full and isinstance(sample, list):
            return sample
        return [_value(schema, item, place.item(""), full=full) for item in part["prefixItems"]]
    if full and isinstance(sample, list):
        return sample
    items = part.get("items", {})
    least = part.get("minItems", 0)
    if _endless(items, place) and not least:
        return []
    count = max(least, int(full and part.get("maxItems", 1) > 0))
    return [_item(schema, part, place, full=full)] * count


def _item(schema: Schema, part: Schema, place: _Place, *, full: bool = True) -> Any:
    for given in (part.get("examples", [None])[0], _samples().get(place.name)):
        if isinstance(given, list) and given:
            return given[0]
    return _value(schema, part.get("items", {}), place.item(place.name), full=full)


def _text(part: Schema, place: _Place) -> str:
    if given := part.get("examples"):
        return str(given[0])
    form = part.get("format")
    if form == "uuid":
        return str(uuid5(NAMESPACE_URL, place.name))
    sample = _samples().get(place.name)
    most = part.get("maxLength", _LONG)
    plain = "example".ljust(part.get("minLength", 0), "-")[:most] if form is None else _BY_FORMAT.get(form)
    for text in (plain,) if form in _BY_FORMAT else (sample, plain):
        if isinstance(text, str) and _text_fits(part, text):
            return text
    raise place.refused(f"no example of {_described(part)} is known")


def _text_fits(part: Schema, text: str) -> bool:
    # Times are written alike, in UTC, so that the texts stand in the order of the times.
    return (
        part.get("minLength", 0) <= len(text) <= part.get("maxLength", len(text))
        and re.search(part.get("pattern", ""), text) is not None
        and part.get("formatMinimum", text) <= text <= part.get("formatMaximum", text)
    )


def _number(part: Schema, place: _Place, *, full: bool) -> float:
    if given := part.get("examples"):
        return float(given[0]) if isinstance(given[0], float) else int(given[0])
    sample = _samples().get(place.name)
    least = max(int(part.get("minimum", 0)), 0)
    step = part.get("multipleOf", 1)
    above = part.get("exclusiveMinimum", least)
    tried = [sample, least + 1] if full else [least]
    for number in (*tried, least, above + 1, (above // step + 1) * step, part.get("maximum")):
        if isinstance(number, int) and _number_fits(part, number):
            return number
    raise place.refused(f"no example of {_described(part)} is known")


def _number_fits(part: Schema, number: int) -> bool:
    return bool(
        part.get("minimum", number) <= number <= part.get("maximum", number)
        and part.get("exclusiveMinimum", number - 1) < number < part.get("exclusiveMaximum", number + 1)
        and number % part.get("multipleOf", 1) == 0
    )


def _described(part: Schema) -> str:
    told = [f"{name} {part[name]}" for name in sorted(part) if name not in {"type", "title", "description", "default"}]
    return f"{part.get('type', 'a value')}{' with ' if told else ''}{', '.join(told)}"


def _edges(schema: Schema, part: Schema, place: _Place) -> Iterator[Any]:
    """The full value of a part with one thing in it at an edge."""
    if _endless(part, place):
        return
    place, part = place.entered(part), resolved(schema, part)
    for choice in part.get("anyOf", ()):
        if not _endless(choice, place):
            yield _value(schema, choice, place, full=True)
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
        edges = "x" * part.get("minLength", 0), "é" * part.get("maxLength", _LONG)
        yield from (text for text in edges if re.search(part.get("pattern", ""), text))


def _array_edges(schema: Schema, part: Schema, place: _Place) -> Iterator[list[Any]]:
    if "prefixItems" in part:
        yield from _tuple_edges(schema, part, place, _array(schema, part, place, full=True))
        return
    if "items" not in part or _endless(part["items"], place):
        return
    item = _item(schema, part, place)
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


def _tuple_edges(schema: Schema, part: Schema, place: _Place, whole: list[Any]) -> Iterator[list[Any]]:
    for number, item in enumerate(part["prefixItems"]):
        for edge in _edges(schema, item, place.item("")):
            yield [*whole[:number], edge, *whole[number + 1 :]]


def _object_edges(schema: Schema, part: Schema, place: _Place) -> Iterator[dict[str, Any]]:
    whole = _object(schema, part, place, full=True)
    for name, field in part.get("properties", {}).items():
        yield from ({**whole, name: edge} for edge in _edges(schema, field, place.field(name)))
        if name not in part.get("required", ()):
            yield {key: value for key, value in whole.items() if key != name}
    if isinstance(others := part.get("additionalProperties"), dict):
        for key in whole.keys() - part.get("properties", {}).keys():
            yield from ({**whole, key: edge} for edge in _edges(schema, others, place.field("example")))
