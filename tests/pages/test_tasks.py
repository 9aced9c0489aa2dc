"""What operators come for, as they do it: with a mouse, by the keyboard, and without JavaScript."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.stack import Stack
from tests.forms import application, sending
from tests.pages.conftest import SignedIn, link_for, registered


def test_a_link_signs_in_once(stack: Stack, browser: Browser) -> None:
    link = link_for(stack, "reader")
    first, second = browser.new_page(), browser.new_page()
    first.goto(link)
    expect(first.get_by_role("heading", level=1)).to_contain_text("Camille")
    first.get_by_role("button", name=re.compile("Entrer|Sign in")).click()
    expect(first.get_by_role("navigation", name=re.compile("Main|Principal"))).to_be_visible()
    second.goto(link)
    second.get_by_role("button", name=re.compile("Entrer|Sign in")).click()
    expect(second.get_by_role("heading", level=1)).to_contain_text(re.compile("by a link|par un lien"))
    first.get_by_role("button", name=re.compile("Sign out|Se déconnecter")).click()
    expect(first.get_by_role("heading", level=1)).to_contain_text(re.compile("by a link|par un lien"))


def test_a_reader_repairs_nothing_and_sees_no_audit(signed_in: SignedIn) -> None:
    page = signed_in("reader", language="en")
    expect(page.get_by_role("link", name="Audit")).to_have_count(0)
    answer = page.goto("/audit")
    assert answer is not None
    assert answer.status == 403
    page.goto("/repair")
    expect(page.get_by_role("button", name=re.compile("Replay|Discard"))).to_have_count(0)


def test_a_story_is_found_by_whatever_is_pasted_in(stack: Stack, signed_in: SignedIn) -> None:
    page = signed_in(language="en")
    page.get_by_role("link", name="Stories").click()
    registered(page).click()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    expect(page.get_by_text("Application registered")).to_be_visible()
    expect(page.get_by_text("The journal is up to date.")).to_be_visible()
    story = page.url.rpartition("/")[2]
    log = (stack.logs / "intake.log").read_text().splitlines()
    line = next(each for each in log if story in each and json.loads(each).get("subject") == story)
    page.goto("/stories")
    page.get_by_role("textbox").fill(line)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(story))
    pair = page.get_by_role("region", name="What belongs to it").get_by_role("link").last.inner_text()
    page.goto(f"/stories?q={pair}")
    expect(page).to_have_url(re.compile(story))


def test_what_names_nothing_is_told_with_what_would(signed_in: SignedIn) -> None:
    page = signed_in(language="fr")
    page.goto("/stories?q=999999999")
    expect(page.get_by_role("alert")).to_contain_text("Donnez un identifiant entier")
    expect(page.get_by_role("textbox")).to_have_attribute("aria-describedby", "problem")


def test_now_goes_on_by_the_second(signed_in: SignedIn) -> None:
    page = signed_in(language="en")
    seen = page.locator(".seen time")
    before = seen.get_attribute("datetime")
    expect(seen).not_to_have_attribute("datetime", str(before), timeout=10_000)
    expect(page.get_by_role("heading", name="notifications")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_record_is_replayed_discarded_and_taken_back(signed_in: SignedIn, javascript: bool) -> None:
    page = signed_in(language="en", javascript=javascript)
    page.goto("/repair")
    page.get_by_role("link", name=re.compile("Open json intake")).click()
    _decide(page, "Replay…", "Replay 1", "the form was mended")
    # What is no JSON stays none: the outcome says so, and not that it was done.
    _expect_outcome(page, "1 dead again", javascript)
    page.goto("/repair")
    page.get_by_role("link", name=re.compile("Open json intake")).click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("radio", name="those that I ticked").check()
    _decide(page, "Discard…", "Discard 1", "nobody waits for it")
    _expect_outcome(page, "1 discarded", javascript)
    page.get_by_role("textbox", name=re.compile("Undo")).fill("somebody does wait for it")
    page.get_by_role("button", name="Undo for 1").click()
    _expect_outcome(page, "1 discard undone: to be decided anew", javascript)
    page.goto("/audit")
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("undo a discard")
    expect(row).to_contain_text("somebody does wait for it")
    expect(row).to_contain_text("Camille")


def test_nothing_is_ticked_and_nothing_is_done(signed_in: SignedIn) -> None:
    page = signed_in(language="en")
    page.goto("/repair")
    page.get_by_role("link", name=re.compile("Open json intake")).click()
    page.get_by_role("radio", name="those that I ticked").check()
    page.get_by_role("button", name="Discard…").click()
    expect(page.get_by_role("main")).to_contain_text("Tick one record at least.")


def test_the_map_and_its_table_say_the_same(signed_in: SignedIn) -> None:
    page = signed_in(language="fr")
    page.get_by_role("link", name="Programme").click()
    table = page.get_by_role("region", name="Besoins par arrondissement")
    counts = [row.get_by_role("cell").first.inner_text() for row in table.get_by_role("row").all()[1:]]
    tiles = page.locator(".tile-count").all_text_contents()
    assert counts[:16] == tiles[:16]
    assert sum(map(int, tiles)) == sum(map(int, counts))


def test_rounds_say_whether_they_are_proved_and_what_they_left(signed_in: SignedIn) -> None:
    page = signed_in(language="en")
    page.goto("/programme/rounds")
    expect(page.get_by_text("✓ proved")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("Needs left unmet [1-9]"))).to_be_visible()
    page.get_by_role("link", name="Pairs").click()
    expect(page.get_by_role("region", name="Pairs").get_by_role("row")).to_have_count(21)


@pytest.mark.parametrize(
    ("language", "figure", "title"),
    [("fr", "Candidatures reçues", "Bilan"), ("en", "Applications received", "Report")],
)
def test_an_edition_is_reported_with_plots_beside_its_figures(
    signed_in: SignedIn, language: str, figure: str, title: str
) -> None:
    page = signed_in("reader", language=language)
    page.goto("/programme/report")
    everything = int(page.get_by_role("row", name=figure).get_by_role("cell").inner_text())
    page.get_by_role("navigation", name=re.compile("ditions")).get_by_role("link", name="implantation").first.click()
    page.wait_for_url("**/programme/report?edition=*")
    assert page.get_by_role("heading", level=2).inner_text().startswith(title)
    assert 0 < int(page.get_by_role("row", name=figure).get_by_role("cell").inner_text()) <= everything
    widths = page.eval_on_selector_all("svg.bars rect", "all => all.map(bar => bar.getBoundingClientRect().width)")
    assert max(widths) > 100 > min(widths)


def test_the_keyboard_is_enough(signed_in: SignedIn) -> None:
    page = signed_in(language="en")
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_who_looks_at_a_record_is_shown_to_others(signed_in: SignedIn) -> None:
    page = signed_in(language="en")
    page.goto("/repair")
    page.get_by_role("link", name=re.compile("Open json intake")).click()
    page.get_by_role("textbox", name=re.compile("I look at it")).fill("I ask the form's people")
    page.get_by_role("button", name="I look at it", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Camille looks at 1: I ask the form's people")
    other = signed_in("reader", language="en")
    other.goto("/repair")
    expect(other.get_by_role("table")).to_contain_text("looked at by Camille")
    page.get_by_role("button", name="Nobody looks at it any more").click()
    expect(page.get_by_role("main")).not_to_contain_text("I ask the form's people")


@pytest.mark.parametrize("javascript", [False, True], ids=["without-javascript", "with-javascript"])
def test_a_record_is_corrected_by_a_new_event(signed_in: SignedIn, javascript: bool) -> None:
    page = signed_in(language="en", javascript=javascript)
    page.goto("/repair")
    page.get_by_role("link", name=re.compile("Open json intake")).click()
    page.get_by_role("textbox", name=re.compile("content")).fill("they called")
    page.get_by_role("button", name="Correct…").click()
    page.get_by_role("button", name="Send in its place").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing was corrected")
    right = (sending(application("corrected on the page")).record.value or b"").decode()
    page.get_by_role("textbox", name="Content (JSON)").fill(right.replace("implantation", "sideways"))
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("alert")).to_contain_text("track")
    page.get_by_role("textbox", name="Content (JSON)").fill(right)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("status")).to_contain_text("Nothing was sent yet.")
    if not javascript:
        return  # there is one record, which the other of the two corrects
    page.get_by_role("button", name="Send in its place").click()
    _expect_outcome(page, "1 replaced by a new event", javascript)
    page.goto("/audit")
    expect(page.get_by_role("table")).to_contain_text("look at a content")


def _decide(page: Page, first: str, second: str, why: str) -> None:
    page.get_by_role("button", name=first).click()
    page.get_by_role("textbox").fill(why)
    page.get_by_role("button", name=second).click()


def _expect_outcome(page: Page, text: str, javascript: bool) -> None:
    outcome = page.get_by_role("listitem").filter(has_text=text)
    if javascript:
        expect(outcome).to_be_visible(timeout=30_000)  # it comes by itself
        return
    for _ in range(60):
        if outcome.count():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(outcome).to_be_visible()
