"""How people use a page: they look for what it calls things, and give up where it is not there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from playwright.async_api import Error, Locator, Page, Response

from libraries.vocabularies.vocabularies import Words
from tests.proof.steps import Impossible

_INTERRUPTED: Final = "interrupted by another navigation"
_MOST_INTERRUPTIONS: Final = 5


async def visit(page: Page, address: str) -> Response | None:
    """Goes to an address, also where the page that is there loads itself again in the same moment; what answers."""
    for _ in range(_MOST_INTERRUPTIONS):
        try:
            return await page.goto(address)
        except Error as error:
            if _INTERRUPTED not in error.message:
                raise
    raise AssertionError(f"each of {_MOST_INTERRUPTIONS} visits was interrupted: {address}")


async def press(scope: Page | Locator, name: str) -> None:
    """Presses a button and waits for the page that comes; raises Impossible where there is none of that name."""
    await follow(scope.get_by_role("button", name=name, exact=True))


async def follow(found: Locator) -> None:
    """Clicks on what leads to another page, and waits for it; raises Impossible where there is no such thing."""
    wanted = await there(found)
    async with wanted.page.expect_navigation():
        await wanted.click()


async def open_up(page: Page | Locator, name: str) -> None:
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


async def tick(form: Locator, *names: str) -> None:
    """Ticks boxes, by what they are called."""
    for name in names:
        await form.get_by_role("checkbox", name=name).check()


async def choose(scope: Page | Locator, label: str, code: str | None, words: Mapping[str, Words]) -> None:
    """Chooses from a list by what it calls things; nothing where no code is given."""
    if code is None:
        return
    wanted = words[code].fr
    select = field(scope, label).first
    options = await select.locator("option").all_inner_texts()
    await select.select_option(label=next(each for each in options if each.lower() == wanted.lower()))
