"""What a test of the links in mails does: it has mail sent, reads it, and follows what is in it."""

from __future__ import annotations

import email
import http.client
import urllib.request
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from urllib.parse import urlsplit

from contracts.codec import encode
from contracts.event import Event
from contracts.message import EventData
from deploy.local.stack import Stack
from tests.kafka import Sending, send


async def publish(stack: Stack, topic: str, *events: Event[EventData]) -> None:
    """Publishes events that happen now: what lies in the past is not mailed any more."""
    happening = [event._replace(time=datetime.now(UTC)) for event in events]
    await send(stack.broker.bootstrap_servers, [Sending(topic, encode(event)) for event in happening])


def mails_to(stack: Stack, who: str) -> list[EmailMessage]:
    found = []
    for caught in stack.mail_catcher.messages():
        with urllib.request.urlopen(f"{stack.mail_catcher.mailbox_url}/messages/{caught['id']}") as answer:
            found.append(email.message_from_bytes(answer.read(), policy=policy.default))
    return [mail for mail in found if who in str(mail["To"])]


def click(url: str, method: str = "POST", body: str = "List-Unsubscribe=One-Click") -> tuple[int, str]:
    status, page, _ = clicked(url, method, body)
    return status, page


def clicked(url: str, method: str, body: str) -> tuple[int, str, dict[str, str]]:
    parts = urlsplit(url)
    assert parts.port is not None
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=10)
    try:
        connection.request(method, parts.path, body, {"content-type": "application/x-www-form-urlencoded"})
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return response.status, response.read().decode(), headers
    finally:
        connection.close()
