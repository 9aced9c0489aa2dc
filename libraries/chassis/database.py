"""PostgreSQL as a service sees it: its own schema under its own role, and which errors pass by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from libraries.chassis.postgresql import NOTICING_SILENCE, DatabaseAddress
from libraries.chassis.store import Connection

_CLOSE_SECONDS = 5.0
"""A pool waits for what is still in use, and that may wait for a database that is away."""

# What fails for the moment, whatever was asked for. An InterfaceError is asyncpg's word for a connection that went away
# under a statement; QueryCanceled is our own timeout.
_TRANSIENT: tuple[type[BaseException], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)


def is_transient(error: BaseException) -> bool:
    """Whether trying again later may succeed: the database is away, busy, or chose another transaction."""
    # asyncpg's InterfaceError has a kind for values that it can't encode: those it will refuse for ever.
    return isinstance(error, _TRANSIENT) and not isinstance(error, ValueError)


class Database:
    """A pool of connections in a service's schema, under the service's role, with bounded waits."""

    def __init__(self, address: DatabaseAddress, service: str, connections: int) -> None:
        self._address = address
        self._service = service
        self._connections = connections
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def open(self) -> None:
        """Connects; raises NotVerified, DatabaseAway, and what asyncpg raises."""
        self._pool = await self._address.pool(self._connections, reset=_keep_as_it_is, **self._how())

    async def close(self) -> None:
        """Closes all connections, by force after a moment."""
        if self._pool is not None:
            with suppress(Exception):
                await asyncio.wait_for(self._pool.close(), _CLOSE_SECONDS)
            self._pool.terminate()

    @property
    def pool(self) -> asyncpg.Pool[asyncpg.Record]:
        """The open pool; raises RuntimeError before `open`."""
        if self._pool is None:
            raise RuntimeError("the database is not open")
        return self._pool

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a transaction that commits on leaving and rolls back on an exception."""
        async with self.pool.acquire() as connection, connection.transaction():
            yield connection

    async def connect(self) -> asyncpg.Connection[asyncpg.Record]:
        """A connection of its own, for what must outlive a transaction (an advisory lock)."""
        return await self._address.connect(**self._how())

    def _how(self) -> dict[str, Any]:
        return {
            "server_settings": self._session(),
            "command_timeout": 60,  # twice what the server gives a statement: beyond it the network has swallowed it
            # After a failover the old address may lead to a server that only follows, for as long as names lag behind.
            "target_session_attrs": "read-write",
        }

    def _session(self) -> dict[str, str]:
        return {
            **NOTICING_SILENCE,
            "application_name": f"engage-{self._service}",
            "search_path": self._service,
            "role": role_of(self._service),
            # A zombie must not hold a lane, and a lost client not its locks.
            "statement_timeout": "30s",
            "lock_timeout": "10s",
            "idle_in_transaction_session_timeout": "30s",
            "timezone": "UTC",
            "jit": "off",  # statements here take milliseconds, and compiling one would take more
            # A plan made while a table was small is kept for the life of its connection, and would read all of it once
            # it is large: whatever has an index goes by it from the first day.
            "enable_seqscan": "off",
        }


def role_of(service: str) -> str:
    """The PostgreSQL login of a service, which sees its own schema only; of `migrations` and `operators` too."""
    return f"engage_{service}"


async def _keep_as_it_is(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    # Nothing in the services changes session state, so the round trip of a reset would be wasted.
    return None
