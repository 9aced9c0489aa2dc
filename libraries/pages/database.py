"""PostgreSQL as pages reach it: a login of their service's own, few connections, short waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import asyncpg

from contracts.catalogue import SERVICES
from libraries.chassis.database import role_of
from libraries.chassis.postgresql import NOTICING_SILENCE, DatabaseAddress
from libraries.chassis.store import Connection

_PATIENCE_SECONDS: Final = 3.0
"""How long a page waits for a connection: whoever finds none is told that it is busy, and holds nothing up."""
_CLOSE_SECONDS: Final = 5.0


class Busy(Exception):
    """All connections of the pages are in use, or the database does not answer in time."""


class PagesDatabase:
    """A small pool; however many look at pages, the services lose no more than its connections, for seconds."""

    def __init__(self, address: DatabaseAddress, schema: str, connections: int) -> None:
        self.schema = schema
        self._schemas = (schema, *SERVICES)
        self._address = address
        self._connections = connections
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def open(self) -> None:
        """Connects; raises NotVerified, DatabaseAway, and what asyncpg raises."""
        self._pool = await self._address.pool(
            self._connections,
            server_settings={
                **NOTICING_SILENCE,
                "application_name": f"engage-{self.schema}",
                "role": role_of(self.schema),
                "statement_timeout": "5s",
                "lock_timeout": "2s",
                "idle_in_transaction_session_timeout": "10s",
                "timezone": "UTC",
                "jit": "off",
            },
            command_timeout=10,
        )

    async def close(self) -> None:
        """Closes all connections, by force after a moment."""
        if self._pool is not None:
            with suppress(Exception):
                await asyncio.wait_for(self._pool.close(), _CLOSE_SECONDS)
            self._pool.terminate()

    @asynccontextmanager
    async def within(self, schema: str | None = None) -> AsyncIterator[Connection]:
        """A connection in the pages' own schema or a service's; raises Busy, and ValueError for any other."""
        schema = schema or self.schema
        if schema not in self._schemas:
            raise ValueError(f"{schema} is no schema of ours")
        if self._pool is None:
            raise RuntimeError("the database is not open")
        try:
            connection = await self._pool.acquire(timeout=_PATIENCE_SECONDS)
        except TimeoutError:
            raise Busy from None
        try:
            # Given back with the connection: the pool resets what a visit has set.
            await move_to(connection, schema)
            yield connection
        finally:
            await self._pool.release(connection)


async def move_to(connection: Connection, schema: str) -> None:
    """Has a connection go on in another schema, as in the middle of a transaction that touches two."""
    await connection.execute("SELECT set_config('search_path', $1, false)", schema)
