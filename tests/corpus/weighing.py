"""Gives each word of the lexicon its points, by the projects that are not held out, and writes the lexicon anew.

Run it with `make lexicon` after a change of the words or of the projects.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final

from services.intake.lexicon import LEXICON, Entries, Lexicon
from tests.corpus import LEARNED, Described
from tests.unit.intake.plain import plain_rows

_FILE: Final = Path(str(files("libraries.programme").joinpath("shipped", "lexicon.toml")))
_CODES: Final = "# The codes are those of the forms.\n"
_WIDTH: Final = 120


def weighed(lexicon: Lexicon, projects: Iterable[Described] = LEARNED) -> str:
    """The text of the lexicon's file with all points as these projects give them; what stands before them stays."""
    head, mark, _ = _FILE.read_text(encoding="utf-8").partition(_CODES)
    assert mark, f"{_FILE.name} has no line {_CODES!r}"
    projects = tuple(projects)
    tables = [
        f"[{kind}.{code}]\n{_groups(_points(lexicon, entries, code, projects))}"
        for kind, codes in (("themes", lexicon.themes), ("publics", lexicon.publics))
        for code, entries in codes.items()
    ]
    return head + mark + "\n".join(tables)


def _points(lexicon: Lexicon, entries: Entries, code: str, projects: Iterable[Described]) -> Mapping[str, int]:
    """For each word or row of words of a code its points."""
    rows = [row for group in entries.values() for row in group]
    having, right = dict.fromkeys(rows, 0), dict.fromkeys(rows, 0)
    for project in projects:
        for row in plain_rows(lexicon, entries, project.text):
            having[row] += 1
            right[row] += code in (*project.themes, *project.publics)
    return {row: _points_of(having[row], right[row], len(lexicon.read(row)) > 1) for row in rows}


def _points_of(having: int, right: int, is_row: bool) -> int:
    """Points of what `having` texts have, of which `right` are about its code.

    Four times the share of these, to the nearest number, at least 1. As somebody chose the word for its code, two more
    texts are counted, three quarters of which are about it: one text alone does not settle it.
    """
    quarters, texts = 4 * right + 6, having + 2
    return max(1, (2 * quarters + texts) // (2 * texts)) + is_row


def _groups(points: Mapping[str, int]) -> str:
    groups: dict[int, list[str]] = {}
    for row, each in points.items():
        groups.setdefault(each, []).append(row)
    return "".join(f"{each} = [\n{_lines(groups[each])}]\n" for each in sorted(groups, reverse=True))


def _lines(rows: Iterable[str]) -> str:
    lines = ["   "]
    for row in rows:
        said = f" {json.dumps(row, ensure_ascii=False)},"
        if len(lines[-1]) + len(said) > _WIDTH:
            lines.append("   ")
        lines[-1] += said
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    _FILE.write_text(weighed(LEXICON), encoding="utf-8")
