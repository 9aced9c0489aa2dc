"""One click that ends optional mail, from the mail's header to what is sent afterwards."""

from __future__ import annotations

import email
import http.client
import logging
import urllib.request
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest

from contracts.codec import encode
from contracts.event import Event
from contracts.message import EventData
from deploy.local.stack import Stack
from services.chassis.settings import SettingsError, read_settings
from services.notifications.unsubscribing import Links, UnsubscribeSettings
from tests.eventually import eventually
from tests.integration.notifications.happenings import contact, correction_requested, ended, named
from tests.kafka import Sending, send

KEY = b"a key that nobody guesses"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(services=("notifications",)) as made:
        yield made


async def publish(stack: Stack, topic: str, *events: Event[EventData]) -> None:
    await send(stack.broker.bootstrap_servers, [Sending(topic, encode(event)) for event in events])


def mails_to(stack: Stack, who: str) -> list[EmailMessage]:
    found = []
    for caught in stack.mail_catcher.messages():
        with urllib.request.urlopen(f"{stack.mail_catcher.mailbox_url}/messages/{caught['id']}") as answer:
            found.append(email.message_from_bytes(answer.read(), policy=policy.default))
    return [mail for mail in found if who in str(mail["To"])]


def click(url: str, method: str = "POST", body: str = "List-Unsubscribe=One-Click") -> tuple[int, str]:
    parts = urlsplit(url)
    assert parts.port is not None
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=10)
    try:
        connection.request(method, parts.path, body, {"content-type": "application/x-www-form-urlencoded"})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


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
    for token in ("", "x", f"{named('lead a')}", f"{named('lead a')}.AAAA", f"{named('lead a')}.%ff"):
        assert click(f"{address}/v1/unsubscribe/{token}")[0] == 404


def test_each_link_names_one_person_and_nobody_can_make_it_up() -> None:
    links, other = Links("https://engage.example", KEY), Links("https://engage.example", KEY + b"!")
    one, two = UUID(int=1), UUID(int=2)
    token = links.link(one).rpartition("/")[2]
    assert links.person_of(token) == one
    assert links.person_of(token.replace(str(one), str(two))) is None
    assert other.person_of(token) is None


@pytest.mark.parametrize(
    "environment",
    [
        {"ENGAGE_PUBLIC_URL": "https://engage.example"},
        {"ENGAGE_UNSUBSCRIBE_KEY": "a key that nobody guesses"},
        {"ENGAGE_PUBLIC_URL": "https://engage.example/path", "ENGAGE_UNSUBSCRIBE_KEY": "a key that nobody guesses"},
        {"ENGAGE_PUBLIC_URL": "https://engage.example", "ENGAGE_UNSUBSCRIBE_KEY": "short"},
    ],
)
def test_settings_that_make_no_link_are_refused(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with caplog.at_level(logging.DEBUG), pytest.raises(SettingsError) as raised:
        read_settings(UnsubscribeSettings)
    assert "nobody guesses" not in str(raised.value)
