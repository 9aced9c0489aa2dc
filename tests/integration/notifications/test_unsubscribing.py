"""One click that ends optional mail, from the mail's header to what is sent afterwards."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import product
from uuid import UUID

import asyncpg
import pytest

from deploy.local.stack import Stack
from libraries.chassis.settings import SettingsError, read_settings
from services.notifications.links import Links, LinkSettings
from tests.eventually import eventually
from tests.integration.notifications.happenings import contact, correction_requested, ended, named
from tests.integration.notifications.links import click, mails_to, publish

KEY = b"a key that nobody guesses"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(services=("notifications",)) as made:
        yield made


async def test_one_click_ends_optional_mail_and_another_begins_it_again(stack: Stack) -> None:
    await publish(stack, "contacts.v1", contact("lead a"), contact("person of mentor a"))
    await publish(stack, "applications.v1", correction_requested("a"))
    await publish(stack, "pairs.v1", ended("a", "active"))

    async def both() -> bool:
        return len(mails_to(stack, "lead-a")) == 2

    await eventually(both)
    request, end = sorted(mails_to(stack, "lead-a"), key=lambda mail: "pris fin" in str(mail["Subject"]))
    assert request["List-Unsubscribe"] is None, "an answer is awaited: that mail is not optional"
    assert end["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = str(end["List-Unsubscribe"]).strip("<>")
    plain, html = end.get_body(("plain",)), end.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert url in plain.get_content()
    assert f'href="{url}"' in html.get_content()

    status, page = click(url, "GET", "")
    assert status == 200
    assert "facultatifs" in page
    assert await wanted(stack), "looking changes nothing: programs open links before people do"
    assert click(url)[0] == 200
    assert not await wanted(stack)
    assert click(url, body="choice=again")[0] == 200
    assert await wanted(stack)


async def wanted(stack: Stack) -> bool:
    connection = await asyncpg.connect(stack.addresses()["database_url"])
    try:
        query = "SELECT unsubscribed_at IS NULL FROM notifications.contact WHERE person_id = $1"
        return bool(await connection.fetchval(query, named("lead a")))
    finally:
        await connection.close()


def test_a_link_that_is_none_of_ours_changes_nothing(stack: Stack) -> None:
    address = stack.addresses()["notifications"]
    tokens = ("", "x", f"{named('lead a')}", f"{named('lead a')}.AAAA", f"{named('lead a')}.%ff")
    for path, token in product(("unsubscribe", "answers"), tokens):
        assert click(f"{address}/v1/{path}/{token}")[0] == 404


def test_each_link_names_one_person_and_nobody_can_make_it_up() -> None:
    links, other = Links("https://engage.example", KEY), Links("https://engage.example", KEY + b"!")
    one, two = UUID(int=1), UUID(int=2)
    token = links.unsubscribing(one).rpartition("/")[2]
    assert links.person_of(token) == one
    assert links.person_of(token.replace(str(one), str(two))) is None
    assert other.person_of(token) is None
    offer = links.answering(one, "mentor").rpartition("/")[2]
    assert links.offer_of(offer) == (one, "mentor")
    assert links.offer_of(offer.replace("mentor", "lead")) is None
    assert links.offer_of(token) is None


@pytest.mark.parametrize(
    "environment",
    [
        {"ENGAGE_PUBLIC_URL": "https://engage.example"},
        {"ENGAGE_LINK_KEY": "a key that nobody guesses"},
        {"ENGAGE_PUBLIC_URL": "https://engage.example/path", "ENGAGE_LINK_KEY": "a key that nobody guesses"},
        {"ENGAGE_PUBLIC_URL": "https://engage.example", "ENGAGE_LINK_KEY": "short"},
    ],
)
def test_settings_that_make_no_link_are_refused(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with caplog.at_level(logging.DEBUG), pytest.raises(SettingsError) as raised:
        read_settings(LinkSettings)
    assert "nobody guesses" not in str(raised.value)
