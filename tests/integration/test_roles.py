"""Each service's login sees its own schema and nothing else; it can't create, alter or become anybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import permutations
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest

from contracts.catalogue import SERVICES
from deploy.local.postgresql import PostgreSQL
from deploy.roles import CONSOLE, DESK, MIGRATIONS, OPERATORS, PAGES, WITH_SCHEMA, RolesError, apply_roles
from libraries.chassis.database import role_of
from libraries.chassis.postgresql import DatabaseAddress
from libraries.chassis.servers.migration import MigrationError, migrate
from tests.command_line import type_in

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
As: TypeAlias = Callable[[str], Awaitable[Connection]]

_DATABASE = "with_roles"
_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = $1 AND table_type = 'BASE TABLE'"


@pytest.fixture(scope="module")
def server(postgresql: PostgreSQL) -> PostgreSQL:
    """With a database as a deployment makes it: roles by an administrator, schemas by the migrations' login."""
    postgresql.create_database(_DATABASE)

    async def prepare() -> None:
        connection = await asyncpg.connect(postgresql.database_url(_DATABASE))
        await apply_roles(connection, {})
        await apply_roles(connection, {})  # a second time changes nothing
        await connection.close()
        await migrate(DatabaseAddress(postgresql.database_url(_DATABASE, role_of(MIGRATIONS))), WITH_SCHEMA)

    asyncio.run(prepare())
    return postgresql


@pytest.fixture
async def by(server: PostgreSQL) -> AsyncIterator[As]:
    """Connects under a login."""
    opened: list[Connection] = []

    async def connect(name: str) -> Connection:
        opened.append(await asyncpg.connect(server.database_url(_DATABASE, role_of(name))))
        return opened[-1]

    yield connect
    for connection in opened:
        await connection.close()


async def tables_of(by: As, service: str) -> list[str]:
    rows = await (await by(MIGRATIONS)).fetch(_TABLES, service)
    assert rows
    return [row[0] for row in rows]


async def refused(connection: Connection, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)


