"""Every table of every schema, looked through column by column, whatever a column holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, TypeAlias

import asyncpg

from deploy.privacy.tally import Place, Tally
from deploy.privacy.wanted import Wanted, found_in, found_in_bytes
from libraries.chassis.outbox.pages import events_in
from libraries.chassis.store import Connection

Connect: TypeAlias = "Callable[[], AbstractAsyncContextManager[asyncpg.Connection[asyncpg.Record]]]"
Tell: TypeAlias = Callable[[str], None]

_ROWS: Final = 1_000
_ROWS_WITH_BYTES: Final = 20
"""A row's bytes may be a record's two megabytes: so many rows at a time keep memory bounded."""

_BETWEEN: Final = "\x1f"  # no column's text runs on into the next one's
_COLUMNS: Final = """
SELECT relname AS table, attname AS column, atttypid = 'bytea'::regtype AS is_bytes
  FROM pg_attribute
  JOIN pg_class ON pg_class.oid = attrelid
  JOIN pg_namespace ON pg_namespace.oid = relnamespace
 WHERE nspname = $1 AND relkind IN ('r', 'p', 'm') AND NOT relispartition AND attnum > 0 AND NOT attisdropped
 ORDER BY relname, attnum
"""


async def search_tables(
    connect: Connect, services: Sequence[str], wanted: Sequence[Wanted], tally: Tally, tell: Tell
) -> None:
    """Looks for all that is wanted in every column of every table of the services' schemas."""
    async with connect() as connection:
        for service in services:
            for table, columns in (await _tables(connection, service)).items():
                tell(f"{service}.{table}")
                # One transaction a table: a long one would keep all that is deleted meanwhile.
                async with connection.transaction(readonly=True):
                    await _search(connection, service, table, columns, wanted, tally)
                tally.looked_at["tables"] += 1


async def _tables(connection: Connection, service: str) -> dict[str, list[tuple[str, bool]]]:
    tables: dict[str, list[tuple[str, bool]]] = {}
    for row in await connection.fetch(_COLUMNS, service):
        tables.setdefault(row["table"], []).append((row["column"], row["is_bytes"]))
    return tables


async def _search(
    connection: Connection,
    service: str,
    table: str,
    columns: Sequence[tuple[str, bool]],
    wanted: Sequence[Wanted],
    tally: Tally,
) -> None:
    holder = f"{service}.{table}"
    texts = [name for name, is_bytes in columns if not is_bytes]
    binaries = [name for name, is_bytes in columns if is_bytes]
    named = [*(f'"{name}"::text' for name in texts), *(f'"{name}"' for name in binaries)]
    query = f'SELECT {", ".join(named)} FROM "{service}"."{table}"'  # noqa: S608 -- names from the catalogue itself
    prefetch = _ROWS_WITH_BYTES if binaries else _ROWS
    async for row in connection.cursor(query, prefetch=prefetch):
        tally.looked_at["rows"] += 1
        # All texts of a row at once: most rows hold nothing, and that is known then.
        if found_in(_BETWEEN.join(row[place] or "" for place in range(len(texts))), wanted):
            for name, text in zip(texts, row, strict=False):
                tally.add(found_in(text or "", wanted), Place(holder, name, is_topic=False))
        for name, data in zip(binaries, row[len(texts) :], strict=True):
            if data:
                _search_bytes(holder, name, data, wanted, tally)


def _search_bytes(holder: str, column: str, data: bytes, wanted: Sequence[Wanted], tally: Tally) -> None:
    place = Place(holder, column, is_topic=False)
    if holder.endswith(".outbox"):
        for text in _texts_of_page(data):
            tally.add(found_in_bytes(text, wanted), place)
    else:
        tally.add(found_in_bytes(data, wanted), place)


def _texts_of_page(page: bytes) -> Iterator[bytes]:
    """What each event on a compressed page of the outbox says."""
    for _, row in events_in(page):
        said: Sequence[Any] = (row.key, row.type, row.correlation_id, row.causation_id)
        yield _BETWEEN.join(map(str, said)).encode() + (row.payload or b"")
