"""What people say anew or ask for: what a mentor brings, a lead looks for, a project's support, to be forgotten.

Each person in both languages and at two widths, of a pair of their own: the last ones, which no other test touches.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.stack import Stack
from tests.pages.conftest import WIDTHS
from tests.pages.mails import LinkOfMail, link_of, links_of
from tests.pages.test_accessibility import violations

_PATIENCE_MS = 30_000
_PEOPLE = 2 * len(WIDTHS)


class Person(NamedTuple):
    """How somebody looks at pages: in a language, at a width; and which pair is theirs."""

    language: str
    width: int
    number: int

    def say(self, french: str, english: str) -> str:
        return french if self.language == "fr" else english


@pytest.fixture(
    params=[
        (language, width, 2 * number + other)
        for number, language in enumerate(("fr", "en"))
        for other, width in enumerate(WIDTHS)
    ],
    ids=lambda it: f"{it[0]}-{it[1]}",
)
def person(request: pytest.FixtureRequest) -> Person:
    return Person(*request.param)


@pytest.fixture
def page(browser: Browser, person: Person) -> Iterator[Page]:
    """A window without JavaScript but for what looks at the page from outside."""
    context = browser.new_context(
        locale=person.language, viewport={"width": person.width, "height": 900}, java_script_enabled=False
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def theirs(stack: Stack, person: Person) -> LinkOfMail:
    """A lead's link to a pair that goes on, from the end of them."""
    return _pairs_of_leads(stack)[-1 - person.number]


def _pairs_of_leads(stack: Stack) -> list[LinkOfMail]:
    last = {link.matter_id: link for link in links_of(stack, "pair", "lead")}
    return sorted(last.values(), key=lambda link: link.matter_id)


@pytest.fixture
def looked(browser: Browser, person: Person) -> Iterator[Page]:
    """A window with JavaScript, in which axe looks at what each page shows, all of it unfolded."""
    context = browser.new_context(locale=person.language, viewport={"width": person.width, "height": 900})
    yield context.new_page()
    context.close()


def wrong_with(looked: Page, address: str) -> list[str]:
    looked.goto(address)
    looked.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    return violations(looked, address)


def until(page: Page, text: str) -> None:
    """Looks again until a page says something, as it tells to."""
    for _ in range(80):
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(250)
        page.reload()
    expect(page.get_by_text(text).first).to_be_visible()


def test_a_mentor_changes_what_they_bring(
    stack: Stack, page: Page, looked: Page, person: Person, theirs: LinkOfMail
) -> None:
    link, say = link_of(stack, "pair", "mentor", theirs.matter_id), person.say
    page.goto(link.url)
    page.get_by_role("link", name=say("ma page de mentor", "my page as a mentor")).click()
    assert wrong_with(looked, page.url) == []
    page.get_by_text(say("Changer ce que j’apporte", "Change what I bring")).click()
    form = page.locator("form", has=page.locator("[value=revise-mentor]"))
    expect(form.get_by_label(say("Votre nom", "Your name"))).to_have_value("")
    slot = form.get_by_label(say("samedi soir", "Saturday evening"))
    slot.check()
    form.get_by_label(say("Binômes à la fois", "Pairs at one time")).fill("3")
    form.get_by_label(say("Votre fonction", "Your function")).fill("Chargée de mission")
    form.get_by_label(say("Votre nom", "Your name")).fill("Ada Martin")
    form.get_by_label(say("Votre adresse", "Your e-mail address")).fill(f"ada{person.number}@ville.example")
    form.get_by_role("button").click()
    expect(page.locator("#said")).to_contain_text(say("transmis", "passed on"))
    for _ in range(80):
        if slot.is_checked():
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(slot).to_be_checked()


def test_a_lead_says_what_they_look_for(page: Page, looked: Page, person: Person, theirs: LinkOfMail) -> None:
    say = person.say
    assert wrong_with(looked, theirs.url) == []
    page.goto(theirs.url)
    page.get_by_text(say("Dire ce que vous cherchez", "Say what you look for")).click()
    form = page.locator("form", has=page.locator("[value=give-wishes]"))
    evening = form.get_by_label(say("lundi soir", "Monday evening"))
    evening.check()
    form.get_by_role("button").click()
    for _ in range(80):
        if evening.is_checked():
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(evening).to_be_checked()


def test_an_officer_follows_the_support_of_a_project(
    stack: Stack, page: Page, looked: Page, person: Person, theirs: LinkOfMail
) -> None:
    say = person.say
    page.goto(stack.desk_link())
    page.get_by_role("main").get_by_role("button").click()
    page.goto(f"{stack.addresses()['desk']}/")
    page.get_by_text(say("Confirmés, pour d’autres personnes", "Confirmed, for others")).click()
    page.locator("details[open] ul.cards").locator("a").nth(person.number).click()
    page.get_by_role("link", name=say("Plan d’appui et mises en relation", "Support plan and introductions")).click()
    looked.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]  # those that it has just given
    assert wrong_with(looked, page.url) == []
    here = page.url
    page.get_by_label(say("Nom de l’organisation", "Name of the organisation")).fill("Maison des associations")
    page.get_by_label(say("Quel partenaire", "What sort of partner")).select_option("incubator")
    page.get_by_role("button", name=say("Noter cette mise en relation", "Note this introduction")).click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(say("C’est fait", "It is done"), timeout=_PATIENCE_MS)
    page.get_by_role("link", name=say("Continuer", "Go on")).click()
    assert page.url == here
    until(page, "Maison des associations")
    first = page.locator("ul.cards").first.locator("li", has=page.locator("details")).first
    first.get_by_text(say("Dire où elle en est", "Say how far it is")).click()
    first.get_by_role("button", name=say("Terminée", "Finished")).click()
    expect(heading).to_have_text(say("C’est fait", "It is done"), timeout=_PATIENCE_MS)