@pytest.mark.parametrize(("service", "other"), [pair for pair in permutations(WITH_SCHEMA, 2) if pair[0] not in PAGES])
async def test_a_service_can_do_nothing_in_another_ones_schema(by: As, service: str, other: str) -> None:
    connection = await by(service)
    for table in await tables_of(by, other):
        for statement in (
            f"SELECT * FROM {other}.{table}",
            f"SELECT count(*) FROM {other}.{table}",
            f"INSERT INTO {other}.{table} DEFAULT VALUES",
            f"DELETE FROM {other}.{table}",
            f"TRUNCATE {other}.{table}",
            f"COPY {other}.{table} TO STDOUT",
            f"DROP TABLE {other}.{table}",
        ):
            await refused(connection, statement)
    for statement in (f"CREATE TABLE {other}.more ()", f"DROP SCHEMA {other}", f"SET ROLE {role_of(other)}"):
        await refused(connection, statement)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_works_in_its_own_schema_and_changes_nothing_of_it(by: As, service: str) -> None:
    connection = await by(service)
    for table in await tables_of(by, service):
        await connection.execute(f"SELECT * FROM {service}.{table}")
        for statement in (
            f"ALTER TABLE {service}.{table} ADD COLUMN more text",
            f"DROP TABLE {service}.{table}",
            f"TRUNCATE {service}.{table}",
            f"CREATE INDEX more ON {service}.{table} ((1))",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    await connection.execute(f"UPDATE {service}.lane SET failures = failures")
    await connection.execute(f"DELETE FROM {service}.held_record")
    await refused(connection, f"DELETE FROM {service}.migration")


@pytest.mark.parametrize("name", [*WITH_SCHEMA, OPERATORS])
async def test_only_the_migrations_login_creates(by: As, name: str) -> None:
    connection = await by(name)
    for statement in (
        "CREATE SCHEMA more",
        "CREATE TABLE public.more ()",
        "CREATE TEMPORARY TABLE more ()",
        "CREATE FUNCTION public.more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        f"CREATE TABLE {SERVICES[0]}.more ()",
        "CREATE ROLE more",
        "CREATE DATABASE more",
        f"ALTER ROLE {role_of(MIGRATIONS)} PASSWORD 'mine'",
        f"SET ROLE {role_of(MIGRATIONS)}",
        "SET ROLE postgres",
        "COPY (SELECT 1) TO '/tmp/more'",
        "SELECT pg_read_file('/etc/passwd')",
        "ALTER SYSTEM SET fsync = off",
    ):
        await refused(connection, statement)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_is_shown_no_table_but_its_own(by: As, service: str) -> None:
    connection = await by(service)
    shown = await connection.fetch(
        "SELECT DISTINCT table_schema FROM information_schema.tables"
        " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
    )
    assert [row[0] for row in shown] == [service]


@pytest.mark.parametrize("service", SERVICES)
async def test_the_console_sees_how_things_stand_and_no_content(by: As, service: str) -> None:
    connection = await by(CONSOLE)
    await connection.execute(f"SELECT * FROM {service}.lane")
    await connection.execute(f"SELECT state, reason, headers FROM {service}.held_record")
    for statement in (
        f"SELECT value FROM {service}.held_record",
        f"SELECT events FROM {service}.outbox",
        f"SELECT * FROM {service}.inbox",
        f"SELECT * FROM {service}.erased_person",
        f"UPDATE {service}.held_record SET value = NULL",
        f"DELETE FROM {service}.held_record",
        f"DELETE FROM {service}.lane",
        f"TRUNCATE {service}.held_record",
    ):
        await refused(connection, statement)
    # Of each service's own tables only what the journal was told, and how mail stands; repairs are its own to write.
    known = {"repair", "repaired"} | {"journal": {"event", "thing"}, "notifications": {"follow_up"}}.get(service, set())
    for table in set(await tables_of(by, service)) - {"lane", "held_record", "outbox"} - known:
        if not table.startswith("event_"):
            await refused(connection, f"SELECT * FROM {service}.{table}")
    if service == "notifications":
        await refused(connection, "SELECT recipient_id FROM notifications.follow_up")


@pytest.mark.parametrize("service", SERVICES)
async def test_the_desk_sees_what_explains_a_proposal_or_an_offer_and_no_person(by: As, service: str) -> None:
    connection = await by(DESK)
    known = {
        "journal": {"event", "thing", "lane"},
        "matching": {"need", "candidate", "assignment", "forbidden", "recusal", "deputy"},
        "mentoring": {"mentor", "lead", "recusal"},
    }.get(service, set())
    for table in set(await tables_of(by, service)) - known:
        if not table.startswith("event_"):
            await refused(connection, f"SELECT * FROM {service}.{table}")
    for table in known:
        for statement in (f"DELETE FROM {service}.{table}", f"INSERT INTO {service}.{table} DEFAULT VALUES"):
            await refused(connection, statement)
    if service == "matching":
        await refused(connection, "SELECT actor FROM matching.forbidden")
    if service == "mentoring":
        await refused(connection, "SELECT declared_at FROM mentoring.recusal")


async def test_nobody_changes_what_the_audit_says(by: As) -> None:
    connection = await by(CONSOLE)
    await connection.execute(
        "INSERT INTO console.audit (done_at, who, role, what, about) VALUES (now(), 'somebody', 'operator', 'a', 'b')"
    )
    await refused(connection, "UPDATE console.audit SET who = 'somebody else'")
    await refused(connection, "DELETE FROM console.audit")
    await refused(connection, "ALTER TABLE console.audit DISABLE TRIGGER keep_audit")


async def test_operators_may_do_in_every_schema_what_its_service_may(by: As) -> None:
    connection = await by(OPERATORS)
    for service in SERVICES:
        await connection.execute(f"UPDATE {service}.lane SET failures = failures")
        await refused(connection, f"DROP TABLE {service}.lane")
        await refused(connection, f"DELETE FROM {service}.migration")


async def test_nobody_else_is_let_into_the_database(server: PostgreSQL) -> None:
    administrator = await asyncpg.connect(server.database_url(_DATABASE))
    await administrator.execute("CREATE ROLE stranger LOGIN")
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(server.database_url(_DATABASE, "stranger"))
    finally:
        await administrator.execute("DROP ROLE stranger")
        await administrator.close()


async def test_a_login_that_may_do_more_is_named(server: PostgreSQL) -> None:
    administrator = await asyncpg.connect(server.database_url(_DATABASE))
    try:
        for given, taken in (
            ("ALTER ROLE engage_intake CREATEDB", "ALTER ROLE engage_intake NOCREATEDB"),
            ("GRANT engage_matching TO engage_intake", "REVOKE engage_matching FROM engage_intake"),
        ):
            await administrator.execute(given)
            try:
                with pytest.raises(RolesError, match="engage_intake: may do more"):
                    await apply_roles(administrator, {})
            finally:
                await administrator.execute(taken)
        await apply_roles(administrator, {})
    finally:
        await administrator.close()


async def test_migrations_wait_for_the_roles() -> None:
    with PostgreSQL() as fresh:
        fresh.create_database("bare")
        with pytest.raises(MigrationError, match="no role engage_intake: an administrator runs `engage roles`"):
            await migrate(DatabaseAddress(fresh.database_url("bare")), ["intake"])


def test_statements_are_printed_with_verifiers_from_files_and_never_with_passwords(
    server: PostgreSQL, tmp_path: Path
) -> None:
    path = tmp_path / "password"
    path.write_text("a secret of intake\n")
    environment = {
        "ENGAGE_DATABASE_URL": server.database_url(_DATABASE),
        "ENGAGE_ROLE_PASSWORD_INTAKE_FILE": str(path),
        "ENGAGE_ROLE_PASSWORD_MATCHING": "a secret of matching",
    }
    printed = type_in("roles", "--print", environment=environment).stdout
    assert printed.count("SCRAM-SHA-256$4096:") == 2
    assert "a secret" not in printed
    applied = type_in("roles", environment=environment)
    assert applied.returncode == 0, applied.stderr
    assert (
        "no password given for mentoring, notifications, journal, console, desk, migrations, operators"
        in applied.stderr
    )
    refusal = type_in("roles", environment={**environment, "ENGAGE_ROLE_PASSWORD_MATCHING": "clé"})
    assert refusal.returncode == 2
    assert "printable ASCII" in refusal.stderr
    assert "clé" not in refusal.stderr
