"""The whole system with the forms of the demonstration sent and nothing decided, and people who open the desk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page

from contracts.catalogue import SERVICES
from deploy.demo.cast import Cast
from deploy.local.links import LOCAL_HEAD
from deploy.local.stack import Stack
from deploy.rehearsal.forms import Forms
from deploy.roles import DESK
from libraries.pages.signing import Role, Signer, link_to, ticket_for
from tests.pages.conftest import WIDTHS

_THEN = datetime(2026, 1, 5, tzinfo=UTC)
CAST = Cast(_THEN, _THEN, _THEN)
OWNER = CAST.needs[0].owner.person_id

AtTheDesk: TypeAlias = Callable[..., Page]


@pytest.fixture(scope="session")
def undecided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The system in which every project is proposed, and nobody has decided anything."""
    # In a thread of its own: Playwright keeps a loop in this one.
    with ThreadPoolExecutor(1) as beside:
        stack = beside.submit(_begin, tmp_path_factory.mktemp("undecided")).result()
        yield stack
        beside.submit(stack.stop).result()


def _begin(directory: Path) -> Stack:
    stack = Stack(services=(*SERVICES, DESK), directory=directory).start()
    asyncio.run(_send_forms(stack))
    return stack


async def _send_forms(stack: Stack) -> None:
    """All that the demonstration's forms send, to a pool that goes on proposing."""
    async with Forms(stack.broker.servers_for_others, "urn:form:demonstration") as forms:
        for data in (*CAST.needs, *CAST.mentors, *CAST.applications, *CAST.wrong_applications):
            await forms.send(data, datetime.now(UTC))


@pytest.fixture
def at_the_desk(undecided: Stack, browser: Browser) -> Iterator[AtTheDesk]:
    """Opens the desk for somebody of some roles; what the browser complains of fails."""
    complaints: list[str] = []
    contexts = []
    address = undecided.addresses()[DESK]

    def sign_in(
        *roles: Role,
        person_id: UUID = LOCAL_HEAD,
        language: str = "en",
        width: int = WIDTHS[0],
        javascript: bool = True,
    ) -> Page:
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
        page.on("request", lambda asked: None if asked.url.startswith(address) else complaints.append(asked.url))
        ticket = ticket_for(
            "Dominique", *roles, person_id=person_id, expires_at=datetime.now(UTC) + timedelta(minutes=5)
        )
        page.goto(link_to(address, Signer(undecided.door_secret, DESK), ticket))
        page.get_by_role("main").get_by_role("button").click()
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert complaints == []
