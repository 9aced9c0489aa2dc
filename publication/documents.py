"""Documents that a JSON Schema of ours allows: a full one and the smallest one.

A value comes from the field's own `examples`, else from the samples by the field's name, else from its type. Where none
of these gives one that the schema allows, Inexpressible names the field: a guess would be published for ever.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from pydantic import JsonValue, RootModel

from libraries.data_files import read_data_file
from publication.inexpressible import Inexpressible
from publication.schemas import Schema, resolved

_BY_FORMAT: Final = {"date-time": "2025-01-10T09:00:00Z", "date": "2025-01-10"}
_GIVE: Final = "give it `examples=[…]` where the contract has it"
LONG: Final = 300  # characters that try a text without a bound: more than any column of a reader would hold by chance


class Place(NamedTuple):
    """Where in a document one stands: the dotted path, the name of the field, the references on the way."""

    path: str = ""
    name: str = ""
    within: frozenset[str] = frozenset()

    def field(self, name: str) -> Place:
        """A field of what is here."""
        return self._replace(path=f"{self.path}.{name}" if self.path else name, name=name)

    def item(self, name: str) -> Place:
        """An item of the list that is here; it goes by the name of its list, where samples have it."""
        return self._replace(path=f"{self.path}[]", name=name)

    def entered(self, part: Schema) -> Place:
        """The same place, once a part's reference was followed."""
        return self._replace(within=self.within | {part["$ref"]}) if "$ref" in part else self

    def refused(self, text: str, remedy: str = _GIVE) -> Inexpressible:
        """What is wrong here."""
        return Inexpressible(self.path, text, remedy)


@cache
def _samples() -> Mapping[str, Any]:
    return read_data_file("publication", "samples.toml", RootModel[dict[str, JsonValue]]).root


def full_document(schema: Schema) -> Any:
    """A document with every field, each with a value that people understand; the same every time.

    Raises Inexpressible.
    """
    return value_of(schema, schema, Place(), full=True)


def smallest_document(schema: Schema) -> Any:
    """A document with nothing but what is required, null where null is allowed, arrays as short as may be.

    Raises Inexpressible.
    """
    return value_of(schema, schema, Place(), full=False)


def value_of(schema: Schema, part: Schema, place: Place, *, full: bool) -> Any:
    """A value that a part of a schema allows; Inexpressible."""
    place, part = place.entered(part), resolved(schema, part)
    if "anyOf" in part:
        return value_of(schema, _choice(part, place, full=full), place, full=full)
    if "const" in part:
        return part["const"]
    if "enum" in part:
        sample = _samples().get(place.name)
        return sample if sample in part["enum"] else part["enum"][0]
    match part.get("type"):
        case "object":
            return object_of(schema, part, place, full=full)
        case "array":
            return array_of(schema, part, place, full=full)
        case "string":
            return _text(part, place)
        case "integer" | "number":
            return _number(part, place, full=full)
        case "boolean":
            return full
        case "null":
            return None
    raise place.refused(f"no document can be made of {_described(part)}", "use types of which one can, such as a union")


def _choice(part: Schema, place: Place, *, full: bool) -> Schema:
    """Of a union the first that says something, or that says nothing; one that holds what it is in comes last."""
    choices: list[Schema] = part["anyOf"]
    return min(choices, key=lambda it: (is_endless(it, place), (it.get("type") == "null") == full))


def is_endless(part: Schema, place: Place) -> bool:
    """Whether a part holds what it is in: a document of it would never end."""
    return part.get("$ref") in place.within or ("anyOf" in part and all(is_endless(it, place) for it in part["anyOf"]))


def object_of(schema: Schema, part: Schema, place: Place, *, full: bool) -> dict[str, Any]:
    """A value of a part that is an object."""
    required = set(part.get("required", ()))
    fields: dict[str, Any] = {}
    for name, field in part.get("properties", {}).items():
        if full or name in required:
            if is_endless(field, place):
                raise place.field(name).refused("it holds what it is in, without end", "let it be null, or a list")
            fields[name] = value_of(schema, field, place.field(name), full=full)
    if "patternProperties" in part:
        raise place.refused("no reader can compare keys that have a pattern", "say it as a list of parts")
    if isinstance(others := part.get("additionalProperties"), dict):
        for key in _keys(part, place, count=max(part.get("minProperties", 0), int(full))):
            fields[key] = value_of(schema, others, place.field("example"), full=full)
    return fields


def _keys(part: Schema, place: Place, *, count: int) -> list[str]:
    wanted = part.get("propertyNames", {})
    given = wanted.get("examples", ())
    keys = [*given, *("example" if number == 1 else f"example-{number}" for number in range(1, count + 1))][:count]
    for key in keys:
        if not _text_fits(wanted, key):
            raise place.field("*").refused(f"a key must be {_described({'type': 'string', **wanted})}: none is known")
    return keys


def array_of(schema: Schema, part: Schema, place: Place, *, full: bool) -> list[Any]:
    """A value of a part that is an array."""
    if full and part.get("examples"):
        return deepcopy(list(part["examples"][0]))
    sample = _samples().get(place.name)
    if "prefixItems" in part:
        if full and isinstance(sample, list):
            return deepcopy(sample)
        return [value_of(schema, item, place.item(""), full=full) for item in part["prefixItems"]]
    if full and isinstance(sample, list):
        return deepcopy(sample)
    items = part.get("items", {})
    least = part.get("minItems", 0)
    if is_endless(items, place) and not least:
        return []
    count = max(least, int(full and part.get("maxItems", 1) > 0))
    return [item_of(schema, part, place, full=full)] * count


def item_of(schema: Schema, part: Schema, place: Place, *, full: bool = True) -> Any:
    """What one place of an array holds."""
    for given in (part.get("examples", [None])[0], _samples().get(place.name)):
        if isinstance(given, list) and given:
            return deepcopy(given[0])
    return value_of(schema, part.get("items", {}), place.item(place.name), full=full)


def _text(part: Schema, place: Place) -> str:
    if given := part.get("examples"):
        return str(given[0])
    form = part.get("format")
    if form == "uuid":
        return str(uuid5(NAMESPACE_URL, place.name))
    sample = _samples().get(place.name)
    most = part.get("maxLength", LONG)
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


def _number(part: Schema, place: Place, *, full: bool) -> float:
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
