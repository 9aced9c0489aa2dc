"""Any document that a schema of ours allows, as Hypothesis draws them: with a liking for what lies at the edges."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from publication.schemas import Schema

_ONE_OF_EACH_CATEGORY = "".join(
    {unicodedata.category(chr(code)): chr(code) for code in range(0x2FFFF, 0, -1) if not 0xD800 <= code < 0xE000}
    .values()
)  # fmt: skip
_CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0")
_LONGEST_LIST = 60
_OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def documents(schema: Schema, part: Schema | None = None) -> st.SearchStrategy[Any]:
    """Documents that a schema (or a part of it) allows."""
    part = schema if part is None else part
    if "$ref" in part:
        return documents(schema, schema["$defs"][part["$ref"].rpartition("/")[2]])
    if "anyOf" in part:
        return st.one_of(*(documents(schema, choice) for choice in part["anyOf"]))
    if "const" in part or "enum" in part:
        return st.sampled_from(part.get("enum", [part.get("const")]))
    match part["type"]:
        case "object":
            fields = {name: documents(schema, field) for name, field in part["properties"].items()}
            optional = {name: fields.pop(name) for name in list(fields) if name not in part.get("required", ())}
            return st.fixed_dictionaries(fields, optional=optional)
        case "array":
            return _lists(schema, part)
        case "string":
            return _texts(part)
        case "integer":
            low, high = part["minimum"], part["maximum"]
            return st.sampled_from([low, high]) | st.integers(low, high)
        case "boolean":
            return st.booleans()
    return st.none()


def _lists(schema: Schema, part: Schema) -> st.SearchStrategy[Any]:
    if "prefixItems" in part:
        return st.tuples(*(documents(schema, item) for item in part["prefixItems"])).map(list)
    items, least = documents(schema, part["items"]), part.get("minItems", 0)
    most = min(part["maxItems"], _LONGEST_LIST)
    return st.lists(items, min_size=least, max_size=max(least, 2)) | items.map(lambda item: [item] * most)


def _texts(part: Schema) -> st.SearchStrategy[str]:
    match part.get("format"):
        case "uuid":
            return st.uuids().map(str)
        case "date":
            first, last = (datetime.fromisoformat(part[name]).date() for name in ("formatMinimum", "formatMaximum"))
            return (st.sampled_from([first, last]) | st.dates(first, last)).map(str)
        case "date-time":
            first, last = (datetime.fromisoformat(part[name]) for name in ("formatMinimum", "formatMaximum"))
            naive = st.datetimes(first.replace(tzinfo=None), last.replace(tzinfo=None))
            moments = st.sampled_from([first, last]) | naive.map(lambda time: time.replace(tzinfo=first.tzinfo))
            return st.builds(lambda time, zone: time.astimezone(zone).isoformat(), moments, _OFFSETS)
    least, most = part.get("minLength", 0), part["maxLength"]
    if part.get("pattern") in (None, r"^[^\x00]*$"):
        longest = (_ONE_OF_EACH_CATEGORY * (most // len(_ONE_OF_EACH_CATEGORY) + 1))[:most]
        edges = st.sampled_from([longest, _ONE_OF_EACH_CATEGORY[: max(least, 1)], "x" * least])
        return edges | st.text(_CHARACTERS, min_size=least, max_size=min(most, 40))
    drawn = st.from_regex(part["pattern"], fullmatch=True, alphabet=_CHARACTERS)
    fitting = drawn.filter(lambda text: least <= len(text) <= most)
    return fitting | fitting.map(lambda text: _stretched(text, part["pattern"], most))


def _stretched(text: str, pattern: str, most: int) -> str:
    """The text as long as it may be, its last character repeated, where the pattern has it."""
    longest = text + text[-1:] * (most - len(text))
    return longest if re.fullmatch(pattern, longest) else text
