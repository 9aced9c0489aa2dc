"""Reads from the journal what a report counts, in one snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson

from libraries.chassis.store import Connection, named_queries
from services.journal.reports.counting import Applied, Part, became, report_of
from services.journal.reports.model import Became, EditionReport, UnmetNeed

_QUERIES: Final = named_queries("services.journal.reports")


async def editions(connection: Connection) -> tuple[str, ...]:
    """Every edition that an application named, by name."""
    return tuple(row["edition"] for row in await connection.fetch(_QUERIES["list_editions"]))


async def read_counted(
    connection: Connection, edition: str | None, needs_open: int, unmet: list[UnmetNeed]
) -> EditionReport:
    """The report of an edition, or of all; needs come from who lists them."""
    applications = [
        Applied(**{**row, "project": None if row["project"] is None else orjson.loads(row["project"])})
        for row in await connection.fetch(_QUERIES["read_applications"], edition)
    ]
    ids = [each.id for each in applications]
    parts = [Part(**row) for row in await connection.fetch(_QUERIES["read_parts"], ids)]
    pairs = [part.id for part in parts if part.kind == "pair"]
    assignments = [part.id for part in parts if part.kind == "assignment"]
    met: Any = await connection.fetchrow(_QUERIES["read_meetings"], pairs)
    rooted = {row["thing_id"] for row in await connection.fetch(_QUERIES["read_rooted"], assignments)}
    years = [
        (row["year"], orjson.loads(row["figures"]))
        for row in await connection.fetch(_QUERIES["read_impact"], assignments)
    ]
    return report_of(edition, applications, parts, rooted, (met["meetings"], met["minutes"]), years, needs_open, unmet)


async def read_became(connection: Connection, applications: Sequence[UUID]) -> Mapping[UUID, Became]:
    """What became of projects, by their applications; of what the journal does not know, nothing."""
    ids = list(applications)
    parts = [Part(**row) for row in await connection.fetch(_QUERIES["read_parts"], ids)]
    assignments = [part.id for part in parts if part.kind == "assignment"]
    begun = {row["thing_id"] for row in await connection.fetch(_QUERIES["read_begun"], ids)}
    rooted = {row["thing_id"] for row in await connection.fetch(_QUERIES["read_rooted"], assignments)}
    figures = [
        (row["thing_id"], row["year"], orjson.loads(row["figures"]))
        for row in await connection.fetch(_QUERIES["read_impact"], assignments)
    ]
    return became(ids, parts, begun, rooted, figures)
