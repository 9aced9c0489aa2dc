"""Every table as a file in PostgreSQL's own text format, its rows in the order of its key; and back into empty tables.

The connection is that of the login that owns the schemas, `engage_migrations`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from contracts.catalogue import SERVICES
from deploy.moving.manifest import Division, Table, digest_of
from deploy.roles import WITH_SCHEMA
from libraries.chassis.settings import SettingsError
from libraries.chassis.store import Connection

_MIGRATION: Final = "migration"
_TABLES: Final = """
SELECT nspname AS schema_name, relname AS name, pg_class.oid,
       ARRAY(SELECT attname::text FROM pg_attribute
              -- What a table works out by itself it works out again.
              WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
              ORDER BY attnum) AS columns,
       ARRAY(SELECT attname::text FROM pg_index CROSS JOIN unnest(indkey) WITH ORDINALITY AS key (number, place)
               JOIN pg_attribute ON attrelid = indrelid AND attnum = key.number
              WHERE indrelid = pg_class.oid AND indisprimary ORDER BY place) AS key,
       ARRAY(SELECT child.relname || E'\\t' || pg_get_expr(child.relpartbound, child.oid) FROM pg_inherits
               JOIN pg_class child ON child.oid = inhrelid WHERE inhparent = pg_class.oid ORDER BY child.relname)
           AS divisions,
       ARRAY(SELECT attname::text FROM pg_attribute
              WHERE attrelid = pg_class.oid AND attidentity <> '' AND NOT attisdropped) AS counted
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
 WHERE nspname = ANY($1) AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> $2
 -- What refers to other tables comes after them.
 ORDER BY EXISTS (SELECT FROM pg_constraint WHERE conrelid = pg_class.oid AND contype = 'f'), nspname, relname
"""
# So that the same rows are the same text, whatever the login's settings are.
_PLAIN: Final = (
    "SET datestyle = 'ISO'; SET intervalstyle = 'iso_8601'; SET timezone = 'UTC'; SET bytea_output = 'hex';"
    "SET extra_float_digits = 3; SET statement_timeout = 0"
)


class Known(NamedTuple):
    """A table as the database has it: its columns, its key, its divisions, and the columns that it counts by itself."""

    schema_name: str
    name: str
    columns: Sequence[str]
    key: Sequence[str]
    divisions: Sequence[Division]
    counted: Sequence[str]

    @property
    def quoted(self) -> str:
        """Its name in SQL."""
        return f"{_quoted(self.schema_name)}.{_quoted(self.name)}"


async def known_tables(connection: Connection) -> list[Known]:
    """Every table of every schema, but for what migrations there were; those that others refer to come first."""
    await connection.execute(_PLAIN)
    return [
        Known(
            row["schema_name"],
            row["name"],
            row["columns"],
            row["key"],
            [Division(name=name, bounds=bounds) for name, bounds in (each.split("\t") for each in row["divisions"])],
            row["counted"],
        )
        for row in await connection.fetch(_TABLES, list(WITH_SCHEMA), _MIGRATION)
    ]


async def migrations(connection: Connection) -> dict[str, dict[str, str]]:
    """The migrations of each schema with their digests."""
    applied = {}
    for schema in WITH_SCHEMA:
        rows = await connection.fetch(f"SELECT name, digest FROM {_quoted(schema)}.migration ORDER BY name")  # noqa: S608
        applied[schema] = {row["name"]: row["digest"] for row in rows}
    return applied


async def write_tables(connection: Connection, directory: Path) -> list[Table]:
    """Writes every table; within one transaction, so that all are of one moment."""
    (directory / "tables").mkdir()
    written = []
    for known in await known_tables(connection):
        table = Table(
            schema_name=known.schema_name, name=known.name, columns=tuple(known.columns),
            divisions=tuple(known.divisions), sha256="",
        )  # fmt: skip
        columns = ", ".join(map(_quoted, known.columns))
        order = ", ".join(map(_quoted, known.key or known.columns))
        query = f"SELECT {columns} FROM {known.quoted} ORDER BY {order}"  # noqa: S608 - names from the catalogue itself
        await connection.copy_from_query(query, output=directory / table.file, format="text")
        written.append(table.model_copy(update={"sha256": digest_of(directory / table.file)}))
    return written


async def check_new(connection: Connection) -> None:
    """Raises SettingsError where a service has run on this database: then it has lanes."""
    for service in SERVICES:
        if await connection.fetchval(f"SELECT EXISTS (SELECT FROM {_quoted(service)}.lane)"):  # noqa: S608 - a name of ours
            raise SettingsError(
                f"{service}.lane is not empty: import into a new database, where no service has run and no import was "
                "interrupted"
            )


async def read_tables(connection: Connection, directory: Path, tables: Sequence[Table]) -> None:
    """Fills a new database's tables, in one transaction; raises SettingsError where it has other tables or columns."""
    known = await known_tables(connection)
    exported = {(table.schema_name, table.name): table for table in tables}
    _compare(known, exported)
    await check_new(connection)
    async with connection.transaction():
        # Of what migrations have put in: the export has it too, as it was by then.
        await connection.execute(f"TRUNCATE {', '.join(each.quoted for each in known)}")
        for each in known:
            await _fill(connection, each, directory, exported[each.schema_name, each.name])


def _compare(known: Sequence[Known], exported: Mapping[tuple[str, str], Table]) -> None:
    columns = {(each.schema_name, each.name): tuple(each.columns) for each in known}
    if other := sorted(f"{schema}.{name}" for schema, name in columns.keys() ^ exported.keys()):
        raise SettingsError(f"{', '.join(other)}: in only one of the two, the export or the database")
    for key, named in columns.items():
        if named != exported[key].columns:
            raise SettingsError(f"{'.'.join(key)}: has other columns than the export")


async def _fill(connection: Connection, known: Known, directory: Path, table: Table) -> None:
    for division in table.divisions:
        name = f"{_quoted(known.schema_name)}.{_quoted(division.name)}"
        await connection.execute(f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {known.quoted} {division.bounds}")
    # A row is what it was: what a table does to new rows is not done to it once more.
    await connection.execute(f"ALTER TABLE {known.quoted} DISABLE TRIGGER USER")
    await connection.copy_to_table(
        known.name, source=directory / table.file, schema_name=known.schema_name, columns=table.columns, format="text"
    )
    await connection.execute(f"ALTER TABLE {known.quoted} ENABLE TRIGGER USER")
    for column in known.counted:
        newest = await connection.fetchval(f"SELECT max({_quoted(column)}) FROM {known.quoted}")  # noqa: S608
        if newest is not None:
            name = f"{known.schema_name}.{known.name}"
            await connection.execute("SELECT setval(pg_get_serial_sequence($1, $2), $3)", name, column, newest)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
