"""Changes of an event that no schema refuses, and that mean something else: a default, a mark of personal data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from publication.findings import NEW_TYPE, OLD_WRITERS, THE_PEOPLE, Finding
from publication.schemas import Schema, resolved


@dataclass(slots=True)
class _Said:
    """What a schema says of one place beside what it takes."""

    defaults: list[Any] = field(default_factory=list)
    personal: bool = False


def changed_meaning(name: str, before: Schema, after: Schema) -> Iterator[Finding]:
    """What is read otherwise, or protected no longer, of the version of that name.

    Defaults count on services' topics too: records of earlier minor versions, which are kept, lack the field.
    """
    said, says = _all_said(before), _all_said(after)
    for path in sorted(said.keys() & says.keys()):
        then, now = said[path], says[path]
        if then.defaults and now.defaults and then.defaults != now.defaults:
            text = f"{path}: what is missing is read as {now.defaults[0]} instead of {then.defaults[0]}"
            yield Finding(name, "breaks", text, OLD_WRITERS, NEW_TYPE)
        if then.personal and not now.personal:
            text = f"{path}: it was personal, and would be protected no longer"
            yield Finding(name, "breaks", text, THE_PEOPLE, "mark it again")


def _all_said(schema: Schema) -> dict[str, _Said]:
    """By the dotted path of each place, whatever the classes are called that it leads through."""
    found: dict[str, _Said] = {}
    for path, part in _places(schema, schema, "", frozenset()):
        said = found.setdefault(path, _Said())
        said.personal |= bool(part.get("x-personal"))
        if "default" in part:
            said.defaults.append(part["default"])
    return found


def _places(schema: Schema, part: Schema, path: str, within: frozenset[str]) -> Iterator[tuple[str, Schema]]:
    if (reference := part.get("$ref")) is not None:
        yield path, {keyword: value for keyword, value in part.items() if keyword != "$ref"}
        if reference in within:
            return  # a part within itself: its places are told above
        within, part = within | {reference}, resolved(schema, {"$ref": reference})
    yield path, part
    for choice in part.get("anyOf", ()):
        yield from _places(schema, choice, path, within)
    for name, below in part.get("properties", {}).items():
        yield from _places(schema, below, f"{path}.{name}" if path else name, within)
    for below in (*part.get("prefixItems", ()), part.get("items")):
        if isinstance(below, dict):
            yield from _places(schema, below, f"{path}[]", within)
    if isinstance(others := part.get("additionalProperties"), dict):
        yield from _places(schema, others, f"{path}.*", within)
