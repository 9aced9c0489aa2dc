"""Whether every document that one schema allows is allowed by another, decided from the schemas alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import inf
from typing import Any, NamedTuple

from publication.schemas import Schema, resolved

_DECIDED = frozenset(
    {
        "$defs", "$id", "$ref", "$schema", "additionalProperties", "anyOf", "const", "default", "description", "enum",
        "examples", "format", "formatMaximum", "formatMinimum", "items", "maxItems", "maxLength", "maximum", "minItems",
        "minLength", "minimum", "pattern", "prefixItems", "properties", "required", "title", "type", "x-personal",
    }
)  # fmt: skip
_ALONE = frozenset(
    {
        "exclusiveMaximum",
        "exclusiveMinimum",
        "maxProperties",
        "minProperties",
        "multipleOf",
        "propertyNames",
        "uniqueItems",
    }
)
"""What holds or not whatever stands beside it: where both say the same of it, or only the inner one does, none is
wider. Nothing else is known of them."""

_ANYTHING: Schema = {}
_LONGEST: Mapping[str | None, int] = {"date": 10, "uuid": 45}
"""Characters of what has a format that says how long it can be (a UUID may have `urn:uuid:` before it)."""


class Gap(NamedTuple):
    """A place where the one allows what the other may not: the field's dotted path, and what differs.

    `known` is False where that can't be told from the schemas, which must count as a gap all the same.
    """

    path: str
    text: str
    known: bool = True


def gaps(inner: Schema, outer: Schema) -> Iterator[Gap]:
    """Where `inner` may allow a document that `outer` does not; nothing where each is allowed.

    Sound for the keywords that our schemas use; any other is a gap that is not known.
    """
    yield from _gaps(inner, inner, outer, outer, "", frozenset())


def _gaps(
    inner_root: Schema, inner: Schema, outer_root: Schema, outer: Schema, path: str, seen: frozenset[tuple[str, str]]
) -> Iterator[Gap]:
    yield from _not_compared(inner, outer, path)
    # Unions before references: a part within itself is known again by both its references.
    if "anyOf" in inner:
        for choice in inner["anyOf"]:
            yield from _gaps(inner_root, choice, outer_root, outer, path, seen)
        return
    if "anyOf" in outer:
        tried = [list(_gaps(inner_root, inner, outer_root, choice, path, seen)) for choice in outer["anyOf"]]
        yield from min(tried, key=lambda found: (any("may be" in gap.text for gap in found), len(found)))
        return
    references = inner.get("$ref", ""), outer.get("$ref", "")
    if any(references):
        if all(references):
            if references in seen:
                return  # what is asked is being answered
            seen |= {references}
        inner, outer = resolved(inner_root, inner), resolved(outer_root, outer)
        yield from _gaps(inner_root, inner, outer_root, outer, path, seen)
        return
    yield from _scalar_gaps(inner, outer, path)
    if inner.get("type") == outer.get("type") == "array":
        for position, (mine, theirs) in enumerate(_items(inner, outer)):
            below = f"{path}[]" if "prefixItems" not in inner else f"{path}[{position}]"
            yield from _gaps(inner_root, mine, outer_root, theirs, below, seen)
    if inner.get("type") == outer.get("type") == "object":
        yield from _object_gaps(inner_root, inner, outer_root, outer, path, seen)


def _not_compared(inner: Schema, outer: Schema, path: str) -> Iterator[Gap]:
    for keyword in sorted({*inner, *outer} - _DECIDED):
        if keyword in _ALONE and outer.get(keyword, inner.get(keyword)) == inner.get(keyword):
            continue
        yield Gap(path, f"`{keyword}` is no keyword that can be compared", known=False)


def _scalar_gaps(inner: Schema, outer: Schema, path: str) -> Iterator[Gap]:
    mine, theirs = _choices(inner), _choices(outer)
    if theirs is not None:
        if mine is None:
            yield Gap(path, f"any value may be there, and only {_listed(theirs)} are taken")
        elif extra := [choice for choice in mine if choice not in theirs]:
            yield Gap(path, f"{_listed(extra)} may be there, and only {_listed(theirs)} are taken")
        return
    if mine is not None:
        inner = {**inner, **_lengths(mine), **_pattern(mine, outer)}
    kinds = inner.get("type"), outer.get("type")
    if kinds[0] != kinds[1] and kinds != ("integer", "number") and kinds[1] is not None:
        yield Gap(path, f"a value may be {_article(kinds[0])}, and {_article(kinds[1])} is taken")
        return
    for keyword in ("format", "pattern"):
        wanted = outer.get(keyword)
        if wanted is not None and inner.get(keyword) != wanted:
            known = keyword == "format" or keyword not in inner
            yield Gap(path, f"it need not have the {keyword} {wanted}", known)
    yield from _bounds_gaps(inner, outer, path)


def _bounds_gaps(inner: Schema, outer: Schema, path: str) -> Iterator[Gap]:
    for low, high, what in (
        ("minLength", "maxLength", "characters"),
        ("minItems", "maxItems", "items"),
        ("minimum", "maximum", ""),
    ):
        if inner.get(low, _least(what)) < outer.get(low, _least(what)):
            yield Gap(path, f"{inner.get(low, 'fewer')} {what} may be there, and at least {outer[low]} are taken")
        longest = inner.get(high, _LONGEST.get(inner.get("format"), inf) if high == "maxLength" else inf)
        if longest > outer.get(high, inf):
            yield Gap(path, f"{inner.get(high, 'more')} {what} may be there, and at most {outer[high]} are taken")
    # Written alike, in UTC, so that the texts stand in the order of the times.
    if (first := outer.get("formatMinimum")) is not None and inner.get("formatMinimum", "") < first:
        yield Gap(path, f"it may lie before {first}")
    if (last := outer.get("formatMaximum")) is not None and inner.get("formatMaximum", "~") > last:
        yield Gap(path, f"it may lie after {last}")


def _object_gaps(
    inner_root: Schema, inner: Schema, outer_root: Schema, outer: Schema, path: str, seen: frozenset[tuple[str, str]]
) -> Iterator[Gap]:
    mine, theirs = inner.get("properties", {}), outer.get("properties", {})
    for name in outer.get("required", ()):
        if name not in inner.get("required", ()):
            yield Gap(_below(path, name), "it may be missing, and is required")
    for name, field in mine.items():
        if (wanted := theirs.get(name, outer.get("additionalProperties", _ANYTHING))) is False:
            yield Gap(_below(path, name), "it may be there, and no such field is taken")
        elif wanted not in (True, _ANYTHING):
            yield from _gaps(inner_root, field, outer_root, wanted, _below(path, name), seen)
    others = inner.get("additionalProperties", True)
    if others is False:
        return
    if (wanted := outer.get("additionalProperties", True)) is False:
        yield Gap(path, "other fields may be there, and none is taken")
    elif isinstance(wanted, dict):
        if isinstance(others, dict):
            yield from _gaps(inner_root, others, outer_root, wanted, _below(path, "*"), seen)
        else:
            yield Gap(_below(path, "*"), "other fields may hold anything")
    if others is True:
        for name in theirs.keys() - mine.keys():
            yield Gap(_below(path, name), "anything may be there under this name")


def _items(inner: Schema, outer: Schema) -> list[tuple[Schema, Schema]]:
    mine, theirs = inner.get("prefixItems"), outer.get("prefixItems")
    if mine is None or theirs is None:
        return [(inner.get("items", _ANYTHING), outer.get("items", _ANYTHING))]
    return list(zip(mine, theirs, strict=False))


def _choices(part: Schema) -> list[Any] | None:
    if "const" in part:
        return [part["const"]]
    choices: list[Any] | None = part.get("enum")
    return choices


def _least(what: str) -> float:
    return 0 if what else -inf


def _lengths(choices: list[Any]) -> Schema:
    """How long the texts are that a part lists."""
    lengths = [len(choice) for choice in choices if isinstance(choice, str)]
    return {"minLength": min(lengths), "maxLength": max(lengths)} if lengths else {}


def _pattern(choices: list[Any], outer: Schema) -> Schema:
    """The pattern that is asked for, where every text that a part lists has it."""
    wanted = outer.get("pattern")
    if wanted is None or not all(isinstance(choice, str) and re.search(wanted, choice) for choice in choices):
        return {}
    return {"pattern": wanted}


def _listed(choices: list[Any]) -> str:
    return ", ".join(map(str, choices))


def _article(kind: str | None) -> str:
    return "anything" if kind is None else f"{'an' if kind[0] in 'aio' else 'a'} {kind}"


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
