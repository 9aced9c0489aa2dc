"""Signatures of Standard Webhooks 1.0: who sent a message, and that nobody changed or kept it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_PREFIX: Final = "whsec_"
_LONGEST_ID: Final = 200
"""It is part of a key in the database, and chosen by a stranger."""


class NotSigned(Exception):
    """The message can't be taken for a form's; `header` is the one to look at."""

    def __init__(self, header: str) -> None:
        super().__init__(header)
        self.header = header


def secret_bytes(secret: str) -> bytes:
    """The key in a secret `whsec_<base64>` of 24 to 64 bytes; raises ValueError, which never quotes it."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or not 24 <= len(key) <= 64:
        raise ValueError("must be whsec_ and then 24 to 64 bytes in base64")
    return key


def signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """The signature of a message, as `webhook-signature` carries it."""
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def check_headers(headers: Mapping[str, str], *, now: datetime, tolerance: timedelta) -> None:
    """What can be seen before the body is read; raises NotSigned.

    The timestamp may lie `tolerance` before or after `now`, so that what somebody kept can't be sent again later.
    """
    message_id, timestamp = _required(headers, ID), _required(headers, TIMESTAMP)
    _required(headers, SIGNATURE)
    if len(message_id) > _LONGEST_ID or not message_id.isascii():
        raise NotSigned(ID)
    # Bounded before it is made a number, since Python's take any length and any script's digits.
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise NotSigned(TIMESTAMP)
    if abs(now.timestamp() - int(timestamp)) > tolerance.total_seconds():
        raise NotSigned(TIMESTAMP)


def signer(headers: Mapping[str, str], body: bytes, secrets: Mapping[str, Sequence[bytes]]) -> str:
    """The form that signed a message whose headers were checked; raises NotSigned.

    A form may have several secrets while it changes from one to the next, and a message several
    signatures. Compared in constant time.
    """
    given = [one.encode() for one in headers[SIGNATURE].split(" ")]
    # All keys of all forms: whose it is shows only by the one that fits, since nothing unsigned may say so.
    for form, keys in secrets.items():
        for key in keys:
            expected = signature(key, headers[ID], headers[TIMESTAMP], body).encode()
            if any(hmac.compare_digest(expected, one) for one in given):
                return form
    raise NotSigned(SIGNATURE)


def _required(headers: Mapping[str, str], name: str) -> str:
    if not (value := headers.get(name)):
        raise NotSigned(name)
    return value
