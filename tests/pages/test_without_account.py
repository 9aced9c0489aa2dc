"""What people do behind the links of their mails, person by person: they see mails and pages, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.stack import Stack
from tests.pages.conftest import WIDTHS
from tests.pages.mails import LinkOfMail, link_of, links_of
from tests.pages.test_accessibility import unsaid, violations

_EMPTIED = {"application": "correct", "pair": "meet", "project": "report-impact"}
_EMPTY = """form => {
    form.noValidate = true;  // as a browser that does not keep it back
    form.querySelectorAll("input:not([type=hidden])").forEach(each => each.value = "");
}"""
"""Of some pages a form, by what it does, that is sent with nothing in it."""

Followed: TypeAlias = Callable[..., Page]


@pytest.fixture
def follow(browser: Browser) -> Iterator[Followed]:
    """Opens a link on a telephone, without JavaScript: a page of its own for each person."""
    contexts = []

    def open_link(link: LinkOfMail, *, language: str = "en", width: int = WIDTHS[1], javascript: bool = False) -> Page:
        context = browser.new_context(
            locale=language, viewport={"width": width, "height": 900}, java_script_enabled=javascript
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(link.url)
        return page

    yield open_link
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def pairs(stack: Stack) -> Iterator[LinkOfMail]:
    """Leads' links to pairs that nobody has touched: each is given once, in whatever order mails came."""
    # Of a pair there are several mails.
    last = {link.matter_id: link for link in links_of(stack, "pair", "lead")}
    return iter(sorted(last.values(), key=lambda link: link.matter_id))


def done(page: Page, times: int = 1) -> None:
    """Looks again until what was said is carried out, as the page tells to."""
    said = page.locator("#said")
    for _ in range(40):
        if said.get_by_text("done", exact=False).count() >= times:
            return
        page.wait_for_timeout(250)
        page.reload()
    expect(said.get_by_text("done")).to_have_count(times)


