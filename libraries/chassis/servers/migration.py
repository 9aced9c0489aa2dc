"""Migrations: plain SQL files, one schema a service, which its own login may use, applied in order under a lock."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import asyncpg

from contracts.catalogue import SERVICES
from libraries.chassis.database import role_of
from libraries.chassis.postgresql import DatabaseAddress
from libraries.chassis.store import Connection

_LOCK = 0x656E67616765  # "engage"


class MigrationError(Exception):
    """The schema and the migration files disagree; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """A migration file: its name, its SQL, and the digest by which a later change is noticed."""

    name: str
    sql: str

    @property
    def digest(self) -> str:
        """SHA-256 of the SQL, in hexadecimal."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations_of(service: str) -> tuple[Migration, ...]:
    """The chassis's migrations, where the service reads topics, then its own, each in the order of their names."""
    chassis = _read("libraries.chassis", "chassis") if service in SERVICES else []
    return (*chassis, *_read(f"services.{service}", service))


def _read(package: str, owner: str) -> list[Migration]:
    folder = files(package).joinpath("migrations")
    paths = sorted((path for path in folder.iterdir() if path.name.endswith(".sql")), key=lambda path: path.name)
    return [Migration(f"{owner}/{path.name}", path.read_text(encoding="utf-8")) for path in paths]


async def migrate(address: DatabaseAddress, services: Sequence[str]) -> dict[str, list[str]]:
    """Applies what is missing, each file in a transaction of its own; returns the applied names by service.

    Safe to run from several places at once: one works, the others wait for it.
    """
    connection = await address.connect()
    try:
        await _lock(connection)
        return {service: await _migrate(connection, service) for service in services}
    finally:
        await connection.close()


async def _lock(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    # Polled: a waiting pg_advisory_lock holds a snapshot and would deadlock CREATE INDEX CONCURRENTLY.
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):  # noqa: ASYNC110
        await asyncio.sleep(0.1)


async def _migrate(connection: asyncpg.Connection[asyncpg.Record], service: str) -> list[str]:
    await _create_schema(connection, service)
    applied = []
    for migration in await _missing(connection, service):
        async with connection.transaction():
            await connection.execute(f"SET LOCAL search_path = {service}")
            await connection.execute(migration.sql)
            await connection.execute(
                "INSERT INTO migration (name, digest) VALUES ($1, $2)", migration.name, migration.digest
            )
            await connection.execute(
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {service} TO {role_of(service)};"
                # Which migrations there were is nothing that a service may change.
                f"REVOKE INSERT, UPDATE, DELETE ON {service}.migration FROM {role_of(service)};"
                f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {service} TO {role_of(service)}"
            )
        applied.append(migration.name)
    return applied


async def _create_schema(connection: asyncpg.Connection[asyncpg.Record], service: str) -> None:
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
        raise MigrationError(f"there is no role {role}: an administrator runs `engage roles` first") from None


async def _missing(connection: Connection, service: str) -> list[Migration]:
    rows = await connection.fetch(f"SELECT name, digest FROM {service}.migration")  # noqa: S608 - a name of ours
    applied = {row["name"]: row["digest"] for row in rows}
    for migration in migrations_of(service):
        if applied.get(migration.name, migration.digest) != migration.digest:
            raise MigrationError(f"{migration.name} was changed after it was applied: add a new file instead")
    return [migration for migration in migrations_of(service) if migration.name not in applied]


async def check_migrated(connection: Connection, service: str) -> None:
    """Raises MigrationError where the service's schema is missing or behind its files."""
    try:
        missing = await _missing(connection, service)
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        missing = list(migrations_of(service))
    if missing:
        raise MigrationError(
            f"the schema {service} lacks {', '.join(migration.name for migration in missing)}: run `engage migrate`"
        )
