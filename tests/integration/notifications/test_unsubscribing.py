"""One click that ends optional mail, from the mail's header to what is sent afterwards."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

import asyncpg
import pytest

from deploy.local.stack import Stack
from libraries.chassis.settings import SettingsError, read_settings
from libraries.links.seal import Seal
from services.notifications.links import Links, LinkSettings
from tests.eventually import eventually
from tests.integration.notifications.happenings import contact, correction_requested, named, obstacle_lifted
from tests.integration.notifications.links import click, mails_to, publish


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(services=("notifications",)) as made:
        yield made


async def test_one_click_ends_optional_mail_and_another_begins_it_again(stack: Stack) -> None:
    await publish(stack, "contacts.v1", contact("lead a"), contact("person of mentor a"))
    await publish(stack, "applications.v1", correction_requested("a"))
    await publish(stack, "pairs.v1", obstacle_lifted("a", 2))

    async def both() -> bool:
        return len(mails_to(stack, "lead-a")) == 2

    await eventually(both)
    request, end = sorted(mails_to(stack, "lead-a"), key=lambda mail: "frein" in str(mail["Subject"]))
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
    assert "ne recevez plus" in click(url, "GET", "")[1], "the page shows what is true now"
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
    for path, token in product(("unsubscribe", "answers", "addresses"), tokens):
        assert click(f"{address}/v1/{path}/{token}")[0] == 404


@pytest.mark.parametrize(
    "environment",
    [
        {"ENGAGE_PUBLIC_URL": "https://engage.example"},
        {"ENGAGE_LINK_KEY": "a key that nobody guesses"},
        {"ENGAGE_PUBLIC_URL": "https://engage.example/path", "ENGAGE_LINK_KEY": "a key that nobody guesses"},
        {"ENGAGE_PUBLIC_URL": "https://engage.example", "ENGAGE_LINK_KEY": "short"},
        {"ENGAGE_PUBLIC_URL": "https://engage.example", "ENGAGE_LINK_KEY": "a key that nobody guesses, short"},
        {
            "ENGAGE_PUBLIC_URL": "https://engage.example",
            "ENGAGE_LINK_KEY": ", ".join(3 * ["a key that nobody guesses"]),
        },
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


async def test_a_new_address_is_confirmed_by_the_link_that_went_to_the_old_one(stack: Stack) -> None:
    await publish(stack, "contacts.v1", contact("lead z"), contact("lead z", email="new-z@asso.example"))
    found: list[str] = []

    async def is_asked() -> bool:
        for mail in mails_to(stack, "lead-z@"):
            plain = mail.get_body(("plain",))
            assert plain is not None
            found.extend(re.findall(r"http://\S+/v1/addresses/\S+", plain.get_content()))
        return bool(found)

    await eventually(is_asked)
    status, page = click(found[0], "GET", "")
    assert status == 200
    assert "<strong>new-z@asso.example</strong>" in page
    assert "<form" in click(found[0], "GET", "")[1], "looking confirms nothing: programs open links before people do"
    for method in ("POST", "GET", "POST"):
        status, page = click(found[0], method, "confirm=yes" if method == "POST" else "")
        assert status == 200
        assert "désormais à votre nouvelle adresse" in page
        assert "<form" not in page


async def test_who_is_not_known_any_more_is_told_so(stack: Stack) -> None:
    links = Links(stack.addresses()["notifications"], Seal([stack.door_secret.encode()]))
    url = links.unsubscribing(named("nobody"), datetime.now(UTC))
    for method in ("GET", "POST"):
        status, page = click(url, method)
        assert status == 200
        assert "ne connaissons plus" in page
    assert "à confirmer" in click(links.confirming(named("nothing"), datetime.now(UTC)), "GET", "")[1]
