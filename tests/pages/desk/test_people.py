"""What people do at the desk, person by person, in a browser; what comes of it is what the services did."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, expect

from libraries.pages.signing import Role
from tests.pages.desk.conftest import OWNER, AtTheDesk

_PATIENCE_MS = 30_000


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_an_officer_confirms_what_waits_for_them(at_the_desk: AtTheDesk, javascript: bool) -> None:
    page = at_the_desk("programme-head", javascript=javascript)
    title = _open_a_proposal(page)
    expect(page.get_by_role("heading", name=re.compile("Why this project"))).to_be_visible()
    expect(page.get_by_role("heading", name="Who else was near")).to_be_visible()
    expect(page.get_by_role("heading", name="And if you declined?")).to_be_visible()
    page.get_by_role("button", name="Confirm").click()
    _expect_done(page)
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", name="Confirmed")).to_have_count(0)  # of another owner: it is theirs
    page.goto("/programme/people")
    expect(page.get_by_role("region", name="Pairs").get_by_text(title).first).to_be_visible(timeout=_PATIENCE_MS)


def test_an_officer_declines_with_a_reason_and_is_refused_a_second_word(at_the_desk: AtTheDesk) -> None:
    page = at_the_desk("programme-head")
    _open_a_proposal(page)
    proposal = page.url
    another = at_the_desk("programme-head")
    another.goto(proposal)
    page.get_by_role("combobox", name="Why").first.select_option("off-topic")
    page.get_by_role("button", name="Decline").click()
    _expect_done(page)
    another.get_by_role("button", name="Confirm").click()
    expect(another.get_by_role("alert")).to_contain_text("nothing changed", timeout=_PATIENCE_MS)


def test_a_second_click_and_a_second_tab_say_the_same_and_nobody_is_refused(at_the_desk: AtTheDesk) -> None:
    page = at_the_desk("programme-head")
    _open_a_proposal(page)
    proposal = page.url
    another = at_the_desk("programme-head")
    another.goto(proposal)
    page.get_by_role("button", name="Confirm").dblclick()
    _expect_done(page)
    another.get_by_role("button", name="Confirm").click()
    _expect_done(another)
    _expect_settled(page, proposal)
    expect(page.get_by_text("refused: nothing changed")).to_have_count(0)


def test_what_was_written_outlives_the_session(at_the_desk: AtTheDesk) -> None:
    page = at_the_desk("officer", person_id=uuid4())
    page.goto("/needs/new")
    page.get_by_label("Name of the need").fill("Un jardin 🌱")
    page.get_by_label("What is lacking, for whom and where").fill("Une ligne\n\net une « autre »")
    page.get_by_role("radio", name="nothing: uncovered").check()
    page.get_by_role("radio", name="pressing", exact=True).check()
    page.context.clear_cookies()
    page.get_by_role("button", name="Declare").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing is sent yet")
    # As signing in in another tab leaves them.
    for cookie in at_the_desk("officer", person_id=uuid4()).context.cookies():
        page.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": page.url}])
    page.reload()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is saved yet")
    expect(page.get_by_label("Name of the need")).to_have_value("Un jardin 🌱")
    expect(page.get_by_label("What is lacking, for whom and where")).to_have_value("Une ligne\n\net une « autre »")


def test_who_may_not_decide_sees_why_and_has_no_button(at_the_desk: AtTheDesk) -> None:
    page = at_the_desk("programme-head")
    _open_a_proposal(page)
    stranger = at_the_desk("officer", person_id=uuid4())
    expect(stranger.get_by_text("Nothing waits")).to_be_visible()
    stranger.goto(page.url)
    expect(stranger.get_by_text("somebody else decides on it")).to_be_visible()
    expect(stranger.get_by_role("button", name="Confirm")).to_have_count(0)


def test_a_head_pins_a_project_and_takes_it_back(at_the_desk: AtTheDesk) -> None:
    page = at_the_desk("programme-head")
    _open_a_proposal(page)
    proposal = page.url
    for word in ("Pin", "Lift"):
        page.goto(proposal)
        page.get_by_text("Pin, forbid, lift").click()
        page.locator("#placed").select_option("agreed-in-committee")
        page.get_by_role("button", name=word, exact=True).click()
        if word == "Pin":
            _expect_done(page)
            page.goto(proposal)
            expect(page.get_by_text("pinned").first).to_be_visible()


def test_a_need_is_declared_with_what_is_wrong_named_revised_and_closed(at_the_desk: AtTheDesk) -> None:
    page = at_the_desk("officer", person_id=uuid4())
    page.get_by_role("link", name="Needs").click()
    page.get_by_role("link", name="Declare a need").click()
    page.get_by_label("Name of the need").fill("Des repas pour tous")
    page.get_by_role("radio", name="nothing: uncovered").check()
    page.get_by_role("radio", name="pressing", exact=True).check()
    page.get_by_role("button", name="Declare").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is saved yet")
    expect(page.get_by_label("How many projects at most")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("checkbox", name="Social justice").check()
    page.get_by_role("checkbox", name="Marseille 3rd arrondissement").check()
    page.get_by_label("How many projects at most").fill("2")
    page.get_by_role("combobox", name="Directorate").select_option(index=1)
    page.get_by_label("Address").fill("dominique@ville.example")
    page.get_by_role("button", name="Declare").click()
    _expect_done(page)
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("link", name="Des repas pour tous").click()
    page.get_by_label("How many projects at most").fill("3")
    page.get_by_label("Address").fill("dominique@ville.example")
    page.get_by_role("button", name="Save").click()
    _expect_done(page)
    page.goto("/needs")
    expect(page.get_by_role("listitem").filter(has_text="Des repas pour tous")).to_contain_text("Places3")
    page.get_by_role("link", name="Des repas pour tous").click()
    page.get_by_role("combobox", name="Why").select_option("need-changed")
    page.get_by_role("button", name="Close").click()
    _expect_done(page)


def test_an_owner_names_a_deputy_who_then_decides(at_the_desk: AtTheDesk) -> None:
    page = at_the_desk("officer", person_id=OWNER)
    page.get_by_role("link", name="Needs").click()
    page.get_by_text("Name a deputy").click()
    page.get_by_label("Name", exact=True).fill("Sam")
    page.get_by_label("Address").fill("sam@ville.example")
    page.get_by_label("Decides on needs of their own already").select_option(index=1)
    deputy = UUID(page.get_by_label("Decides on needs of their own already").input_value())
    page.locator("#deputy-until").fill(f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}")
    page.get_by_role("button", name="Name", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It is taken")
    theirs = at_the_desk("officer", person_id=deputy)
    _reload_until(theirs, "/", "those for whom you stand in")
    expect(theirs.locator(".cards a").first).to_be_visible()


def test_a_head_simulates_runs_and_supposes(at_the_desk: AtTheDesk) -> None:
    page = at_the_desk("programme-head")
    page.get_by_role("link", name="Rounds").click()
    page.get_by_role("button", name="Simulate").click()
    expect(page.get_by_role("region", name="Totals")).to_be_visible()
    page.get_by_role("button", name="Run the round and publish it").click()
    _expect_done(page)
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_text("✓ proved").first).to_be_visible()
    page.get_by_role("link", name="What if").click()
    page.get_by_role("combobox", name="Need").first.select_option(index=1)
    page.get_by_label("Places").fill("0")
    page.get_by_role("button", name="See the difference").click()
    expect(page.get_by_role("row", name=re.compile("projects placed"))).to_be_visible()


def test_a_head_compares_two_rounds_without_javascript(at_the_desk: AtTheDesk) -> None:
    page = at_the_desk("programme-head", javascript=False)
    held_for = page.locator(".cards dd").first.inner_text()
    page.goto("/rounds/compare")
    page.get_by_label("On one side").select_option("now")
    page.get_by_label("On the other").select_option("round")
    other = page.locator("details").nth(1)
    other.locator("summary").click()
    other.get_by_role("combobox", name="Need").first.select_option(held_for)
    other.get_by_label("Places").fill("0")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("row", name=re.compile("projects placed"))).to_be_visible()
    expect(page.get_by_text("loses its answer").first).to_be_visible()
    expect(page.locator("svg.tiles")).to_be_visible()


@pytest.mark.parametrize("role", ["programme-head", "foundation"])
def test_the_years_figures_are_read_and_taken_along(at_the_desk: AtTheDesk, role: Role) -> None:
    page = at_the_desk(role, language="fr", javascript=False)
    page.get_by_role("link", name="Bilan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bilan de toutes les éditions")
    widths = page.eval_on_selector_all("svg.bars rect", "all => all.map(bar => bar.getBoundingClientRect().width)")
    assert max(widths) > 100 > min(widths)
    for link, ending in (("Document (PDF)", "pdf"), ("Tableau pour tableur (CSV)", "csv"), ("Données (JSON)", "json")):
        with page.expect_download() as saved:
            page.get_by_role("link", name=link).click()
        assert saved.value.suggested_filename.endswith(f".{ending}")
        assert saved.value.path().stat().st_size > 500


def test_a_head_finds_a_mentor_by_what_they_bring(at_the_desk: AtTheDesk) -> None:
    page = at_the_desk("programme-head")
    page.goto("/programme/people")
    rows = page.get_by_role("region", name="Mentors").locator("tbody tr")
    everybody = rows.count()
    page.get_by_label("Look for a mentor").fill(rows.first.locator("td").first.inner_text().split(",")[0])
    page.get_by_role("button", name="Search").click()
    assert 0 < rows.count() <= everybody
    rows.first.get_by_role("link").click()
    expect(page.get_by_text("Free places")).to_be_visible()


def test_the_foundation_sees_the_contest_alone(at_the_desk: AtTheDesk) -> None:
    page = at_the_desk("foundation")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Applications to the contest")
    expect(page.get_by_role("link", name="Rounds")).to_have_count(0)
    answer = page.goto("/rounds")
    assert answer is not None
    assert answer.status == 403


def _open_a_proposal(page: Page) -> str:
    """Opens the first proposal that nobody has decided on; returns what the project is called."""
    _reload_until(page, "/", "What waits for others")
    first = page.locator("h2:has-text('What waits for others') ~ ul.cards").first.locator("a").first
    title = first.inner_text()
    first.click()
    return title


def _reload_until(page: Page, path: str, text: str) -> None:
    for _ in range(60):
        page.goto(path)
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(500)
    expect(page.get_by_text(text)).to_be_visible()


def _expect_done(page: Page) -> None:
    # The page loads itself again until it is known, with and without JavaScript.
    expect(page.get_by_role("heading", level=1)).to_have_text("It is done", timeout=_PATIENCE_MS)


def _expect_settled(page: Page, proposal: str) -> None:
    """Looks again until what was said of a proposal is carried out, and once more after a while."""
    for _ in range(2):
        page.goto(proposal)
        expect(page.get_by_text("✓ done").first).to_be_visible(timeout=_PATIENCE_MS)
        page.wait_for_timeout(2_000)
