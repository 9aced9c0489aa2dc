"""The whole system with the demonstration's data, and Chromium that looks at its console as people do."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from deploy.demo.stages import Performance, staged
from deploy.local.stack import Stack
from deploy.roles import WITH_SCHEMA
from libraries.pages.signing import Role, Signer, link_to, ticket_for

NAMES = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = (1280, 400)

SignedIn: TypeAlias = Callable[..., Page]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The system after the first four stages: twenty projects placed and paired, and one record set aside."""
    with staged(tmp_path_factory.mktemp("system"), services=WITH_SCHEMA) as stack:
        asyncio.run(Performance(stack).play(lambda stage: None, stages=4))
        yield stack


@pytest.fixture(scope="session")
def browser(stack: Stack) -> Iterator[Browser]:
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        pytest.fail(f"these tests need Chromium: one of {', '.join(NAMES)} (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        # In a container Chromium's own sandbox is not to be had.
        launched = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def signed_in(stack: Stack, browser: Browser) -> Iterator[SignedIn]:
    """Opens the console for somebody of a role, in a language and a width; what the browser complains of fails."""
    complaints: list[str] = []
    contexts = []

    def sign_in(
        role: Role = "operator", *, language: str = "fr", width: int = WIDTHS[0], javascript: bool = True
    ) -> Page:
        address = stack.addresses()["console"]
        context = browser.new_context(
            base_url=address,
            locale=language,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.on("request", lambda asked: _note_stray(asked.url, address, complaints))
        page.goto(link_for(stack, role))
        page.get_by_role("main").get_by_role("button").click()
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert complaints == []


def _note_stray(url: str, address: str, complaints: list[str]) -> None:
    if not url.startswith(address):
        complaints.append(f"a request to elsewhere: {url}")


def registered(page: Page) -> Locator:
    """The story of the application that changed last among those that are in order, in the list of stories."""
    row = page.get_by_role("row", name=re.compile("recevable|registered"))
    return row.get_by_role("rowheader").get_by_role("link").first


def link_for(stack: Stack, role: Role, who: str = "Camille") -> str:
    ticket = ticket_for(who, role, expires_at=datetime.now(UTC) + timedelta(minutes=5))
    return link_to(stack.addresses()["console"], Signer(stack.door_secret, "console"), ticket)
