"""Migrations: applied in order under a lock, while the services go on, before which no migration stands for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from libraries.chassis.database import role_of
from libraries.chassis.postgresql import DatabaseAddress
from libraries.chassis.servers.migration_files import OUTSIDE, Migration, migrations_of
from libraries.chassis.store import Connection

_LOCK = 0x656E67616765  # "engage"
_OF_THE_SERVER: Final = (
    asyncpg.InsufficientPrivilegeError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)


class MigrationError(Exception):
    """The schema and the migration files disagree, or a file can't be applied; the text says what to do."""


class NotMigrated(MigrationError):
    """Something has to be made first: tables by `engage migrate`, or a role by `engage roles`."""


@dataclass(frozen=True, slots=True)
class Patience:
    """For how long a migration may hold the services up, and how often it is tried again after it gave way.

    Whoever asks for a table waits behind who waits for all of it: `lock_seconds` is how long that may be. It is longer
    than `deadlock_timeout` (a second), for only then does an autovacuum leave a table to who waits. `statement_seconds`
    bounds each statement, which may hold its lock that long; None does not.
    """

    lock_seconds: float = 2.0
    statement_seconds: float | None = 10.0
    tries: int = 100
    pause_seconds: float = 3.0

    @property
    def bounds(self) -> str:
        """Both for the transaction that begins with this statement, in milliseconds; 0 is no bound."""
        return (
            f"SET LOCAL lock_timeout = {int(self.lock_seconds * 1000)};"
            f"SET LOCAL statement_timeout = {int((self.statement_seconds or 0) * 1000)}"
        )


PATIENCE: Final = Patience()


async def migrate(
    address: DatabaseAddress,
    services: Sequence[str],
    patience: Patience = PATIENCE,
    tell: Callable[[str], object] = lambda said: None,
) -> dict[str, list[str]]:
    """Applies what is missing, each file in a transaction of its own; returns the applied names by service.

    A file that its first line says so of is applied outside of one. Safe to run from several places at once: one works,
    the others wait for it. Safe to run again after it was stopped anywhere. `tell` is told, in words, what waits.
    Raises MigrationError, what asyncpg raises of a right that is missing, and what DatabaseAddress.connect raises.
    """
    connection = await address.connect()
    try:
        await _lock(connection)
        return {service: await _migrate(connection, service, patience, tell) for service in services}
    finally:
        await connection.close()


async def _lock(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    # Polled: a waiting pg_advisory_lock holds a snapshot and would deadlock CREATE INDEX CONCURRENTLY.
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):  # noqa: ASYNC110
        await asyncio.sleep(0.1)


async def _migrate(
    connection: Connection, service: str, patience: Patience, tell: Callable[[str], object]
) -> list[str]:
    await _create_schema(connection, service)
    applied = []
    for migration in await _missing(connection, service):
        await _apply_patiently(connection, service, migration, patience, tell)
        applied.append(migration.name)
    return applied


async def _apply_patiently(
    connection: Connection, service: str, migration: Migration, patience: Patience, tell: Callable[[str], object]
) -> None:
    for number in range(1, patience.tries + 1):
        try:
            if migration.in_transaction:
                return await _apply(connection, service, migration, patience)
            return await _apply_outside(connection, service, migration)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            tell(f"{migration.name} gave way to who uses its tables, and is tried again ({number} of {patience.tries})")
            await asyncio.sleep(patience.pause_seconds)
        except asyncpg.PostgresError as error:
            if (mistake := _mistake(error, patience)) is None:
                raise
            raise MigrationError(f"{migration.name} {mistake}") from error
    raise MigrationError(
        f"{migration.name} found its tables in use {patience.tries} times, and nothing of it was done: see in "
        "pg_stat_activity which transaction has been open for long, then run `engage migrate` again"
    )


