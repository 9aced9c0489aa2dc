"""Signing in at a real provider of identities, looking at a person, the audit, and out again, as people do it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.ports import free_port
from deploy.local.processes import ServiceProcess
from deploy.local.stack import Stack
from deploy.roles import CONSOLE
from tests.pages.conftest import WIDTHS, registered
from tests.pages.test_accessibility import violations
from tests.strangers.clients.openid.provider import SECRET, provider

ACCOUNTS: dict[str, dict[str, Any]] = {
    "ada": {"name": "Ada Martin", "groups": ["operators"]},
    "nobody": {"name": "Nobody"},
}
PEOPLE = 'version = 1\n[[groups]]\nclaim = "groups"\nvalue = "operators"\nroles = ["operator"]\n'


@dataclass(frozen=True)
class Place:
    """A console that has people sign in at a provider, which is at another site."""

    address: str
    issuer: str
    browser: Browser

    def page(self, language: str, width: int, *, javascript: bool = True) -> Page:
        context = self.browser.new_context(
            base_url=self.address,
            locale=language,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
        )
        return context.new_page()

    def sign_in(self, page: Page, login: str) -> None:
        """From the page outside to what comes after the provider's own two."""
        page.get_by_role("main").get_by_role("link", name=re.compile("Ville-ID")).click()
        page.wait_for_url(f"{self.issuer}/**")
        page.locator("input[name=login]").fill(login)
        page.locator("input[name=password]").fill("x")
        page.locator("button[type=submit]").click()
        page.locator("button[type=submit]").click()
        page.wait_for_url(f"{self.address}/**")


@pytest.fixture(scope="module")
def place(stack: Stack, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    directory: Path = tmp_path_factory.mktemp("signing-in")
    (directory / "people.toml").write_text(PEOPLE)
    port, health = free_port(), free_port()
    address = f"http://127.0.0.1:{port}"
    # By another name than the console: to a browser it is another site, as a city's provider is.
    with provider([address], ACCOUNTS, host="localhost") as issuer:
        running = stack.services[CONSOLE]
        environment = {
            **running.environment,
            "ENGAGE_HTTP_PORT": str(port),
            "ENGAGE_HEALTH_PORT": str(health),
            "ENGAGE_OIDC_ISSUER": issuer,
            "ENGAGE_OIDC_CLIENT_ID": "engage",
            "ENGAGE_OIDC_CLIENT_SECRET": SECRET,
            "ENGAGE_OIDC_ROLES_FILE": str(directory / "people.toml"),
            "ENGAGE_OIDC_NAME": "Ville-ID",
        }
        process = ServiceProcess("console-2", running.argv, environment=environment, log_path=directory / "log")
        process.start()
        try:
            _wait_until_open(browser, address)
            yield Place(address, issuer, browser)
        finally:
            process.terminate()


def _wait_until_open(browser: Browser, address: str) -> None:
    page = browser.new_page()
    for _ in range(100):
        try:
            page.goto(address)
        except Exception:  # whatever a browser calls a port where nothing listens yet
            page.wait_for_timeout(100)
        else:
            break
    expect(page.get_by_role("main")).to_be_visible()
    page.close()


@pytest.mark.parametrize(
    ("language", "width", "javascript"), [("fr", WIDTHS[0], True), ("en", WIDTHS[1], True), ("en", WIDTHS[0], False)]
)
def test_somebody_signs_in_looks_at_a_person_and_signs_out(
    place: Place, language: str, width: int, javascript: bool
) -> None:
    page = place.page(language, width, javascript=javascript)
    look: list[str] | None = [] if javascript else None

    def looked_at(where: str) -> None:
        if look is not None:
            look.extend(violations(page, where))

    page.goto("/stories")
    looked_at("outside")
    place.sign_in(page, "ada")
    # They come where they wanted to, with their session, though the browser comes from another site.
    page.wait_for_url(f"{place.address}/stories")
    expect(page.locator(".who")).to_contain_text("Ada Martin")
    registered(page).click()
    people = page.get_by_role("region", name=re.compile("Les personnes|The people"))
    people.get_by_role("link").first.click()
    looked_at("a person")
    expect(page.get_by_role("radio", checked=True)).to_have_count(1)
    page.get_by_role("textbox", name=re.compile("Pourquoi|Why")).fill(f"a call in {language}, {width}, {javascript}")
    page.get_by_role("button", name=re.compile("le noter|note it")).click()
    expect(page.get_by_role("main")).to_contain_text("@")
    expect(page.get_by_role("main")).to_contain_text(re.compile("est dans le journal|is in the audit"))
    looked_at("a contact")
    page.get_by_role("link", name=re.compile("^(Actes|Audit)$")).click()
    page.get_by_role("link", name=re.compile("Regards|Looks")).click()
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("Ada Martin")
    expect(row).to_contain_text(f"a call in {language}, {width}, {javascript}")
    looked_at("looks")
    page.get_by_role("button", name=re.compile("Se déconnecter|Sign out")).click()
    looked_at("left")
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("déconnecté|signed out"))
    page.get_by_role("link", name=re.compile("Ville-ID")).click()
    expect(page).to_have_url(re.compile(f"^{place.issuer}"))
    page.locator("button[value=yes], button[autofocus]").first.click()
    page.wait_for_url(f"{place.address}/")
    expect(page.get_by_role("main").get_by_role("link", name=re.compile("Ville-ID"))).to_be_visible()
    assert not look
    page.context.close()


def test_who_is_not_listed_is_told_what_to_do(place: Place) -> None:
    page = place.page("fr", WIDTHS[1])
    page.goto("/")
    place.sign_in(page, "nobody")
    expect(page.get_by_role("heading", level=1)).to_contain_text("pas encore d’accès")
    expect(page.locator("code")).to_have_text("nobody")
    assert violations(page, "a stranger") == []
    page.goto("/sign-in/back?state=x&code=x")
    expect(page.get_by_role("main")).to_contain_text("commencée dans un autre navigateur")
    page.context.close()


def test_who_signs_out_at_the_provider_has_no_session_here(place: Place) -> None:
    leaver, other = place.page("en", WIDTHS[0]), place.page("en", WIDTHS[1])
    for page in (leaver, other):
        page.goto("/audit")
        place.sign_in(page, "ada")
        page.wait_for_url(f"{place.address}/audit")
    leaver.goto(f"{place.issuer}/session/end")
    leaver.locator("button[value=yes], button[autofocus]").first.click()
    leaver.wait_for_url(f"{place.issuer}/session/end/success*")
    leaver.goto("/audit")
    expect(leaver.get_by_role("heading", level=1)).to_contain_text("Sign in")
    other.goto("/audit")
    expect(other.locator(".who")).to_contain_text("Ada Martin")
    for page in (leaver, other):
        page.context.close()


def test_an_operator_ends_the_sessions_of_somebody(place: Place) -> None:
    operator, other = place.page("en", WIDTHS[0]), place.page("en", WIDTHS[1])
    for page in (operator, other):
        page.goto("/audit")
        place.sign_in(page, "ada")
    operator.goto("/sessions")
    assert violations(operator, "sessions") == []
    row = operator.get_by_role("row").filter(has_text="Ada Martin")
    row.get_by_role("textbox").fill("a lost telephone")
    row.get_by_role("button").click()
    for page in (operator, other):
        page.goto("/audit")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Sign in")
        page.context.close()
