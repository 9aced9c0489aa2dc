"""No page of the desk breaks a rule that axe-core knows, or is wider than the window, in either language and width."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from deploy.local.links import LOCAL_HEAD
from tests.pages.conftest import WIDTHS
from tests.pages.desk.conftest import OWNER, AtTheDesk
from tests.pages.test_accessibility import unsaid, violations

PATHS = (
    "/", "/needs", "/needs/new", "/obstacles", "/programme", "/programme/people", "/programme/people?q=zzz",
    "/programme/report", "/rounds", "/rounds?simulate=yes", "/rounds/compare", "/rounds/compare?left=now&right=round",
    "/what-if", "/contest", "/nowhere",
)  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_of_the_desk_is_accessible(at_the_desk: AtTheDesk, language: str, width: int) -> None:
    page = at_the_desk("programme-head", "foundation", person_id=LOCAL_HEAD, language=language, width=width)
    broken = []
    for path in PATHS:
        page.goto(path)
        broken += violations(page, path) + unsaid(page, path)
    page.goto("/")
    page.locator(".cards a").first.click()
    broken += violations(page, "a proposal")
    page.goto("/programme/people")
    page.get_by_role("region", name="Mentors").get_by_role("link").first.click()
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    broken += violations(page, "a mentor") + unsaid(page, "a mentor")
    owner = at_the_desk("officer", person_id=OWNER, language=language, width=width)
    owner.goto("/needs")
    owner.locator(".cards a").first.click()
    broken += violations(owner, "a need")
    owner.get_by_role("main").get_by_role("button").first.click()
    broken += violations(owner, "a need's form with what is wrong")
    owner.context.clear_cookies()
    owner.goto("/")
    broken += violations(owner, "signed out")
    assert broken == []


def test_on_paper_a_proposal_has_what_it_says_and_nothing_to_press(at_the_desk: AtTheDesk) -> None:
    page = at_the_desk("programme-head")
    page.locator(".cards a").first.click()
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Who else was near")).to_be_visible()
    for pressed in ("nav", "button", "select", "aside"):
        assert page.locator(pressed).filter(visible=True).count() == 0, pressed


def test_with_colours_of_ones_own_the_page_that_is_open_and_the_bars_stay_told_apart(at_the_desk: AtTheDesk) -> None:
    page = at_the_desk("programme-head")
    page.emulate_media(forced_colors="active")
    page.goto("/programme/report")
    border = "each => getComputedStyle(each).borderBottomColor"
    tabs = page.locator(".tabs a:not([aria-current])")
    assert tabs.first.evaluate(border) != page.locator(".tabs a[aria-current]").evaluate(border)
    filled = "each => getComputedStyle(each).backgroundColor"
    kinds = {page.locator(f".key-{place}").first.evaluate(filled) for place in range(3)}
    assert len(kinds) == 3
