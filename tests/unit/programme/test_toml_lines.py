"""Where a field stands in a TOML file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from libraries.programme.files import shipped_files
from libraries.toml_lines import line_of

TEXT = """\
# A comment = 1
version = "1"
text = '''
[no.table]
key = 1
'''

[window]
opens = 2025-01-01 # [[no]]

[[rules]]
id = "a"
allowed = [
    "one",
    { name = "x", points = 3 },
    "two",
]

[[rules]]
id = "b"
    [rules.more]
    deep."dotted key" = true
[[rules.parts]]
size = 1
[[rules.parts]]
size = 2
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("version",), 2),
        (("text",), 3),
        (("window",), 8),
        (("window", "opens"), 9),
        (("rules", 0, "id"), 12),
        (("rules", 0, "income", "id"), 12),  # a step that no data has: which of several kinds was tried
        (("rules", 0, "allowed"), 13),
        (("rules", 0, "allowed", 1), 15),
        (("rules", 0, "allowed", 1, "points"), 15),
        (("rules", 0, "allowed", 2), 16),
        (("rules", 1), 19),
        (("rules", 1, "missing"), 19),
        (("rules", 1, "more", "deep", "dotted key"), 22),
        (("rules", 1, "parts", 1, "size"), 26),
        ((), None),
        (("missing",), None),
    ],
)
def test_the_line_is_that_of_the_place_or_of_what_would_hold_it(place: tuple[str | int, ...], line: int | None) -> None:
    assert line_of(TEXT, place) == line


def entries(data: dict[str, Any], place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    for key, value in data.items():
        yield (*place, key)
        if isinstance(value, dict):
            yield from entries(value, (*place, key))


@pytest.mark.parametrize(
    "name",
    ["mails/fields.toml", "rhythms.toml", "matching_rules.toml", "territories.toml", "mails/kinds.toml"],
)
def test_the_line_of_every_entry_of_a_shipped_file_names_its_key(name: str) -> None:
    text = shipped_files()[name]
    lines, data = text.splitlines(), tomllib.loads(text)
    for place in entries(data):
        line = line_of(text, place)
        assert line is not None
        # A table that only holds others has no line of its own.
        assert re.search(re.escape(str(place[-1])), lines[line - 1]), (place, lines[line - 1])
