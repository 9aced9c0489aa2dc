"""Every column that may hold something of people is in the register's places, and nothing else is."""

from __future__ import annotations

import asyncpg

from deploy.privacy.places import places
from deploy.roles import WITH_SCHEMA

_COLUMNS = """
SELECT nspname || '.' || relname AS table, attname AS column
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
 WHERE nspname = ANY($1) AND relkind IN ('r', 'p') AND NOT relispartition AND attnum > 0 AND NOT attisdropped
   AND format_type(atttypid, NULL) = ANY('{text,text[],uuid,uuid[],bytea,json,jsonb,character varying}')
"""
_TABLES = "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname = ANY($1)"


async def test_every_column_of_texts_ids_and_bytes_is_put_somewhere(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        tables = {row[0] for row in await connection.fetch(_TABLES, list(WITH_SCHEMA))}
        columns = {tuple(row) for row in await connection.fetch(_COLUMNS, list(WITH_SCHEMA))}
    finally:
        await connection.close()
    known = places().by_table()
    assert tables == set(known), "a table of people's data that no register names, or a name without a table"
    named = [(name, column) for name, table in known.items() for column in table.columns]
    assert set(named) == columns, "put a new column into `personal`, `people` or `others` of its table"
    assert len(named) == len(set(named)), "each column stands once"