def over(page: Page) -> None:
    """Looks again until the page says that its matter is over."""
    for _ in range(40):
        if page.get_by_role("heading", name="This is over").count():
            return
        page.wait_for_timeout(250)
        page.reload()
    expect(page.get_by_role("heading", name="This is over")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_behind_a_link_is_accessible(stack: Stack, follow: Followed, language: str, width: int) -> None:
    broken = []
    for page_name, role in (
        ("application", "lead"), ("pair", "lead"), ("pair", "mentor"), ("obstacle", "owner"), ("project", "lead"),
        ("proposal", "owner"),
    ):  # fmt: skip
        link = links_of(stack, page_name, role)[0]
        page = follow(link, language=language, width=width, javascript=True)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        where = f"{page_name} for {role}"
        broken += violations(page, where) + unsaid(page, where)
        if page_name in _EMPTIED:
            form = page.locator("form", has=page.locator(f"[value={_EMPTIED[page_name]}]"))
            form.evaluate(_EMPTY)
            form.get_by_role("button").click()
            expect(page.get_by_role("alert")).to_be_visible()
            expect(page.locator(".wrong").first).to_be_visible()
            broken += violations(page, f"{where}, half filled") + unsaid(page, f"{where}, half filled")
        page.goto(link.url[:-1])
        broken += violations(page, "no link of ours")
    assert broken == []


def test_a_mentor_notes_a_meeting_and_their_lead_sees_it(
    stack: Stack, follow: Followed, pairs: Iterator[LinkOfMail]
) -> None:
    link = next(pairs)
    page = follow(link_of(stack, "pair", "mentor", link.matter_id))
    page.get_by_label("How long, in minutes").fill("45")
    page.get_by_label("Next step").select_option("visit-premises")
    page.get_by_role("button", name="Note this meeting").click()
    done(page)
    expect(page.locator("main")).to_contain_text("45 min · Visit premises")
    leads = follow(link)
    expect(leads.locator("main")).to_contain_text("45 min · Visit premises")
    leads.get_by_label("How long, in minutes").fill("0")
    leads.get_by_role("button", name="Note this meeting").evaluate("button => button.form.noValidate = true")
    leads.get_by_role("button", name="Note this meeting").click()
    expect(leads.get_by_role("alert")).to_contain_text("How long, in minutes: a number from 1 to 1440")


def test_a_pair_rests_and_goes_on_again(follow: Followed, pairs: Iterator[LinkOfMail]) -> None:
    page = follow(next(pairs))
    page.get_by_text("Take a break").first.click()
    page.get_by_label("Day on which it goes on").fill("2027-01-10")
    page.locator("form", has=page.locator("[value=pause]")).get_by_label("Reason").select_option("holidays")
    page.get_by_role("button", name="Take a break").click()
    done(page)
    expect(page.locator("main")).to_contain_text("at rest until January 10, 2027")
    page.get_by_role("button", name="Go on now").click()
    done(page, 2)
    expect(page.locator("main")).not_to_contain_text("at rest")


def test_a_lead_asks_for_another_pair_and_the_link_ends_with_its_matter(
    stack: Stack, follow: Followed, pairs: Iterator[LinkOfMail]
) -> None:
    link = next(pairs)
    page = follow(link)
    page.get_by_text("Ask for another pair").first.click()
    page.get_by_role("button", name="Ask for another pair").click()
    over(page)
    expect(page.locator("main")).to_contain_text("This pair has come to its end")
    mentors = follow(link_of(stack, "pair", "mentor", link.matter_id))
    expect(mentors.locator("main")).to_contain_text("This pair has come to its end")


def test_an_obstacle_is_reported_by_a_lead_and_lifted_from_the_list(
    follow: Followed, pairs: Iterator[LinkOfMail]
) -> None:
    page = follow(next(pairs))
    page.get_by_text("Report an obstacle").click()
    form = page.locator("form", has=page.locator("[value=report-obstacle]"))
    form.get_by_label("What is missing").select_option("premises")
    form.get_by_label("In a few words").fill("No premises near the school.")
    button = page.get_by_role("button", name="Report this obstacle")
    button.click()
    done(page)
    expect(page.locator(".cards")).to_contain_text("Premises")
    page.get_by_role("button", name="This obstacle is lifted").first.click()
    done(page, 2)
    expect(page.locator(".cards")).to_contain_text("lifted")


def test_an_owner_takes_an_obstacle_behind_their_link(stack: Stack, follow: Followed) -> None:
    # One that nobody has taken: other tests, and people in the demonstration, have to do with some.
    pages = map(follow, links_of(stack, "obstacle", "owner"))
    page = next(each for each in pages if each.get_by_role("button", name="We take it").count())
    page.get_by_role("button", name="We take it").click()
    done(page)
    expect(page.get_by_role("button", name="We take it")).to_have_count(0)
    page.get_by_role("button", name="It is lifted").click()
    over(page)
    expect(page.locator("main")).to_contain_text("waits for nobody any more")


def test_an_association_corrects_its_application_and_takes_it_back(stack: Stack, follow: Followed) -> None:
    # One that is in order: where something is missing the form stands open.
    links = links_of(stack, "application", "lead")
    page = follow([link for link in links if link.subject.startswith("Votre candidature est bien enregistrée")][-1])
    page.get_by_text("Correct my application").click()
    form = page.locator("form", has=page.locator("[value=correct]"))
    expect(form.get_by_label("Title of the project")).not_to_have_value("")
    expect(form.get_by_label("E-mail address of the lead")).to_have_value("")
    form.get_by_label("Name of the lead", exact=True).fill("Ada Martin")
    form.get_by_label("E-mail address of the lead").fill("ada@association.example")
    form.locator("[name=texts_public]").select_option("yes")
    form.get_by_label("I agree").check()
    page.get_by_role("button", name="Send the correction").click()
    done(page)
    # What the form left empty is asked back, by its name.
    expect(page.get_by_role("heading", name="What is missing")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Operating income")
    page.get_by_text("Withdraw my application").first.click()
    page.locator("form", has=page.locator("[value=withdraw]")).get_by_label("Reason").select_option("mistake")
    page.get_by_role("button", name="Withdraw my application").click()
    over(page)
    expect(page.locator("main")).to_contain_text("This application is withdrawn")


def test_an_officer_s_link_opens_their_proposal_and_nothing_else(stack: Stack, follow: Followed) -> None:
    first, *_, other = links_of(stack, "proposal", "owner")
    page = follow(first)
    page.get_by_role("button", name="Open").click()
    page.wait_for_url(f"**/proposals/{first.matter_id}")
    expect(page.get_by_role("heading", name="Your decision")).to_be_visible()
    address = page.url.rpartition("/proposals/")[0]
    assert other.matter_id != first.matter_id
    for path in ("/", f"/proposals/{other.matter_id}"):
        answer = page.goto(address + path)
        assert answer is not None
        assert answer.status == 403


def test_what_is_no_link_of_ours_opens_nothing(stack: Stack, follow: Followed, pairs: Iterator[LinkOfMail]) -> None:
    lead = next(pairs)
    mentor = link_of(stack, "pair", "mentor", lead.matter_id)
    forged = lead.url.replace("/lead.", "/mentor.").replace(lead.person_id, mentor.person_id)
    page = follow(lead._replace(url=forged))
    expect(page.get_by_role("heading", name="This link opens nothing")).to_be_visible()
