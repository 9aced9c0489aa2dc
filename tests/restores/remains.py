"""What a drill that failed leaves to be looked at: all records of all topics and all rows of all tables, as text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import asyncpg

from contracts.catalogue import SERVICES
from tests.faults.evidence import Found

_TABLES: Final = """
SELECT table_schema, table_name FROM information_schema.tables
 WHERE table_schema = ANY($1) AND table_type = 'BASE TABLE' ORDER BY 1, 2
"""


def keep_topics(topics: Mapping[str, Sequence[Found]], file: Path) -> None:
    """Writes an object a line, in the order of each partition."""
    with file.open("w", encoding="utf-8") as lines:
        for it in (it for found in topics.values() for it in found):
            said = {**vars(it), "value": it.value.decode(errors="replace")}
            said.pop("data", None)  # the same as the value, where somebody has asked for it
            lines.write(json.dumps(said, ensure_ascii=False) + "\n")


async def keep_tables(database_url: str, directory: Path) -> None:
    """Writes a file of comma-separated values for each table of each service into a directory."""
    connection = await asyncpg.connect(database_url)
    try:
        for schema, table in await connection.fetch(_TABLES, SERVICES):
            file = directory / f"{schema}.{table}.csv"
            query = f'SELECT * FROM {schema}."{table}"'  # a table that is divided by months can't be copied by its name
            await connection.copy_from_query(query, output=file, format="csv", header=True)
    finally:
        await connection.close()
