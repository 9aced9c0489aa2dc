"""French texts: what stands before « : ; ? ! » and within quotation marks never begins or ends a line alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = ("services", "libraries")
# No English sentence has a space there, so any that is found is French; `? :` and such are no sentences.
BREAKS = re.compile(r"""(?:(?<=[\w»”’)}>%.…"'])[ ]|^[ ])(?=[:;?!](?:[\s"'<{]|$))|(?<=\S)[ ](?=»)|(?<=«)[ ]""")
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
NOT_FOR_PEOPLE = frozenset({"lexicon.toml", "communes.toml"})


def files(*endings: str) -> list[Path]:
    found = (path for place in PLACES for ending in endings for path in (ROOT / place).rglob(f"*{ending}"))
    return sorted(path for path in found if path.name not in NOT_FOR_PEOPLE)


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a file for people, each with its line: comments and docstrings are for those who change it."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from strings_of(source)
        return
    if path.suffix == ".md":
        # Code keeps its lines, so that all that follows has its number.
        source = CODE.sub(lambda found: "\n" * found[0].count("\n"), source)
    for number, line in enumerate(source.splitlines(), start=1):
        if not line.lstrip().startswith("#"):
            yield number, line


def strings_of(source: str) -> Iterator[tuple[int, str]]:
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    formats = {id(part) for node in ast.walk(tree) if isinstance(node, ast.FormattedValue) for part in parts(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docstrings | formats:
            continue
        # More than one line is a query or a program.
        if "\n" not in node.value.strip("\n"):
            yield node.lineno, node.value


def parts(node: ast.FormattedValue) -> Iterator[ast.AST]:
    if node.format_spec is not None:
        yield from ast.walk(node.format_spec)


EVERY = [*files(".html", ".toml", ".txt", ".py"), *sorted((ROOT / "docs" / "fr").glob("*.md"))]
EVERY += sorted((ROOT / "deploy" / "privacy").glob("*.toml"))


@pytest.mark.parametrize("path", EVERY, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_line_breaks_before_a_sign_that_belongs_to_a_word(path: Path) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {text.strip()}" for number, text in texts_of(path) if BREAKS.search(text)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "fr").glob("*.md")), ids=lambda path: path.name)
def test_documents_in_french_have_its_apostrophe(path: Path) -> None:
    straight = re.compile(r"(?<=[^\W\d_])'(?=\w)")
    assert [number for number, text in texts_of(path) if straight.search(text)] == []


@pytest.mark.parametrize("place", [*PLACES, "deploy"])
def test_what_programs_say_in_french_has_its_apostrophe(place: str) -> None:
    # No English word elides before a vowel; the foundation's name is in English texts as it is typed there.
    elided = re.compile(r"(?<!France )\b(?:[ldjnmstc]|qu|quelqu|jusqu|lorsqu|puisqu)'(?=[aeéèêiouyhàâ])", re.IGNORECASE)
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for ending in ("*.py", "*.html")
        for path in (ROOT / place).rglob(ending)
        for number, text in texts_of(path)
        if elided.search(text)
    ]
    assert wrong == []
