"""Plans that were made while a table was empty, and how many pages they read once it is full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import asyncpg

_TABLES = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = $1"
# Of tables and indexes, fetched by this session since it last reported: hits count like reads.
_PAGES = """
SELECT coalesce(sum(pg_stat_get_xact_blocks_fetched(pg_class.oid)), 0)::bigint
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
 WHERE nspname = $1 AND relkind IN ('r', 'i')
"""

Arguments = Sequence[Any]


class FirstPlans:
    """Statements of one schema, each with the one plan that it got while all tables were empty.

    So does a service that started with an empty database, until statistics are gathered: its connections keep a generic
    plan for as long as nothing tells them otherwise. Use it on a database of its own: it keeps statistics from being
    gathered.
    """

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record], schema: str) -> None:
        self._connection = connection
        self._schema = schema
        self._statements: dict[str, asyncpg.prepared_stmt.PreparedStatement[asyncpg.Record]] = {}

    async def make(self, queries: Mapping[str, str], arguments: Mapping[str, Arguments]) -> None:
        """Plans each query, by running it once and leaving nothing behind; the tables must be empty."""
        for row in await self._connection.fetch(_TABLES, self._schema):
            await self._connection.execute(f"ALTER TABLE {row[0]} SET (autovacuum_enabled = off)")
        await self._connection.execute(
            f"SET search_path TO {self._schema}; SET plan_cache_mode = force_generic_plan; SET jit = off;"
            " SET enable_seqscan = off"  # as a service's sessions have it
        )
        for name, query in queries.items():
            self._statements[name] = await self._connection.prepare(query)
            await self.pages(name, arguments[name])

    async def pages(self, name: str, arguments: Arguments) -> int:
        """How many pages of the schema's tables and indexes a statement reads and writes; it is rolled back."""
        transaction = self._connection.transaction()
        await transaction.start()
        try:
            before = await self._connection.fetchval(_PAGES, self._schema)
            await self._statements[name].fetch(*arguments)
            after = await self._connection.fetchval(_PAGES, self._schema)
        finally:
            await transaction.rollback()
        return int(after - before)


def grown(
    few: Mapping[str, int], many: Mapping[str, int], *, by_design: Iterable[str] = ()
) -> dict[str, tuple[int, int]]:
    """The statements that read more pages of full tables than of nearly empty ones than an index's depth explains.

    Each descent of an index passes two or three pages more in one that is a thousand times as large.
    """
    return {name: (few[name], many[name]) for name in few if name not in by_design and many[name] > 4 * few[name] + 20}
