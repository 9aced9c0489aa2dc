"""A server of PostgreSQL that may not be written to: no work is given to it, and nothing is set aside for it."""

from __future__ import annotations

import asyncpg

from deploy.local.postgresql import PostgreSQL
from libraries.chassis.running.running import Running
from tests.eventually import eventually
from tests.integration.chassis.conftest import System, titled


async def test_a_server_that_may_not_be_written_to_is_not_taken(system: System, postgresql: PostgreSQL) -> None:
    administrator = await asyncpg.connect(postgresql.database_url("postgres"))
    database = system.database_url.rpartition("/")[2]
    try:
        async with system.running() as service:
            await system.send(titled("before"))
            await eventually(lambda: has_done(system, ["before"]))
            await administrator.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
            query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
            await administrator.execute(query, database)
            await system.send(titled("meanwhile"))
            problem = await eventually(lambda: named(service, "reaching PostgreSQL"), within=5.0)
            assert "TargetServerAttributeNotMatched" in problem
            await administrator.execute(f"ALTER DATABASE {database} RESET default_transaction_read_only")
            await eventually(lambda: has_done(system, ["before", "meanwhile"]))
            assert await system.held() == {}
    finally:
        await administrator.close()


async def test_what_a_server_may_not_write_for_the_moment_is_not_set_aside(
    system: System, postgresql: PostgreSQL
) -> None:
    """As where its disk is full, or somebody has it rest: the connections stay."""
    administrator = await asyncpg.connect(postgresql.database_url("postgres"))
    try:
        async with system.running() as service:
            await system.send(titled("before"))
            await eventually(lambda: has_done(system, ["before"]))
            await may_write(administrator, is_so=False)
            await system.send(titled("meanwhile"))
            problem = await eventually(lambda: named(service, "committing to PostgreSQL"), within=10.0)
            assert "ReadOnlySQLTransactionError" in problem
            await may_write(administrator, is_so=True)
            await eventually(lambda: has_done(system, ["before", "meanwhile"]))
            assert await system.held() == {}
    finally:
        await may_write(administrator, is_so=True)
        await administrator.close()


async def may_write(administrator: asyncpg.Connection[asyncpg.Record], *, is_so: bool) -> None:
    await administrator.execute(f"ALTER SYSTEM SET default_transaction_read_only = {'off' if is_so else 'on'}")
    await administrator.execute("SELECT pg_reload_conf()")


async def has_done(system: System, titles: list[str]) -> bool:
    return await system.titles() == titles


async def named(service: Running, what: str) -> str:
    return next((problem for problem in service.health.ready() if problem.startswith(what)), "")
