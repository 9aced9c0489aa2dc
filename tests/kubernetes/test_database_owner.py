"""The owner that CloudNativePG makes, with what is asked of it after, can do all that comes before the services."""

from __future__ import annotations

import asyncpg

from contracts.catalogue import SERVICES
from deploy.local.postgresql import PostgreSQL
from deploy.roles import LOGINS, MIGRATIONS, apply_roles
from libraries.chassis.database import role_of
from libraries.chassis.postgresql import DatabaseAddress
from libraries.chassis.servers.migration import migrate
from tests.kubernetes.tools import rendered


async def test_logins_and_tables_are_made_without_a_superuser() -> None:
    (cluster,) = (it for it in rendered("base") if it["kind"] == "Cluster")
    new = cluster["spec"]["bootstrap"]["initdb"]
    with PostgreSQL() as server:
        administrator = await asyncpg.connect(server.database_url("postgres"))
        # In the order that CloudNativePG keeps.
        for statement in (
            f"CREATE ROLE {new['owner']} LOGIN",
            *new["postInitSQL"],
            f"CREATE DATABASE {new['database']} OWNER {new['owner']}",
        ):
            await administrator.execute(statement)
        await administrator.close()
        owner = await asyncpg.connect(server.database_url(new["database"], new["owner"]))
        for _ in range(2):  # at each upgrade they are made again
            await apply_roles(owner, {name: f"password of {name}" for name in LOGINS})
        await owner.close()
        address = DatabaseAddress(server.database_url(new["database"], role_of(MIGRATIONS)))
        assert set(await migrate(address, SERVICES)) == set(SERVICES)
