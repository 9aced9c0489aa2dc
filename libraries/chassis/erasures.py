"""Who asked to be forgotten: remembered for what they said before and is read later, and forgotten where it is held."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.erasures import ErasureRequested
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.store import Connection, named_queries

_QUERIES: Final = named_queries("libraries.chassis", "erasures.sql")
_ID: Final = re.compile(rb"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_MOST_IDS: Final = 1_000
"""Ids looked for in one record: a form has some dozens, and what has more is no form."""


def asked_in(events: Iterable[Event[EventData]]) -> dict[UUID, datetime]:
    """Who asks in these events to be forgotten, and when at the latest."""
    asked: dict[UUID, datetime] = {}
    for event in events:
        if isinstance(event.data, ErasureRequested):
            person_id = event.data.person_id
            asked[person_id] = max(event.time, asked.get(person_id, event.time))
    return asked


async def fetch_erasures(connection: Connection, people: Collection[UUID]) -> dict[UUID, datetime]:
    """When these people last asked to be forgotten, of those who did."""
    if not people:
        return {}
    rows = await connection.fetch(_QUERIES["fetch_erasures"], list(people))
    return {row["person_id"]: row["erased_at"] for row in rows}


async def keep_erasures(connection: Connection, erased: Mapping[UUID, datetime]) -> dict[UUID, int]:
    """Remembers who asked when, and empties what is held and names them; returns how many records, by person."""
    if not erased:
        return {}
    people = sorted(erased)  # in one order, so that no two transactions wait for each other
    asked = people, [erased[person_id] for person_id in people]
    await connection.execute(_QUERIES["keep_erasures"], *asked)
    return {row["person_id"]: row["records"] for row in await connection.fetch(_QUERIES["empty_held"], *asked)}


async def empty_what_names_the_erased(connection: Connection, values: Collection[bytes]) -> None:
    """Empties what was just held and names somebody who asked before: it was on its way when they asked."""
    named = {UUID(found.decode()) for value in values for found in _ID.findall(value)[:_MOST_IDS]}
    if erased := await fetch_erasures(connection, named):
        people = sorted(erased)
        await connection.fetch(_QUERIES["empty_held"], people, [erased[person_id] for person_id in people])


async def empty_old_held(connection: Connection, before: datetime) -> None:
    """Empties what has been held since before a moment, and waits for nothing; forgets the repairs of that time."""
    await connection.execute(_QUERIES["empty_old_held"], before)
    await connection.execute(_QUERIES["forget_old_repairs"], before)
