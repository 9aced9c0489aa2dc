"""All documents of the repository, and what their text is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("contracts", "libraries", "services", "publication", "deploy", "docs", "tests")
DOCUMENTS = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md")))
    if "node_modules" not in path.parts
)
_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


class Block(NamedTuple):
    """A block of code: the words after its fence, its text, and where it stands."""

    language: str
    about: str
    text: str
    place: str


def name_of(document: Path) -> str:
    """A document as a failing test names it."""
    return str(document.relative_to(ROOT))


@cache
def prose_of(document: Path) -> str:
    """The text of a document without its blocks of code."""
    return _FENCE.sub("", document.read_text(encoding="utf-8"))


def anchors_of(document: Path) -> set[str]:
    """What a link into the document may name: its headings, as GitHub writes them."""
    found: dict[str, int] = {}
    anchors = set()
    for heading in _HEADING.findall(prose_of(document)):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        count = found[slug] = found.get(slug, -1) + 1
        anchors.add(f"{slug}-{count}" if count else slug)
    return anchors


def blocks(*languages: str) -> list[Block]:
    """All blocks of code in these languages."""
    return [block for document in DOCUMENTS for block in _blocks_of(document) if block.language in languages]


def _blocks_of(document: Path) -> Iterator[Block]:
    text = document.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        language, _, about = match[1].strip().partition(" ")
        line = text.count("\n", 0, match.start()) + 1
        yield Block(language, about.strip(), match[2], f"{name_of(document)}:{line}")
