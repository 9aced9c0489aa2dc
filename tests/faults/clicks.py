"""People who answer an offer by the links of its mail, and click again until the page thanks them."""

from __future__ import annotations

import asyncio
import http.client
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg

from libraries.links.seal import Seal
from services.notifications.links import Links
from services.notifications.roles import Party

_PAUSE_SECONDS = 0.3


async def answer(address: str, secret: str, url: str, pairs: Sequence[UUID], seconds: float) -> set[tuple[str, str]]:
    """Both parties of each pair accept; returns the pairs and parties that were thanked within so many seconds."""
    links, until, now = Links(address, Seal([secret.encode()])), time.monotonic() + seconds, datetime.now(UTC)
    offers = await _offers(url, pairs)
    clicks = (_click_until_thanked(links.answering(*offer, now), until) for offer in offers)
    thanked = await asyncio.gather(*clicks)
    return {(str(pair_id), party) for (pair_id, party, _), done in zip(offers, thanked, strict=True) if done}


async def _offers(url: str, pairs: Sequence[UUID]) -> list[tuple[UUID, Party, UUID]]:
    """Who may answer for which party of these pairs, as notifications knows it."""
    connection = await asyncpg.connect(url)
    try:
        query = "SELECT pair_id, lead_id, mentor_person_id FROM notifications.offer WHERE pair_id = ANY($1::uuid[])"
        rows = await connection.fetch(query, list(pairs))
    finally:
        await connection.close()
    people: dict[Party, str] = {"lead": "lead_id", "mentor": "mentor_person_id"}
    return [(row["pair_id"], party, row[column]) for row in rows for party, column in people.items()]


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