def _mistake(error: asyncpg.PostgresError, patience: Patience) -> str | None:
    """What is wrong with a file, as the rest of a sentence; None where it is a right or a server that is missing."""
    if isinstance(error, asyncpg.QueryCanceledError) and patience.statement_seconds is not None:
        return (
            f"takes longer than {patience.statement_seconds:g} s and would hold the services up: nothing of it was "
            "done; stop all services, then run `engage migrate --stopped`"
        )
    if isinstance(error, asyncpg.ActiveSQLTransactionError):
        return (
            "has a statement that can't be in a transaction: begin the file with the line "
            f"`{OUTSIDE}`, and let it hold this one statement"
        )
    if isinstance(error, _OF_THE_SERVER):
        return None
    # Not the server's words, which may quote a row.
    return f"can't be applied: {type(error).__name__} ({error.sqlstate}); `engage --debug migrate` shows the reason"


async def _apply(connection: Connection, service: str, migration: Migration, patience: Patience) -> None:
    async with connection.transaction():
        await connection.execute(f"SET LOCAL search_path = {service}; {patience.bounds}")
        await connection.execute(migration.sql)
        await _note(connection, service, migration)


async def _apply_outside(connection: Connection, service: str, migration: Migration) -> None:
    """One statement that waits for others and that nobody waits for: building an index, or dropping one."""
    await connection.execute(f"SET search_path = {service}; SET lock_timeout = 0; SET statement_timeout = 0")
    try:
        await _drop_unfinished(connection, service, migration)
        await connection.execute(migration.sql)
    except asyncpg.PostgresError:
        # What is left of a unique one would refuse rows already.
        if not connection.is_closed():
            await _drop_unfinished(connection, service, migration)
        raise
    finally:
        if not connection.is_closed():
            await connection.execute("RESET search_path; RESET lock_timeout; RESET statement_timeout")
    async with connection.transaction():
        await _note(connection, service, migration)


async def _drop_unfinished(connection: Connection, service: str, migration: Migration) -> None:
    """What was begun of an index and not finished, which `IF NOT EXISTS` would take for the index."""
    if migration.index is not None and await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid)",
        f"{service}.{migration.index}",
    ):
        await connection.execute(f"DROP INDEX CONCURRENTLY {service}.{migration.index}")


async def _note(connection: Connection, service: str, migration: Migration) -> None:
    """That a migration was applied, and what the service may do with what it made."""
    await connection.execute(
        f"INSERT INTO {service}.migration (name, digest) VALUES ($1, $2)",  # noqa: S608 - a name of ours
        migration.name,
        migration.digest,
    )
    await connection.execute(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {service} TO {role_of(service)};"
        # Which migrations there were is nothing that a service may change.
        f"REVOKE INSERT, UPDATE, DELETE ON {service}.migration FROM {role_of(service)};"
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {service} TO {role_of(service)}"
    )


async def _create_schema(connection: Connection, service: str) -> None:
    role = role_of(service)
    try:
        await connection.execute(
            f"""
            CREATE SCHEMA IF NOT EXISTS {service};
            GRANT USAGE ON SCHEMA {service} TO {role};
            CREATE TABLE IF NOT EXISTS {service}.migration (
                name text PRIMARY KEY, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
            );
            GRANT SELECT ON {service}.migration TO {role};
            """
        )
    except asyncpg.UndefinedObjectError:
        raise NotMigrated(f"there is no role {role}: an administrator runs `engage roles` first") from None


async def _missing(connection: Connection, service: str) -> list[Migration]:
    rows = await connection.fetch(f"SELECT name, digest FROM {service}.migration")  # noqa: S608 - a name of ours
    applied = {row["name"]: row["digest"] for row in rows}
    for migration in migrations_of(service):
        if applied.get(migration.name, migration.digest) != migration.digest:
            raise MigrationError(
                f"{migration.name} was changed after it was applied: run the version that these tables come from; "
                "whoever changes tables adds a new file"
            )
    return [migration for migration in migrations_of(service) if migration.name not in applied]


async def check_migrated(connection: Connection, service: str) -> None:
    """Raises NotMigrated where a service's schema is missing or behind its files, MigrationError where one differs."""
    try:
        missing = await _missing(connection, service)
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        missing = list(migrations_of(service))
    if missing:
        raise NotMigrated(
            f"the schema {service} lacks {', '.join(migration.name for migration in missing)}: run `engage migrate`"
        )
