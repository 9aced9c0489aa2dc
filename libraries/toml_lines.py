"""Where a field stands in a TOML file: the line, which a reader of a mistake looks for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys and positions that lead to a value, as Pydantic names the place of a mistake."""

_KEY: Final = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED: Final = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER: Final = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?")
_ENTRY: Final = re.compile(rf"\s*({_DOTTED})\s*=(.*)", re.DOTALL)


def line_of(text: str, place: Sequence[str | int]) -> int | None:
    """The line, from 1, of what stands at a place of a TOML text; of what holds it where it is not there itself.

    Steps that no data has (which of several kinds was tried) are passed over. None where the file as a whole is meant.
    """
    data: Any = tomllib.loads(text)
    path: Path = ()
    for step in place:
        if isinstance(data, Mapping) and step in data:
            data = data[str(step)]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            continue
        path = (*path, step)
    places = list(_places(text))
    for length in range(len(path), 0, -1):
        # What has no line of its own, such as a table of tables, stands where the first of it stands.
        if (line := next((line for known, line in places if known[:length] == path[:length]), None)) is not None:
            return line
    return None


def _places(text: str) -> Iterator[tuple[Path, int]]:
    """Every table, entry, and element on a line of its own, with its line."""
    table: Path = ()
    tables: dict[Path, int] = {}
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        start, number = number, number + 1
        if header := _HEADER.fullmatch(lines[start]):
            table = _within(tables, _keys(header[2]))
            if header[1] == "[[":
                tables[table] = tables.get(table, -1) + 1
                table = (*table, tables[table])
            yield table, start + 1
        elif entry := _ENTRY.match(lines[start]):
            path = (*table, *_keys(entry[1]))
            yield path, start + 1
            value = entry[2]
            # Until it is a value: of its kinds several go over lines, and their grammar is the parser's to know.
            while (found := _value(value)) is None and number < len(lines):
                value, number = f"{value}\n{lines[number]}", number + 1
            if isinstance(found, list):
                yield from _elements(path, value, start + 1)


def _within(tables: Mapping[Path, int], keys: tuple[str, ...]) -> Path:
    """The path of a table, with the position of the newest table where one above it is a list of them."""
    path: Path = ()
    for key in keys[:-1]:
        path = (*path, key)
        path = (*path, tables[path]) if path in tables else path
    return (*path, keys[-1])


def _elements(path: Path, value: str, line: int) -> Iterator[tuple[Path, int]]:
    count, lines = 0, value.splitlines()
    for end in range(1, len(lines) + 1):
        begun = _value("\n".join(lines[:end]) + "\n]")
        while isinstance(begun, list) and count < len(begun):
            yield (*path, count), line + end - 1
            count += 1


def _keys(dotted: str) -> tuple[str, ...]:
    data: Any = tomllib.loads(f"{dotted} = 0")
    keys: list[str] = []
    while isinstance(data, dict):
        ((key, data),) = data.items()
        keys.append(key)
    return tuple(keys)


def _value(written: str) -> Any:
    """The value, or None where it does not end here."""
    try:
        return tomllib.loads(f"value = {written}")["value"]
    except tomllib.TOMLDecodeError:
        return None
