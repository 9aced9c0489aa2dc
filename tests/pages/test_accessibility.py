"""No page breaks a rule that axe-core knows, or is wider than the window, in either language and at two widths."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.pages.conftest import WIDTHS, SignedIn

AXE = Path(__file__).parent / "axe" / "axe-4.14.1.min.js"
DIGESTS = {
    "axe-4.14.1.min.js": "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c",
}
_FEWEST_RULES = 10
PATHS = (
    "/", "/stories", "/programme", "/programme/rounds", "/programme/pairs", "/programme/obstacles", "/programme/report",
    "/repair", "/repair/lanes", "/person", "/audit", "/audit?only=looks", "/sessions", "/nowhere",
)  # fmt: skip


def test_axe_is_what_its_authors_published() -> None:
    assert {AXE.name: hashlib.sha256(AXE.read_bytes()).hexdigest()} == DIGESTS


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_is_accessible(signed_in: SignedIn, language: str, width: int) -> None:
    page = signed_in(language=language, width=width)
    broken = []
    for path in PATHS:
        page.goto(path)
        broken += violations(page, path)
    page.goto("/stories")
    page.get_by_role("rowheader").get_by_role("link").first.click()
    page.wait_for_url("**/stories/*-*")
    broken += violations(page, "a story")
    page.goto("/repair")
    page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    broken += violations(page, "a selection")
    page.get_by_role("textbox", name=re.compile("content|contenu")).fill("to see it")
    page.get_by_role("button", name=re.compile("Correct…|Corriger…")).first.click()
    page.wait_for_url("**/repair/record")
    broken += violations(page, "a record")
    page.get_by_role("button", name=re.compile("Check|Vérifier")).click()
    page.wait_for_url("**/repair/record/edit")
    broken += violations(page, "a record that is wrong")
    page.goto("/repair")
    page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    page.get_by_role("button", name=re.compile("Replay…|Rejouer…")).click()
    broken += violations(page, "a preview")
    page.context.clear_cookies()
    page.goto("/")
    broken += violations(page, "signed out")
    assert broken == []


def violations(page: Page, where: str) -> list[str]:
    """What is wrong with a page, each with the rule and the first element that breaks it."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document)")
    assert len(found["passes"]) > _FEWEST_RULES, "axe has looked at nothing"
    told = [f"{where}: {each['id']} at {each['nodes'][0]['target']}" for each in found["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        told.append(f"{where}: wider than the window")
    return told


def unsaid(page: Page, where: str) -> list[str]:
    """Days that a page of people has as programs write them."""
    return [f"{where}: {found}" for found in re.findall(r"\d{4}-\d\d-\d\d", page.locator("body").inner_text())]
