"""The providers that refuse us, as rows: hardly any has one, so nothing of this costs mail that is taken anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from libraries.chassis.store import Connection, named_queries
from services.notifications.sending.providers import Provider

_QUERIES: Final = named_queries("services.notifications.sending", "providers.sql")


async def fetch_providers(connection: Connection, domains: Collection[str]) -> dict[str, Provider]:
    """Those among the providers of these domains that refused something of late."""
    rows = await connection.fetch(_QUERIES["fetch_providers"], sorted(domains))
    return {row["domain"]: _provider_of(row) for row in rows}


async def note_refusals(
    connection: Connection, refusals: Mapping[str, Sequence[UUID]], *, at: datetime, by_report: bool
) -> list[Provider]:
    """Notes whose mail providers refused, in a transaction; returns those that pause because of it."""
    # Each gets a row first, so that two transactions that note the first refusals do so one after the other.
    domains = sorted(refusals)
    await connection.execute(_QUERIES["begin_providers"], domains, at)
    paused, changed = [], []
    for row in await connection.fetch(_QUERIES["lock_providers"], domains):
        before = after = _provider_of(row)
        for person_id in refusals[before.domain]:
            after = after.refusing(person_id, at=at, by_report=by_report)
        changed.append(after)
        if after.pauses and after.paused_until != before.paused_until:
            paused.append(after)
    columns = zip(*changed, strict=True)
    domain, people, *others = columns
    # An array of arrays has to be even, which these are not: each travels as a text.
    await connection.execute(_QUERIES["change_providers"], domain, [",".join(map(str, ids)) for ids in people], *others)
    return paused


async def note_taken(connection: Connection, domains: Collection[str]) -> None:
    """Notes that providers have taken a mail: what they refused before counts no more, unless a report said it."""
    await connection.execute(_QUERIES["clear_providers"], sorted(domains))


async def fetch_forgotten(connection: Connection, *, before: datetime) -> list[str]:
    """The domains of which nothing was heard since `before`."""
    return [row["domain"] for row in await connection.fetch(_QUERIES["fetch_forgotten"], before)]


async def forget_providers(connection: Connection, domains: Collection[str], *, before: datetime) -> None:
    """Forgets what providers refused: a domain may be one person's, so it is kept no longer than it is of use."""
    await connection.execute(_QUERIES["forget_providers"], sorted(domains), before)


def _provider_of(row: asyncpg.Record) -> Provider:
    return Provider(
        row["domain"], tuple(row["people"]), row["pauses"], row["refused_at"], row["paused_until"], row["by_report"]
    )