def test_a_head_asks_in_somebody_s_name(
    stack: Stack, page: Page, looked: Page, person: Person, theirs: LinkOfMail
) -> None:
    say = person.say
    page.goto(stack.desk_link())
    page.get_by_role("main").get_by_role("button").click()
    page.goto(f"{stack.addresses()['desk']}/programme/forgotten")
    page.get_by_role("searchbox").fill(theirs.matter_id)
    page.get_by_role("search").get_by_role("button").click()
    looked.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]  # those that it has just given
    assert wrong_with(looked, page.url) == []
    page.locator(f"a[href$='{theirs.person_id}']").click()
    assert wrong_with(looked, page.url) == []
    if person.number % 2:
        return  # their own link is how the others ask
    page.get_by_label(say("Elles continuent sans son nom", "They go on without their name")).check()
    page.get_by_label(say("La personne l’a demandé", "They have asked for it")).check()
    page.get_by_role("button", name=say("Oublier cette personne", "Forget this person")).click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(say("C’est fait", "It is done"), timeout=_PATIENCE_MS)
    page.get_by_role("link", name=say("Continuer", "Go on")).click()
    until(page, say("oubliée par tous les services", "forgotten by all services"))


def test_a_lead_asks_to_be_forgotten_and_their_link_ends(page: Page, person: Person, theirs: LinkOfMail) -> None:
    say = person.say
    page.goto(theirs.url)
    if person.number % 2:
        page.get_by_text(say("Demander à être oublié", "Ask to be forgotten")).click()
        form = page.locator("form", has=page.locator("[value=be-forgotten]"))
        form.get_by_label(say("Elles continuent", "They go on")).check()
        form.get_by_label(say("J’ai compris", "I understand")).check()
        form.get_by_role("button", name=say("M’oublier", "Forget me")).click()
    until(page, say("Ce que nous savions de vous est effacé", "What we knew of you is erased"))


@pytest.fixture
def a_mentor(stack: Stack, person: Person) -> LinkOfMail:
    """A mentor's link to a pair of theirs: of another mentor for each person, and of no pair with a forgotten lead."""
    ended = {link.matter_id for link in _pairs_of_leads(stack)[-_PEOPLE:]}
    links = links_of(stack, "pair", "mentor")
    of_each = {link.person_id: link for link in links if link.matter_id not in ended}
    return sorted(of_each.values(), key=lambda link: link.person_id)[person.number]


def own_page(page: Page, link: LinkOfMail, person: Person) -> None:
    """Opens a mentor's own page, from that of a pair."""
    page.goto(link.url)
    page.get_by_role("link", name=person.say("ma page de mentor", "my page as a mentor")).click()


def test_a_mentor_abstains_from_a_file(page: Page, looked: Page, person: Person, a_mentor: LinkOfMail) -> None:
    say = person.say
    own_page(page, a_mentor, person)
    files = page.get_by_role("region", name=say("Les dossiers dont vous vous abstenez", "Files from which you abstain"))
    for search in ("zzz", "a"):
        files.get_by_role("searchbox").fill(search)
        files.get_by_role("search").get_by_role("button").click()
        assert wrong_with(looked, page.url) == []
        if search == "zzz":
            expect(files).to_contain_text(say("Aucune candidature ne porte ce nom", "No application goes by that name"))
    # Of the last: the fewer have a pair with the mentor.
    found = files.locator("li", has=page.locator("[value=abstain]")).last
    name = found.locator("strong").inner_text()
    found.get_by_role("button", name=say("Je m’abstiens de ce dossier", "I abstain from this file")).click()
    until(page, say("transmis", "passed on"))
    for _ in range(80):
        if files.get_by_text(say("Aucun.", "None.")).count() == 0:
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(files.locator("ul.cards").first).to_contain_text(name)


def test_a_mentor_leaves_and_their_link_ends(
    stack: Stack, page: Page, looked: Page, person: Person, a_mentor: LinkOfMail
) -> None:
    say = person.say
    own_page(page, a_mentor, person)
    own = page.url
    if person.number % 2:
        page.get_by_text(say("Ne plus être mentor", "Be a mentor no more")).click()
        form = page.locator("form", has=page.locator("[value=leave]"))
        form.get_by_label(say("Raison", "Reason")).select_option("no-time")
        form.get_by_role("button").click()
    else:
        page.goto(a_mentor.url)
        project = page.get_by_role("heading", level=1).inner_text()
        page.goto(stack.desk_link())
        page.get_by_role("main").get_by_role("button").click()
        page.goto(f"{stack.addresses()['desk']}/programme/people")
        page.get_by_role("searchbox").fill(project)
        page.get_by_role("search").get_by_role("button").click()
        page.get_by_role("region", name="Mentors").get_by_role("rowheader").get_by_role("link").first.click()
        looked.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]  # those that it has just given
        assert wrong_with(looked, page.url) == []
        page.get_by_text(say("Ce mentor s’en va", "This mentor leaves")).click()
        page.get_by_label(say("Pourquoi", "Why")).select_option("changes-post")
        page.get_by_role("button", name=say("Ce mentor ne participe plus", "This mentor takes part no more")).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.goto(own)
    until(page, say("Vous n’êtes plus mentor", "You are a mentor no more"))
    assert wrong_with(looked, own) == []
