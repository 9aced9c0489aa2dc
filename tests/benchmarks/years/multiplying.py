"""Copies of what a few thousand real applications left in the tables, as many as years would leave.

Each copy has ids of its own, the same in every schema, so that what refers to something still does. Most copies are
over: they were released, paired, written to and ended years ago, which is what a table of three years consists of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.benchmarks._measuring import Connection

_SEED: Final = "seed"

_SHARED: Final = frozenset(("need_id", "mentor_id", "officer_id"))
"""Columns of ids that all copies share: needs and mentors are those of the programme."""

_TABLES: Final = {
    "intake": ("application", "organisation_key", "application_version", "lead"),
    "matching": ("candidate", "assignment"),
    "mentoring": ("lead", "support_action"),
    "notifications": ("contact", "follow_up", "series", "recusal"),
}

_ENDED: Final[Mapping[str, Mapping[str, str]]] = {
    "matching.assignment": {"state": "'released'", "reason": "'over'"},
    "mentoring.lead": {"state": "'released'", "passed": "'{}'"},
    "notifications.follow_up": {"state": "'sent'", "sent_at": "coalesce(sent_at, due_at)", "waits_for": "NULL"},
    "notifications.series": {"next_due_at": "NULL", "occasions": "'[]'", "parameters": "'{}'"},
}
"""What a copy says that is over, by table and column."""

_LIVING: Final[Mapping[str, Mapping[str, str]]] = {"mentoring.lead": {"state": "'waiting'", "passed": "'{}'"}}
"""What a copy says that is alive: it waits for a mentor, since those of the programme are taken."""

_LEFT: Final = "matching.candidate"
"""Who took part and left has no row there, and one among the former."""


async def keep_seed(connection: Connection) -> int:
    """Keeps what the tables hold now as what is copied; returns how many applications that is."""
    await connection.execute(f"DROP SCHEMA IF EXISTS {_SEED} CASCADE; CREATE SCHEMA {_SEED}")
    for schema, tables in _TABLES.items():
        for table in tables:
            await connection.execute(f"CREATE TABLE {_SEED}.{schema}_{table} AS TABLE {schema}.{table}")
    return int(await connection.fetchval(f"SELECT count(*) FROM {_SEED}.intake_application"))


async def multiply(connection: Connection, first: int, last: int, *, living: bool) -> None:
    """Adds the copies numbered `first` to `last`, all alive or all over; a transaction a table."""
    for schema, tables in _TABLES.items():
        for table in tables:
            name, source = f"{schema}.{table}", f"{_SEED}.{schema}_{table}"
            if name == _LEFT and not living:
                await connection.execute(
                    f"INSERT INTO matching.former_candidate SELECT {_copied('application_id')}"
                    f" FROM {source} AS one, generate_series({first}, {last}) AS copy"
                )
                continue
            columns = await _columns(connection, schema, table)
            said = {**(_LIVING if living else _ENDED).get(name, {})}
            values = [said.get(column) or _value(name, column, kind) for column, kind in columns.items()]
            await connection.execute(
                f"INSERT INTO {name} ({', '.join(columns)}) SELECT {', '.join(values)}"
                f" FROM {source} AS one, generate_series({first}, {last}) AS copy"
            )


async def _columns(connection: Connection, schema: str, table: str) -> dict[str, str]:
    rows = await connection.fetch(
        "SELECT column_name::text AS name, udt_name::text AS kind FROM information_schema.columns"
        " WHERE table_schema = $1 AND table_name = $2 AND is_generated = 'NEVER' ORDER BY ordinal_position",
        schema,
        table,
    )
    return {row["name"]: row["kind"] for row in rows}


def _value(table: str, column: str, kind: str) -> str:
    # An id of what is planned begins with half of its matter's, by which all of a matter is found.
    if column == "id" and table in ("notifications.follow_up", "notifications.series"):
        return f"(left({_digest('matter_id')}, 16) || left({_digest('id')}, 16))::uuid"
    if column == "key" and table == "intake.organisation_key":
        return "one.key || '-' || copy"  # else every copy would be the same organisation
    if column in _SHARED:
        return f"one.{column}"
    if kind == "uuid":
        return _copied(column)
    if kind == "_uuid":
        return f"ARRAY(SELECT md5(each || ':' || copy)::uuid FROM unnest(one.{column}) AS each)"
    return f'one."{column}"'


def _copied(column: str) -> str:
    return f"{_digest(column)}::uuid"


def _digest(column: str) -> str:
    return f"md5(one.{column} || ':' || copy)"
