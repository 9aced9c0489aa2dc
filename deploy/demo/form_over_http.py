"""A form that cannot speak Kafka: it signs an application and posts it to intake's door."""

from __future__ import annotations

import http.client
import secrets
import time
from urllib.parse import urlsplit

from contracts.applications import ApplicationSubmitted
from contracts.event import encode_data
from services.intake.door.signature import ID, SIGNATURE, TIMESTAMP, secret_bytes, signature


def submit(door: str, secret: str, form: ApplicationSubmitted) -> None:
    """Posts an application to the intake at `door`; raises ConnectionError unless it is taken."""
    address, body = urlsplit(door), encode_data(form)
    message_id, timestamp = secrets.token_hex(8), str(int(time.time()))
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=15)
    try:
        headers = {
            "content-type": "application/json",
            ID: message_id,
            TIMESTAMP: timestamp,
            SIGNATURE: signature(secret_bytes(secret), message_id, timestamp, body),
        }
        connection.request("POST", "/v1/applications", body, headers)
        answer = connection.getresponse()
        if answer.status != http.client.ACCEPTED:
            raise ConnectionError(f"intake's door answered {answer.status}: {answer.read()[:500]!r}")
    finally:
        connection.close()
