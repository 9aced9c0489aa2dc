"""A form that speaks HTTP, for tests: it signs what it sends."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from services.intake.door.signature import ID, SIGNATURE, TIMESTAMP, secret_bytes, signature


class Answer(NamedTuple):
    """What the door answered; `body` is the JSON."""

    status: int
    headers: dict[str, str]
    body: Any


def signed(secret: str, message_id: str, body: bytes, *, at: int | None = None) -> dict[str, str]:
    """The headers of a message."""
    timestamp = str(int(time.time()) if at is None else at)
    return {
        "content-type": "application/json",
        ID: message_id,
        TIMESTAMP: timestamp,
        SIGNATURE: signature(secret_bytes(secret), message_id, timestamp, body),
    }


def request(
    address: str, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """One request to intake at `address`."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(address).port, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        content = response.read()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, json.loads(content) if content else None)
    finally:
        connection.close()
