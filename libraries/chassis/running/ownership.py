"""Ownership: of a single writer's replicas one works, and the others stand by to take over."""

from __future__ import annotations

import time

import asyncpg

from libraries.chassis.process.backoff import Backoff, within
from libraries.chassis.process.surroundings import Surroundings
from libraries.chassis.watching.log import named

_LOCK_CLASS = 0x77726974  # "writ"
_LOOK_SECONDS = 1.0
"""How long a service may be without an owner, beside what PostgreSQL takes to notice that one is gone."""


class Ownership:
    """The advisory lock of a service: it makes it likely that there is one owner, the ledger makes it certain."""

    def __init__(self, around: Surroundings, key: int) -> None:
        self._around = around
        self._key = key
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self.is_won = False
        self._since = time.monotonic()

    async def won(self) -> None:
        """Returns when no other replica owns the service; raises Stopping."""
        around, backoff = self._around, Backoff(self._around.stopping, first=0.1)
        while True:
            try:
                # The lock lives as long as its session: a connection of its own, which no pool hands to others.
                if self._connection is None or self._connection.is_closed():
                    self._connection = await around.database.connect()
                if await self._connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", _LOCK_CLASS, self._key):
                    around.troubles.went_well("becoming the owner")
                    self.is_won, self._since = True, time.monotonic()
                    return
            except Exception as error:
                around.log.warning("ownership not known", action="own", error=named(error))
                around.troubles.failed("becoming the owner", named(error))
                await backoff.pause()
            else:
                await within(around.stopping.wait(), _LOOK_SECONDS)
                backoff.raise_if_stopping()

    @property
    def is_held(self) -> bool:
        """Whether the lock is still ours, as far as its connection says."""
        return self._connection is not None and not self._connection.is_closed()

    @property
    def seconds(self) -> float:
        """For how long it has been won, or has been waited for."""
        return time.monotonic() - self._since

    async def give_up(self) -> None:
        """Lets another replica take over."""
        if self._connection is not None:
            self._connection.terminate()  # without a farewell, which would wait for a database that is away
            self._connection = None
