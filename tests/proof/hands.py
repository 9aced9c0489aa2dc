"""How people use a page: they look for what it calls things, and give up where it is not there."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.async_api import Locator, Page

from libraries.vocabularies.vocabularies import Words
from tests.proof.steps import Impossible


async def press(scope: Page | Locator, name: str) -> None:
    """Presses a button and waits for the page that comes; raises Impossible where there is none of that name."""
    await follow(scope.get_by_role("button", name=name, exact=True))


async def follow(found: Locator) -> None:
    """Clicks on what leads to another page, and waits for it; raises Impossible where there is no such thing."""
    wanted = await there(found)
    async with wanted.page.expect_navigation():
        await wanted.click()


async def open_up(page: Page, name: str) -> None:
    """Opens what a page folds away; raises Impossible where it does not have it."""
    summary = await there(page.locator("summary", has_text=name))
    if await summary.locator("xpath=..").get_attribute("open") is None:
        await summary.click()


async def there(found: Locator) -> Locator:
    """The first that a page has of something; raises Impossible where it has none."""
    if await found.count() == 0:
        raise Impossible
    return found.first


def form_with(page: Page, button: str) -> Locator:
    """The form that a button sends."""
    return page.locator("form", has=page.get_by_role("button", name=button, exact=True))


def field(scope: Page | Locator, name: str) -> Locator:
    """The field that a label names; what the label says besides, such as that it is optional, comes after."""
    return scope.get_by_label(re.compile(rf"^\s*{re.escape(name)}(?=\s|$)"))


async def choose(scope: Page | Locator, label: str, code: str | None, words: Mapping[str, Words]) -> None:
    """Chooses from a list by what it calls things; nothing where no code is given."""
    if code is None:
        return
    wanted = words[code].fr
    select = field(scope, label).first
    options = await select.locator("option").all_inner_texts()
    await select.select_option(label=next(each for each in options if each.lower() == wanted.lower()))
