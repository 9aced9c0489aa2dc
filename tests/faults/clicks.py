"""People who answer an offer by the links of its mail, and click again until the page thanks them."""

from __future__ import annotations

import asyncio
import http.client
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import get_args
from urllib.parse import urlsplit
from uuid import UUID

from services.notifications.kinds import Party
from services.notifications.links import Links

_PAUSE_SECONDS = 0.3


async def answer(address: str, secret: str, pairs: Sequence[UUID], seconds: float) -> set[tuple[str, str]]:
    """Both parties of each pair accept; returns the pairs and parties that were thanked within so many seconds."""
    links, until, now = Links(address, [secret.encode()]), time.monotonic() + seconds, datetime.now(UTC)
    offers = [(pair_id, party) for pair_id in pairs for party in get_args(Party)]
    clicks = (_click_until_thanked(links.answering(pair_id, party, now), until) for pair_id, party in offers)
    thanked = await asyncio.gather(*clicks)
    return {(str(pair_id), party) for (pair_id, party), done in zip(offers, thanked, strict=True) if done}


async def _click_until_thanked(url: str, until: float) -> bool:
    while time.monotonic() < until:
        if await asyncio.to_thread(_click, url):
            return True
        await asyncio.sleep(_PAUSE_SECONDS)
    return False


def _click(url: str) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=12)
    try:
        connection.request("POST", parts.path, "answer=accept", {"content-type": "application/x-www-form-urlencoded"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
