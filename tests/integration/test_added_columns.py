"""A column that the next version adds changes no statement's answer, so that this version goes on beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import asyncpg

from deploy.roles import WITH_SCHEMA
from libraries.chassis.store import named_queries
from tests.integration.conftest import connect

ROOT = Path(__file__).resolve().parents[2]
_TABLES = """
SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
 WHERE nspname = ANY($1) AND relkind IN ('r', 'p') AND NOT relispartition
"""
_SHARED = {"chassis": "intake", "pages": "console"}
"""In which schema the statements of a library are looked at: it has its tables in several."""

Answers = Mapping[str, list[tuple[str, str]]]


def statements() -> Iterator[tuple[str, str, str]]:
    """Each statement with its schema and where it stands."""
    for path in sorted((*ROOT.glob("libraries/**/*.sql"), *ROOT.glob("services/**/*.sql"))):
        place = path.relative_to(ROOT)
        if "migrations" not in place.parts:
            schema = _SHARED.get(place.parts[1], place.parts[1])
            for name, query in named_queries(".".join(place.parts[:-1]), place.name).items():
                yield schema, f"{place}: {name}", query


async def answers(url: str) -> Answers:
    """The columns of each statement's answer, as a service that prepares it now is told of them."""
    found = {}
    connections = {schema: await connect(url, schema) for schema in WITH_SCHEMA}
    for schema, place, query in statements():
        prepared = await connections[schema].prepare(query)
        found[place] = [(column.name, column.type.name) for column in prepared.get_attributes()]
    for connection in connections.values():
        await connection.close()
    return found


async def test_an_added_column_changes_no_answer(database_url: str) -> None:
    before = await answers(database_url)
    assert len(before) > 100
    connection = await asyncpg.connect(database_url)
    for row in await connection.fetch(_TABLES, list(WITH_SCHEMA)):
        await connection.execute(f"ALTER TABLE {row[0]} ADD COLUMN added_later text")
    await connection.close()
    after = await answers(database_url)
    # A prepared statement whose answer changes fails in every transaction until its connection is made anew.
    assert [place for place in before if before[place] != after[place]] == [], "name the columns instead of `*`"
