"""Links in documents lead somewhere, and what they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.docs.documents import DOCUMENTS, FOLDERS, ROOT, anchors_of, name_of, prose_of

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_WALK = ROOT / "docs" / "adding-an-event.md"
"""It names files that its reader is to make; a test of its own follows it."""
_PATH = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[^`\s]*)`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    targets = [
        link for link in _LINK.findall(prose_of(document)) if "://" not in link and not link.startswith("mailto:")
    ]
    assert [target for target in targets if not _is_there(document, target)] == []


def _is_there(document: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (document.parent / path).resolve() if path else document
    return file.exists() and (not anchor or (file.suffix == ".md" and anchor in anchors_of(file)))


@pytest.mark.parametrize("document", [document for document in DOCUMENTS if document != _WALK], ids=name_of)
def test_every_file_that_is_named_exists(document: Path) -> None:
    named = [path for path in _PATH.findall(prose_of(document)) if "…" not in path]
    # A pattern is one of the shell's; what is left of `<service>` and the like is a pattern too.
    patterns = {path: re.sub(r"<[^>]+>", "*", path).rstrip("/") for path in named}
    assert [path for path, pattern in patterns.items() if not any(ROOT.glob(pattern))] == []


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        if document in reached or document.suffix != ".md" or not document.exists():
            continue
        reached.add(document)
        links = (link.partition("#")[0] for link in _LINK.findall(prose_of(document)) if "://" not in link)
        waiting += [(document.parent / link).resolve() for link in links if link]
    pages = {document for document in DOCUMENTS if ROOT / "docs" in document.parents}
    assert {name_of(page) for page in pages - reached} == set()
